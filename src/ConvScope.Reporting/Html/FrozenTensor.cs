using System.Text.Json.Serialization;
using ConvScope.Reporting.Views;

namespace ConvScope.Reporting.Html;

/// <summary>A tensor of a snapshot inside a report.</summary>
/// <param name="Kind">Kind of the snapshot.</param>
/// <param name="Step">Step of the snapshot.</param>
/// <param name="View">The tensor.</param>
internal sealed record FrozenTensor(string Kind, long Step, [property: JsonPropertyName("tensor")] TensorView View);
