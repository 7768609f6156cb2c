using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ConvScope.Disk;

/// <summary>
/// Counts the system calls by which .NET and SQLite change files of one folder, and lets them fail from a chosen one on (Linux, x64). The calls are replaced in the two libraries that make them,
/// <c>libSystem.Native.so</c> and <c>libe_sqlite3.so</c>; files elsewhere are as they were.
/// </summary>
public sealed unsafe class FaultyDisk : IDisposable
{
    private const int IoError = 5, NoSpace = 28; // EIO, ENOSPC
    private const nint Create = 0x40; // O_CREAT
    private static readonly WatchedFolder _watched = new();
    private static readonly nint _library = OperatingSystem.IsLinux() ? NativeLibrary.Load("libc.so.6") : 0;
    private readonly List<(nint Place, nint Old)> _replaced = [];

    private FaultyDisk()
    {
    }

    /// <summary>Whether this machine's system calls can be replaced.</summary>
    public static bool IsPossible => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>The calls that were counted so far, in words.</summary>
    public static IReadOnlyList<string> Calls
    {
        get
        {
            lock (_watched)
                return [.. _watched.Calls];
        }
    }

    /// <summary>Watches a folder, one at a time; where SQLite takes part, it must have been used before.</summary>
    /// <param name="folder">The folder, and all below it.</param>
    /// <param name="at">The number, from 1, of the call with which the fault begins; 0 for none.</param>
    /// <param name="fault">What goes wrong.</param>
    public static FaultyDisk Watch(string folder, int at = 0, DiskFault fault = DiskFault.Once)
    {
        lock (_watched)
        {
            (_watched.Folder, _watched.At, _watched.Fault) = (Path.GetFullPath(folder), at, fault);
            _watched.Calls.Clear();
        }

        var functions = new Dictionary<string, nint>
        {
            ["write"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&Write,
            ["pwrite64"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&WriteAt,
            ["pwritev64"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&WriteMany,
            ["sendfile64"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&Copy,
            ["ftruncate64"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&Truncate,
            ["fsync"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&Sync,
            ["fallocate64"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&Allocate,
            ["open64"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&Open,
            ["mkdir"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&MakeFolder,
            ["rename"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&Rename,
            ["link"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&Link,
            ["unlink"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&Delete,
            ["rmdir"] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)&DeleteFolder,
        };
        var disk = new FaultyDisk();
        foreach (var library in new[] { "libSystem.Native.so", "libe_sqlite3.so" }.Where(ImportedFunctions.IsLoaded))
            disk._replaced.AddRange(ImportedFunctions.Replace(library, functions));
        return disk;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var (place, old) in _replaced)
            ImportedFunctions.Write(place, old);
        _replaced.Clear();
    }

    // Integers travel in registers: one shape fits all these calls.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Write(nint file, nint bytes, nint count, nint none) => Do("write", PathOf(file), takesRoom: true, file, bytes, count, none);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint WriteAt(nint file, nint bytes, nint count, nint offset) => Do("pwrite64", PathOf(file), takesRoom: true, file, bytes, count, offset);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint WriteMany(nint file, nint vectors, nint count, nint offset) => Do("pwritev64", PathOf(file), takesRoom: true, file, vectors, count, offset);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Copy(nint file, nint from, nint offset, nint count) => Do("sendfile64", PathOf(file), takesRoom: true, file, from, offset, count);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Truncate(nint file, nint length, nint none, nint nothing) => Do("ftruncate64", PathOf(file), takesRoom: false, file, length, none, nothing);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Sync(nint file, nint none, nint no, nint nothing) => Do("fsync", PathOf(file), takesRoom: false, file, none, no, nothing);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Allocate(nint file, nint mode, nint offset, nint length) => Do("fallocate64", PathOf(file), takesRoom: true, file, mode, offset, length);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Open(nint path, nint flags, nint mode, nint none) =>
        Do("open64", (flags & Create) != 0 ? Marshal.PtrToStringUTF8(path) : null, takesRoom: true, path, flags, mode, none);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint MakeFolder(nint path, nint mode, nint none, nint nothing) => Do("mkdir", Marshal.PtrToStringUTF8(path), takesRoom: true, path, mode, none, nothing);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Rename(nint path, nint target, nint none, nint nothing) => Do("rename", Marshal.PtrToStringUTF8(target), takesRoom: false, path, target, none, nothing);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Link(nint path, nint target, nint none, nint nothing) => Do("link", Marshal.PtrToStringUTF8(target), takesRoom: false, path, target, none, nothing);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Delete(nint path, nint none, nint no, nint nothing) => Do("unlink", Marshal.PtrToStringUTF8(path), takesRoom: false, path, none, no, nothing);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint DeleteFolder(nint path, nint none, nint no, nint nothing) => Do("rmdir", Marshal.PtrToStringUTF8(path), takesRoom: false, path, none, no, nothing);

    private static string? PathOf(nint file) => new FileInfo($"/proc/self/fd/{file}").LinkTarget;

    /// <summary>Makes the true call, or fails as the disk would. A write that meets a full disk first is cut short.</summary>
    private static nint Do(string call, string? path, bool takesRoom, nint first, nint second, nint third, nint fourth)
    {
        var error = path is null ? 0 : _watched.Note(call, path, takesRoom);
        if (error == NoSpace && call is "write" or "pwrite64" && third > 1 && _watched.IsFirst)
            (error, third) = (0, third / 2);
        if (error != 0)
        {
            Marshal.SetLastSystemError(error);
            return -1;
        }

        var value = ((delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)NativeLibrary.GetExport(_library, call))(first, second, third, fourth);
        Marshal.SetLastSystemError(Marshal.GetLastSystemError()); // what the way back might overwrite
        return value;
    }

    private sealed class WatchedFolder
    {
        public string Folder { get; set; } = "";

        public int At { get; set; }

        public DiskFault Fault { get; set; }

        public List<string> Calls { get; } = [];

        public bool IsFirst => Calls.Count == At;

        /// <summary>Counts a call.</summary>
        /// <returns>The error with which it fails; 0 for none.</returns>
        public int Note(string call, string path, bool takesRoom)
        {
            if (!path.StartsWith(Folder, StringComparison.Ordinal) || path.EndsWith("-shm", StringComparison.Ordinal)) // shared memory is mapped, not written
                return 0;
            lock (this)
            {
                Calls.Add($"{call} {Path.GetRelativePath(Folder, path)}");
                if (At == 0 || Calls.Count < At || (Fault == DiskFault.Once && Calls.Count > At) || (Fault == DiskFault.Full && !takesRoom))
                    return 0;
                return Fault == DiskFault.Full ? NoSpace : IoError;
            }
        }
    }
}
