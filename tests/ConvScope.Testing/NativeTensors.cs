using TorchSharp;

namespace ConvScope;

/// <summary>
/// Counts the tensors that a call made and did not free. TorchSharp keeps the count a thread, and a finalizer runs on a thread of its own:
/// neither what it frees meanwhile nor what another test does changes the number, and a tensor that is left to it is a tensor left behind.
/// </summary>
public static class NativeTensors
{
    /// <summary>Tensors left by <paramref name="run"/>, which makes and frees them on the calling thread.</summary>
    /// <param name="run">What is watched. Whatever lasts from a first use should exist before.</param>
    public static long LeftBehindBy(Action run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        run();
        return DisposeScopeManager.Statistics.ThreadTotalLiveCount - before;
    }

    /// <summary>As <see cref="LeftBehindBy"/>, after a first run that pays for what lasts from a first use.</summary>
    /// <param name="run">What is watched.</param>
    public static long LeftBehindBySecond(Action run)
    {
        run();
        return LeftBehindBy(run);
    }
}
