using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace ConvScope.Native;

/// <summary>
/// Functions of the loaded libtorch for which TorchSharp has none. They are asked for after <see cref="TorchRuntime.Load"/>: a library
/// that is loaded already is found by its name, wherever its file lies.
/// </summary>
internal static class TorchSymbols
{
    /// <summary>The libraries of libtorch on Linux; a library of CUDA is there only where libtorch was built for it.</summary>
    public const string Cpu = "libtorch_cpu.so", Cuda = "libtorch_cuda.so", CudaCore = "libc10_cuda.so";

    /// <summary>Finds a function, in the library itself or in those that it depends on.</summary>
    /// <typeparam name="T">A delegate of the function's form.</typeparam>
    /// <param name="library">Name of the library.</param>
    /// <param name="symbol">The function's name, as the compiler mangled it.</param>
    /// <param name="function">The function; null where there is none.</param>
    public static bool TryFind<T>(string library, string symbol, [NotNullWhen(true)] out T? function)
        where T : Delegate
    {
        function = NativeLibrary.TryLoad(library, out var handle) && NativeLibrary.TryGetExport(handle, symbol, out var address)
            ? Marshal.GetDelegateForFunctionPointer<T>(address)
            : null;
        return function is not null;
    }
}
