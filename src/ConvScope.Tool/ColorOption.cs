using System.CommandLine.Parsing;
using ConvScope.Datasets;

namespace ConvScope.Tool;

/// <summary>Reads an option that is a colour.</summary>
internal static class ColorOption
{
    /// <summary>The colour, or null with an error where the text is none.</summary>
    public static RgbColor? Read(ArgumentResult result)
    {
        try
        {
            return RgbColor.Parse(result.Tokens[0].Value);
        }
        catch (FormatException exception)
        {
            result.AddError(exception.Message);
            return null;
        }
    }
}
