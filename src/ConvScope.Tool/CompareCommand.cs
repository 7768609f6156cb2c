using System.CommandLine;
using System.Globalization;
using ConvScope.Checkpoints;
using ConvScope.Reporting.Comparison;

namespace ConvScope.Tool;

/// <summary><c>convscope compare A B TENSOR</c>: the numbers of two tensors as lines of text.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var first = new Argument<string>("first") { Description = "A safetensors file, such as a snapshot." };
        var second = new Argument<string>("second") { Description = "Another one, or the same." };
        var tensor = new Argument<string>("tensor") { Description = "Name of the tensor in the first file." };
        var other = new Option<string?>("--with") { Description = "Name of the tensor in the second file where it is another." };
        var activations = new Option<bool>("--activations") { Description = "The tensors are activations of the same images: linear CKA is computed." };
        var command = new Command("compare", "Says how alike two tensors are.") { first, second, tensor, other, activations };
        command.SetAction(async result =>
        {
            try
            {
                var name = result.GetValue(tensor)!;
                var comparison = TensorComparison.Compare(Read(result.GetValue(first)!, name), Read(result.GetValue(second)!, result.GetValue(other) ?? name), new ComparisonOptions { Activations = result.GetValue(activations) });
                foreach (var line in Lines(comparison))
                    await result.InvocationConfiguration.Output.WriteLineAsync(line).ConfigureAwait(false);
                return 0;
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
            {
                return await Failure.Say(result, exception.Message).ConfigureAwait(false);
            }
        });
        return command;
    }

    private static NamedArray Read(string path, string name) => Safetensors.Read(path, name)
        ?? throw new InvalidDataException($"'{path}' has no tensor '{name}'; it has {string.Join(", ", Safetensors.ReadShapes(path).Select(array => array.Name))}.");

    private static IEnumerable<string> Lines(TensorComparison comparison)
    {
        foreach (var summary in new[] { comparison.First, comparison.Second })
            yield return Line($"{summary.Name} {summary.Shape}", $"mean {Number(summary.Mean)}, std {Number(summary.StandardDeviation)}, {Number(summary.Minimum)} to {Number(summary.Maximum)}, norm {Number(summary.Norm)}, {summary.NonFinite} not finite");
        if (comparison.Agreement is { } agreement)
        {
            yield return Line("cosine", Number(agreement.Cosine));
            yield return Line("Pearson", Number(agreement.Pearson));
            yield return Line("Spearman", Number(comparison.Spearman));
            yield return Line("relative distance", Number(agreement.RelativeDistance));
            yield return Line("largest difference", $"{Number(agreement.LargestDifference)} at index {agreement.LargestDifferenceAt}");
            yield return Line("sign agreement", Number(agreement.SignAgreement));
            yield return Line("all close", agreement.AllClose ? "yes" : "no");
        }

        if (comparison.Cka is { } cka)
            yield return Line("linear CKA", Number(cka));
        if (comparison.Units is { } units)
            yield return Line("mean cosine of units", $"{Number(units.MeanBefore)}, matched {Number(units.MeanAfter)}");
        foreach (var note in comparison.Notes)
            yield return note;
    }

    private static string Line(string name, string value) => $"{name,-24} {value}";

    private static string Number(double? value) => value?.ToString("G6", CultureInfo.InvariantCulture) ?? "not defined";
}
