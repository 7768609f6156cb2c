using TorchSharp;

namespace ConvScope;

/// <summary>Counts the native tensors that TorchSharp holds, to see what a call left behind.</summary>
public static class NativeTensors
{
    /// <summary>Tensors left by <paramref name="run"/>, which makes and disposes networks.</summary>
    /// <param name="run">What is watched; it is run once before, so that lasting tensors of the first use do not count.</param>
    /// <param name="parameters">Parameters that it makes and frees.</param>
    public static long LeftBehindBy(Action run, int parameters)
    {
        run();
        var before = torch.Tensor.TotalCount;
        run();
        return torch.Tensor.TotalCount - before - parameters * CountedTwice();
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
