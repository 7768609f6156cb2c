using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training.NonFinite;

/// <summary>
/// Finds the first loss that is not finite. On the CPU every loss is read as it comes, which costs nothing; on other devices the losses
/// stay where they are, and are read together every few steps: no step waits for the device.
/// </summary>
/// <param name="device">Where the losses are.</param>
/// <param name="interval">
/// Steps from one reading to the next, at least 1; null for 1 on the CPU and <see cref="DeviceInterval"/> elsewhere.
/// </param>
internal sealed class LossWatch(Device device, int? interval = null) : IDisposable
{
    /// <summary>Steps from one reading to the next where reading waits for a device.</summary>
    public const int DeviceInterval = 32;

    private readonly long[] _steps = new long[interval ?? (device.type == DeviceType.CPU ? 1 : DeviceInterval)];
    private Tensor? _losses; // [interval], on the device, of the steps since the last reading
    private int _count;

    /// <summary>Steps from one reading to the next.</summary>
    public int Interval => _steps.Length;

    /// <summary>Takes the loss of a step, one element.</summary>
    /// <returns>
    /// The first step since the last reading whose loss is not finite, and that loss; null where all are, and where it is not time to read
    /// them.
    /// </returns>
    public (long Step, double Loss)? Add(long step, Tensor loss)
    {
        if (Interval == 1)
        {
            using var number = loss.ToScalar();
            return number.ToDouble() is var value && double.IsFinite(value) ? null : (step, value);
        }

        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        _losses ??= zeros(Interval, ScalarType.Float64, device).DetachFromDisposeScope();
        _losses.narrow(0, _count, 1).copy_(loss.detach().reshape(1));
        _steps[_count++] = step;
        return _count == Interval ? Read() : null;
    }

    /// <summary>Reads the losses that have not been read yet.</summary>
    /// <returns>The first of them that is not finite; null where all are.</returns>
    public (long Step, double Loss)? Read()
    {
        if (_count == 0)
            return null;
        using var copy = _losses!.cpu(); // the one wait of these steps
        var losses = MemoryMarshal.Cast<byte, double>(copy.bytes)[.._count];
        _count = 0;
        for (var index = 0; index < losses.Length; index++)
        {
            if (!double.IsFinite(losses[index]))
                return (_steps[index], losses[index]);
        }

        return null;
    }

    public void Dispose() => _losses?.Dispose();
}
