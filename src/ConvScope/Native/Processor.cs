using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ConvScope.Native;

/// <summary>What the processor says of itself, as far as kernels choose by it.</summary>
/// <param name="Vendor">Vendor, such as <c>AuthenticAMD</c>; the architecture where it is no x86.</param>
/// <param name="Signature">Family, model and stepping, as <c>CPUID</c> leaf 1 gives them; 0 elsewhere.</param>
/// <param name="Caches">What it says of each cache, first level first: <c>CPUID</c> leaf 0x8000001D (AMD), or 4, registers A to C.</param>
internal sealed record Processor(string Vendor, int Signature, IReadOnlyList<(int A, int B, int C)> Caches)
{
    private const int MostCaches = 8;
    private const int Amd = unchecked((int)0x8000001D);

    /// <summary>The processor that this process runs on.</summary>
    public static Processor Current() => X86Base.IsSupported
        ? Read(X86Base.CpuId)
        : new Processor(RuntimeInformation.ProcessArchitecture.ToString(), 0, []);

    /// <summary>
    /// Whether it keeps the sizes of its caches from oneDNN, as some hypervisors have it do. oneDNN 3.7 reads leaf 0x8000001D of every AMD processor and takes the first-level cache for
    /// 1 byte where the leaf is empty; for other vendors it guesses, which is right.
    /// </summary>
    public bool HidesCaches => Vendor == "AuthenticAMD" && (Caches.Count == 0 || Caches.Any(cache => Size(cache) < 1024));

    /// <summary>Reads what <c>CPUID</c> answers.</summary>
    /// <param name="ask">Answers leaf and subleaf with the registers A, B, C and D.</param>
    public static Processor Read(Func<int, int, (int A, int B, int C, int D)> ask)
    {
        var (_, b, c, d) = ask(0, 0);
        var vendor = string.Concat(new[] { b, d, c }.Select(register => string.Concat(BitConverter.GetBytes(register).Select(letter => (char)letter))));
        var leaf = vendor != "AuthenticAMD" ? 4 : (uint)ask(unchecked((int)0x80000000), 0).A >= unchecked((uint)Amd) ? Amd : 0;
        var caches = Enumerable.Range(0, leaf == 0 ? 0 : MostCaches)
            .Select(level => ask(leaf, level))
            .TakeWhile(cache => (cache.A & 31) != 0) // its type; 0 ends the list
            .Select(cache => (cache.A, cache.B, cache.C));
        return new Processor(vendor, ask(1, 0).A, [.. caches]);
    }

    /// <summary>The same text for the same answers.</summary>
    public override string ToString() => $"{Vendor} {Signature:x8} caches {string.Join(" ", Caches.Select(cache => $"{cache.A:x8}:{cache.B:x8}:{cache.C:x8}"))}".TrimEnd();

    /// <summary>Bytes: ways × partitions × line size × sets.</summary>
    private static long Size((int A, int B, int C) cache) =>
        (((uint)cache.B >> 22) + 1L) * (((cache.B >> 12) & 0x3FF) + 1L) * ((cache.B & 0xFFF) + 1L) * ((uint)cache.C + 1L);
}
