namespace ConvScope.Reporting.Views;

/// <summary>A tensor without its values.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Length of each axis.</param>
internal sealed record ArrayView(string Name, IReadOnlyList<long> Shape);
