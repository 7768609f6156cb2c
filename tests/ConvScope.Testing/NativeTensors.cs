using TorchSharp;

namespace ConvScope;

/// <summary>Counts the native tensors that TorchSharp holds, to see what a call left behind.</summary>
public static class NativeTensors
{
    /// <summary>Tensors left by <paramref name="run"/>, which makes and disposes networks.</summary>
    /// <param name="run">What is watched. Whatever lasts from a first use should exist before.</param>
    /// <param name="parameters">Parameters that it makes and frees.</param>
    public static long LeftBehindBy(Action run, int parameters)
    {
        FinalizeGarbage();
        var before = torch.Tensor.TotalCount;
        run();
        return torch.Tensor.TotalCount - before - parameters * CountedTwice();
    }

    /// <summary>As <see cref="LeftBehindBy"/>, after a first run that pays for what lasts from a first use.</summary>
    /// <param name="run">What is watched.</param>
    /// <param name="parameters">Parameters that one run makes and frees.</param>
    public static long LeftBehindBySecond(Action run, int parameters)
    {
        run();
        return LeftBehindBy(run, parameters);
    }

    /// <summary>What earlier tests left to the finalizer would otherwise go while one counts.</summary>
    private static void FinalizeGarbage()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>TorchSharp counts a parameter twice when it is made and once when it is freed; here that is measured for one.</summary>
    private static long CountedTwice()
    {
        var before = torch.Tensor.TotalCount;
        using (var data = torch.zeros(1))
            new TorchSharp.Modules.Parameter(data).Dispose();
        return torch.Tensor.TotalCount - before;
    }
}
