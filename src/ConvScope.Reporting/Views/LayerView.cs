namespace ConvScope.Reporting.Views;

/// <summary>One line of the layer table.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Output">Shape of its output for one image.</param>
/// <param name="Parameters">Number of its parameters.</param>
/// <param name="MultiplyAdds">Multiply-adds for one image; the bias does not count.</param>
internal sealed record LayerView(string Name, string Kind, string Output, long Parameters, long MultiplyAdds);
