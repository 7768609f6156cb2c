using System.Globalization;
using System.Text.Json;

namespace ConvScope.Records.Recording;

/// <summary>The names of a run's classes, as its record keeps them.</summary>
public sealed class RecordedClasses
{
    private RecordedClasses(IReadOnlyList<string>? names) => Names = names;

    /// <summary>Names in the order of the indices; null where the record has none: for a regression, for labels without names, and in old records.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>The names in a record's metadata.</summary>
    public static RecordedClasses Of(IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        try
        {
            return new RecordedClasses(metadata.TryGetValue(MetadataNames.ClassNames, out var json) ? JsonSerializer.Deserialize<string[]>(json) : null);
        }
        catch (JsonException)
        {
            return new RecordedClasses(null);
        }
    }

    /// <summary>What a class is called: its name, or its index where there is none.</summary>
    /// <param name="index">The class, from 0.</param>
    public string NameOf(int index) => Names is not null && index >= 0 && index < Names.Count ? Names[index] : index.ToString(CultureInfo.InvariantCulture);

    /// <summary>Names as the metadata keep them.</summary>
    internal static string ToText(IReadOnlyList<string> names) => JsonSerializer.Serialize(names);
}
