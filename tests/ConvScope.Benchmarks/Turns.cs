using System.Diagnostics;
using System.Runtime.ExceptionServices;
using ConvScope.Training;

namespace ConvScope.Benchmarks;

/// <summary>
/// Runs several trainings in turns of some steps, each on a thread of its own, so that only one of them trains at a time and its clock runs only then. They share the machine's good
/// and bad moments, turn by turn: on a disturbed machine the ratio of their times is worth more than that of times taken one after another.
/// </summary>
internal sealed class Turns
{
    private const int StepsPerTurn = 20;

    private readonly SemaphoreSlim[] _gates;
    private readonly Stopwatch[] _clocks;
    private readonly bool[] _done;

    private Turns(int count)
    {
        _gates = [.. Enumerable.Range(0, count).Select(_ => new SemaphoreSlim(0))];
        _clocks = [.. Enumerable.Range(0, count).Select(_ => new Stopwatch())];
        _done = new bool[count];
    }

    /// <summary>Runs the trainings to their ends.</summary>
    /// <param name="trainings">Each gets what it calls after every step.</param>
    /// <param name="first">The one that begins.</param>
    /// <returns>The seconds of each.</returns>
    public static double[] Run(IReadOnlyList<Action<Action>> trainings, int first)
    {
        var turns = new Turns(trainings.Count);
        ExceptionDispatchInfo? failure = null;
        var threads = trainings.Select((training, index) => new Thread(() =>
        {
            turns.Wait(index);
            try
            {
                var steps = 0;
                training(() =>
                {
                    if (++steps % StepsPerTurn == 0)
                        turns.Pass(index);
                });
            }
            catch (Exception exception) // told to the caller when all have ended
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            turns.End(index);
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        turns._gates[first].Release();
        foreach (var thread in threads)
            thread.Join();
        failure?.Throw();
        return [.. turns._clocks.Select(clock => clock.Elapsed.TotalSeconds)];
    }

    private void Wait(int index)
    {
        _gates[index].Wait();
        _clocks[index].Start();
    }

    private void Pass(int index)
    {
        _clocks[index].Stop();
        Next(index);
        Wait(index);
    }

    private void End(int index)
    {
        _clocks[index].Stop();
        _done[index] = true;
        Next(index);
    }

    /// <summary>Lets the next one that has not ended go on; it may be the same one.</summary>
    private void Next(int index)
    {
        for (var offset = 1; offset <= _done.Length; offset++)
        {
            var next = (index + offset) % _done.Length;
            if (_done[next])
                continue;
            _gates[next].Release();
            return;
        }
    }

    /// <summary>Calls back after every step of a training.</summary>
    internal sealed class Observer(Action afterStep) : TrainingObserver
    {
        public override void OnStepCompleted(StepCompleted completed) => afterStep();
    }
}
