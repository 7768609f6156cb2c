using static TorchSharp.torch;

namespace ConvScope.ML.Scoring;

/// <summary>
/// How many threads torch may use inside one prediction: one where the work is too small to share, and no more than the cores that other predictions with the same model leave. Torch's own number is only
/// ever lowered, for the calling thread and while it predicts.
/// </summary>
internal sealed class PredictionThreads
{
    private const long WorthAThread = 3_000_000; // multiply-adds, some 0.3 ms; LeNet-5 on two cores gains from a second thread at about ten images

    private int _predicting;

    /// <summary>Begins a prediction.</summary>
    /// <param name="multiplyAdds">Its work.</param>
    /// <returns>Torch's number of threads, to be given back.</returns>
    public int Enter(long multiplyAdds)
    {
        var predicting = Interlocked.Increment(ref _predicting);
        var threads = get_num_threads();
        var worth = (int)Math.Clamp(Math.Min(multiplyAdds / WorthAThread, threads / predicting), 1, threads);
        if (worth < threads)
            set_num_threads(worth);
        return threads;
    }

    /// <summary>Ends a prediction.</summary>
    /// <param name="threads">What <see cref="Enter"/> gave.</param>
    public void Leave(int threads)
    {
        Interlocked.Decrement(ref _predicting);
        if (get_num_threads() < threads)
            set_num_threads(threads);
    }
}
