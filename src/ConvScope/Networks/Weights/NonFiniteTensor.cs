using System.Globalization;

namespace ConvScope.Networks.Weights;

/// <summary>A tensor with values that are no finite numbers: NaN or infinite.</summary>
/// <param name="Name">Its name, such as <c>conv1.weight</c>.</param>
/// <param name="Count">How many of its values are not finite, at least 1.</param>
/// <param name="Size">How many values it has.</param>
public sealed record NonFiniteTensor(string Name, long Count, long Size)
{
    private const int Listed = 5;

    /// <summary>The tensor in words: <c>'conv1.weight' (25 of 150 values)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"'{Name}' ({Count:N0} of {Size:N0} values)");

    /// <summary>The first ones in words, and how many more there are.</summary>
    internal static string List(IReadOnlyList<NonFiniteTensor> tensors) =>
        string.Join(", ", tensors.Take(Listed)) + (tensors.Count > Listed ? $" and {tensors.Count - Listed} more tensors" : "");
}
