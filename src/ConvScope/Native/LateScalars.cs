using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace ConvScope.Native;

/// <summary>
/// Frees TorchSharp's native scalars late. TorchSharp 0.107 makes one for each number that it hands to libtorch (<c>x.add_(y)</c> has one, the optimizers have several a parameter), and keeps it alive only until its
/// address is read: a garbage collection during the call has it finalized, and libtorch reads freed memory, which ends in "Expected false to be true" or in a wrong number. With a collection every
/// few milliseconds that is one call in 10,000 to 100,000. Here whatever is finalized stays for ten seconds, longer than any call reads it.
/// </summary>
/// <remarks>
/// The library's <c>THSTorch_dispose_scalar</c> is overwritten in memory with a jump to <see cref="Free"/>. Done on Linux on x64 only, where it was tried; elsewhere, and where the system forbids it,
/// everything is as it was. Source: TorchSharp's pull requests 1434 and 1496, which free such scalars right after the call.
/// </remarks>
internal static unsafe partial class LateScalars
{
    private const string Function = "THSTorch_dispose_scalar";
    private const int JumpSize = 13, Alignment = 16;
    private const int FirstCode = 0xFF8548; // test rdi, rdi

    private static readonly long _delay = 10 * Stopwatch.Frequency;
    private static readonly Queue<(nint Scalar, long Time)> _waiting = new();
    private static readonly Lazy<bool> _installed = new(Install);

    /// <summary>Whether scalars are freed late in this process; seen to at the first call.</summary>
    public static bool AreOn => _installed.Value;

    /// <summary>Scalars that wait to be freed.</summary>
    public static int Waiting
    {
        get
        {
            lock (_waiting)
                return _waiting.Count;
        }
    }

    private static bool Install()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || !NativeLibrary.TryLoad("LibTorchSharp", typeof(torch).Assembly, null, out var library)
            || !NativeLibrary.TryGetExport(library, Function, out var place) || place % Alignment != 0 || (*(int*)place & 0xFFFFFF) != FirstCode)
            return false; // another build of the library
        var page = place & ~((nint)Environment.SystemPageSize - 1);
        var length = (nuint)(place + JumpSize - page);
        try
        {
            if (Protect(page, length, Memory.Read | Memory.Write | Memory.Execute) != 0)
                return false;
            var target = (nint)(delegate* unmanaged[Cdecl]<nint, void>)&Free;
            ReadOnlySpan<byte> load = [0x49, 0xBB], jump = [0x41, 0xFF, 0xE3]; // mov r11, target; jmp r11
            var code = new Span<byte>((void*)place, JumpSize);
            MemoryMarshal.Write(code[load.Length..], target);
            jump.CopyTo(code[(load.Length + sizeof(nint))..]);
            load.CopyTo(code);
            _ = Protect(page, length, Memory.Read | Memory.Execute);
            return true;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Called in place of the library's function, mostly by the finalizer thread. A scalar of a plain number is 32 bytes without a destructor of its own.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint scalar)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_waiting)
        {
            if (scalar != 0)
                _waiting.Enqueue((scalar, now));
            while (_waiting.TryPeek(out var oldest) && now - oldest.Time > _delay)
                NativeMemory.Free((void*)_waiting.Dequeue().Scalar);
        }
    }

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, Memory access);

    [Flags]
    private enum Memory
    {
        Read = 1,
        Write = 2,
        Execute = 4,
    }
}
