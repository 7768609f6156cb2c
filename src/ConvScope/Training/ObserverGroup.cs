using ConvScope.Records.Recording;
using ConvScope.Training.NonFinite;
using Microsoft.Extensions.Logging;

namespace ConvScope.Training;

/// <summary>Tells a training's observers of its events and keeps their exceptions away from it.</summary>
internal sealed partial class ObserverGroup(IReadOnlyList<TrainingObserver> observers, ILogger logger)
{
    private readonly bool[] _failed = new bool[observers.Count];

    /// <summary>What the observers ask for; their events carry it.</summary>
    public StopRequest Stop { get; } = new();

    /// <summary>Whether one of them has asked for the end.</summary>
    public bool IsStopped => Stop.Reason is not null;

    /// <summary>The run folder that one of them has claimed; null where none has.</summary>
    public RunDirectory? Directory => observers.Select(observer => observer.Directory).FirstOrDefault(directory => directory is not null);

    public void Started(TrainingStarted started) => Tell(observer => observer.OnTrainingStarted(started));

    public void Step(StepCompleted completed) => Tell(observer => observer.OnStepCompleted(completed));

    public void Epoch(EpochCompleted completed) => Tell(observer => observer.OnEpochCompleted(completed));

    public void NonFinite(NonFiniteState state) => Tell(observer => observer.OnNonFinite(state));

    public void Ended(TrainingEnded ended) => Tell(observer => observer.OnTrainingEnded(ended), alsoFailed: true);

    private void Tell(Action<TrainingObserver> tell, bool alsoFailed = false)
    {
        for (var i = 0; i < observers.Count; i++)
        {
            if (_failed[i] && !alsoFailed)
                continue;
            try
            {
                tell(observers[i]);
            }
            catch (Exception exception) // whatever an observer throws, the training goes on
            {
                if (!_failed[i])
                    LogFailure(logger, observers[i].GetType().Name, exception.Message, exception);
                _failed[i] = true;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The observer {Observer} failed and is told no more steps; the training goes on. {Reason}")]
    private static partial void LogFailure(ILogger logger, string observer, string reason, Exception exception);
}
