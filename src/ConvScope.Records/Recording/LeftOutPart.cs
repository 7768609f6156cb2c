using System.Text.Json;

namespace ConvScope.Records.Recording;

/// <summary>A part of an inspection that failed and was left out from then on; the rest of it, and the training, went on.</summary>
/// <param name="Part">What it is, such as <c>the quantity 'gradient norm'</c>.</param>
/// <param name="Step">The step at which it failed; −1 before the first.</param>
/// <param name="Reason">Why.</param>
public sealed record LeftOutPart(string Part, long Step, string Reason)
{
    /// <summary>The parts as a record keeps them.</summary>
    internal static string Text(IEnumerable<LeftOutPart> parts) => JsonSerializer.Serialize(parts, JsonSerializerOptions.Web);

    /// <summary>The parts of a record; null where they cannot be read.</summary>
    internal static IReadOnlyList<LeftOutPart>? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<LeftOutPart[]>(text, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
