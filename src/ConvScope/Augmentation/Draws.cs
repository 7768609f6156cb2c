using ConvScope.Native;
using static TorchSharp.torch;

namespace ConvScope.Augmentation;

/// <summary>Random numbers of one step, drawn on the CPU: the same for every device, and for a training that is resumed at that step.</summary>
internal sealed class Draws : IDisposable
{
    private readonly Generator _generator;
    private readonly Device _device;
    private readonly Upload _upload;

    public Draws(long seed, long step, Device device, Upload? upload = null)
    {
        _generator = new Generator(Mixed((ulong)seed, (ulong)step));
        _device = device;
        _upload = upload ?? Upload.Default;
    }

    /// <summary>Numbers from <paramref name="low"/> to below <paramref name="high"/>, <c>[count]</c>, on the device.</summary>
    public Tensor Uniform(long count, double low, double high) => Send(Numbers(count).mul(high - low).add(low));

    /// <summary>Whole numbers from −<paramref name="limit"/> to <paramref name="limit"/>, <c>[count]</c>, 64 bits.</summary>
    public Tensor Integers(long count, int limit) => Send(Numbers(count).mul(2 * limit + 1).floor().sub(limit).to(ScalarType.Int64));

    /// <summary>One number from 0 to below 1.</summary>
    public double Single()
    {
        using var number = rand([1], ScalarType.Float64, CPU, generator: _generator);
        return number.item<double>();
    }

    /// <summary>The numbers 0 to count − 1 in random order, <c>[count]</c>, 64 bits.</summary>
    public Tensor Order(long count) => Send(randperm(count, ScalarType.Int64, CPU, generator: _generator));

    public void Dispose() => _generator.Dispose();

    private Tensor Numbers(long count) => rand([count], device: CPU, generator: _generator);

    private Tensor Send(Tensor drawn) => _upload.Send(drawn, _device);

    /// <summary>SplitMix64: steps that follow each other get seeds that have nothing in common. Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.</summary>
    private static ulong Mixed(ulong seed, ulong step)
    {
        var mixed = seed + 0x9E3779B97F4A7C15 * (step + 1);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
