using ConvScope.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>
/// What a training asks of the libraries below libtorch while it runs: cuDNN's deterministic algorithms, and where TensorFloat-32 is
/// used. The switches are the process's, not the training's: of trainings at once, one that wants determinism is enough, and the last
/// that names TensorFloat-32 decides. When the last of them ends, all is as before.
/// </summary>
internal sealed class BackendSettings : IDisposable
{
    private static readonly Lock _gate = new();
    private static readonly List<BackendSettings> _active = []; // as libtorch's switches, one for the process

    private readonly bool _deterministic;
    private readonly bool? _allowTensorFloat32;
    private readonly State _before; // the first of them

    private BackendSettings(TrainingOptions options, State before) =>
        (_deterministic, _allowTensorFloat32, _before) = (options.Deterministic, options.AllowTensorFloat32, before);

    /// <summary>Sets what the options ask for, until the result is disposed.</summary>
    /// <param name="options">The training's options.</param>
    /// <param name="device">Where it trains.</param>
    /// <returns>Gives the settings back; null where the options ask for nothing.</returns>
    /// <exception cref="PlatformNotSupportedException">A GPU is to train deterministically, and there is no switch for it.</exception>
    public static BackendSettings? Apply(TrainingOptions options, Device device)
    {
        if (options.Deterministic && device.type == DeviceType.CUDA)
            CudnnSettings.Require();
        if (options is { Deterministic: false, AllowTensorFloat32: null })
            return null;
        lock (_gate)
        {
            var settings = new BackendSettings(options, _active.Count == 0 ? State.Read() : _active[0]._before);
            _active.Add(settings);
            Combined(settings._before).Apply();
            return settings;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_active.Remove(this))
                Combined(_before).Apply();
        }
    }

    /// <summary>What all active trainings ask for; as it was before where there are none.</summary>
    private static State Combined(State before)
    {
        var isDeterministic = _active.Exists(settings => settings._deterministic);
        var allowed = _active.FindLast(settings => settings._allowTensorFloat32 is not null)?._allowTensorFloat32;
        return new State(
            isDeterministic || before.IsDeterministic,
            !isDeterministic && before.IsBenchmarked,
            allowed is { } everywhere ? new TensorFloat32(everywhere, everywhere) : before.TensorFloat32);
    }

    private readonly record struct State(bool IsDeterministic, bool IsBenchmarked, TensorFloat32 TensorFloat32)
    {
        public static State Read() => CudnnSettings.IsSupported
            ? new State(CudnnSettings.IsDeterministic, CudnnSettings.IsBenchmarked, TensorFloat32.Read())
            : new State(false, false, TensorFloat32.Read());

        public void Apply()
        {
            TensorFloat32.Apply();
            if (!CudnnSettings.IsSupported)
                return;
            CudnnSettings.IsDeterministic = IsDeterministic;
            CudnnSettings.IsBenchmarked = IsBenchmarked;
        }
    }
}
