using ConvScope.Training;
using Microsoft.Extensions.Logging;
using Microsoft.ML.Runtime;

namespace ConvScope.ML.Internals;

/// <summary>
/// One training's place in ML.NET: messages go to <c>MLContext.Log</c>, seed and GPU come from the context, and a context that is cancelled ends the training.
/// </summary>
internal sealed class TrainingHost : ILogger, IDisposable
{
    private const string Name = "ConvNet";

    private readonly IHost _host;
    private readonly IChannel _channel;

    private TrainingHost(IHost host, CancellationToken cancellation)
    {
        _host = host;
        _channel = host.Start("Training");
        Cancellation = new HostCancellation(host, cancellation);
    }

    /// <summary>The seed that the context was made with; null for none.</summary>
    public long? Seed => Environment?.Seed;

    /// <summary>Index of the GPU that the context asks for; null for the CPU.</summary>
    public int? GpuDeviceId => Environment?.GpuDeviceId;

    /// <summary>Whether the CPU will do where that GPU is not there.</summary>
    public bool FallbackToCpu => Environment?.FallbackToCpu ?? true;

    /// <summary>Ends the training where the caller or the context asks for it.</summary>
    public HostCancellation Cancellation { get; }

    private IHostEnvironmentInternal? Environment => _host as IHostEnvironmentInternal;

    /// <summary>Opens a channel in an environment.</summary>
    public static TrainingHost Start(IHostEnvironment environment, CancellationToken cancellation) => new(environment.Register(Name), cancellation);

    public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, exception);
        switch (logLevel)
        {
            case LogLevel.Critical or LogLevel.Error:
                _channel.Error(MessageSensitivity.None, message);
                break;
            case LogLevel.Warning:
                _channel.Warning(MessageSensitivity.None, message);
                break;
            case LogLevel.Information:
                _channel.Info(MessageSensitivity.None, message);
                break;
            default:
                _channel.Trace(MessageSensitivity.None, message);
                break;
        }
    }

    public void Dispose()
    {
        Cancellation.Dispose();
        _channel.Dispose();
    }

    /// <summary>Joins the caller's token with the context's own wish to stop, which is looked at before each step.</summary>
    internal sealed class HostCancellation(IHost host, CancellationToken caller) : TrainingObserver, IDisposable
    {
        private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(caller);

        public CancellationToken Token => _source.Token;

        public override void OnStepCompleted(StepCompleted completed)
        {
            if (host is ICancelable { IsCanceled: true })
                _source.Cancel();
        }

        public void Dispose() => _source.Dispose();
    }
}
