namespace ConvScope.Records.Recording;

/// <summary>One quantity of one target over a run, such as the gradient norm of <c>conv1.weight</c>.</summary>
/// <param name="Quantity">Name of the quantity, such as <c>gradient norm</c> or <c>train accuracy</c>.</param>
/// <param name="Target">Parameter or layer that was measured; empty where the quantity belongs to the whole network.</param>
/// <param name="Unit">Unit of the values: <c>nats</c>, <c>fraction</c>, or <c>1</c> for a plain number.</param>
public sealed record Series(string Quantity, string Target, string Unit)
{
    /// <summary>The unit of a series of histograms.</summary>
    public const string HistogramUnit = "histogram";
}
