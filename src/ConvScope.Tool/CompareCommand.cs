using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Comparison;

namespace ConvScope.Tool;

/// <summary><c>convscope compare A B [TENSOR]</c>: how alike two checkpoints, models or runs are, tensor by tensor.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var first = new Argument<string>("first") { Description = "A checkpoint, a safetensors file, a model.zip or a run folder." };
        var second = new Argument<string>("second") { Description = "Another one, or the same." };
        var tensor = new Argument<string?>("tensor") { Description = "Name of a tensor; without it all that both have are compared.", Arity = ArgumentArity.ZeroOrOne };
        var other = new Option<string?>("--with") { Description = "Name of the tensor in the second file where it is another." };
        var key = new Option<string?>("--key") { Description = "Where the state dictionary lies inside the first checkpoint." };
        var withKey = new Option<string?>("--with-key") { Description = "Where it lies inside the second one." };
        var activations = new Option<bool>("--activations") { Description = "The tensors are activations of the same images: linear CKA is computed." };
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var command = new Command("compare", """
            Says how alike the tensors of two checkpoints, models or runs are.

            Examples:
              convscope compare epoch-001.pth epoch-005.pth
              convscope compare vgg16.pth finetuned.pth features.0.weight
            """) { first, second, tensor, other, key, withKey, activations, json };
        command.SetWork(async (result, _) =>
        {
            var (a, b) = (result.GetValue(first)!, result.GetValue(second)!);
            using var left = TensorSource.Open(a, result.GetValue(key));
            using var right = TensorSource.Open(b, result.GetValue(withKey));
            var print = result.GetValue(json) ? result.InvocationConfiguration.Error : result.InvocationConfiguration.Output;
            foreach (var note in left.Notes.Select(note => $"{a}: {note}").Concat(a == b && left.Key == right.Key ? [] : right.Notes.Select(note => $"{b}: {note}")))
                await print.WriteLineAsync(note).ConfigureAwait(false);
            var options = new ComparisonOptions { Activations = result.GetValue(activations) };
            if (result.GetValue(tensor) is { } name)
            {
                var comparison = TensorComparison.Compare(Array(left.Find(name, a)), Array(right.Find(result.GetValue(other) ?? name, b)), options);
                foreach (var line in result.GetValue(json) ? [JsonSerializer.Serialize(Numbers(comparison), JsonSerializerOptions.Web)] : Lines(comparison))
                    await result.InvocationConfiguration.Output.WriteLineAsync(line).ConfigureAwait(false);
                return;
            }

            var others = right.Tensors.DistinctBy(candidate => candidate.Name).ToDictionary(candidate => candidate.Name, StringComparer.Ordinal);
            var common = left.Tensors.Where(candidate => others.TryGetValue(candidate.Name, out var match) && match.Shape.SequenceEqual(candidate.Shape)).ToList();
            var compared = await Terminal.Progress(result, "comparing", progress => common.Select((candidate, index) =>
            {
                progress.Report((double)index / common.Count);
                return Numbers(TensorComparison.Compare(Array(candidate), Array(others[candidate.Name]), options));
            }).ToList()).ConfigureAwait(false);
            var apart = left.Tensors.Concat(right.Tensors).Select(candidate => candidate.Name).Distinct().Except(common.Select(candidate => candidate.Name)).ToList();
            if (result.GetValue(json))
            {
                await result.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(
                    new { first = Taken(a, left), second = Taken(b, right), tensors = compared, onlyInOneOrOfAnotherShape = apart }, JsonSerializerOptions.Web)).ConfigureAwait(false);
                return;
            }

            Terminal.Print(result, ["tensor", "shape", "cosine", "Pearson", "Spearman", "relative distance", "largest difference", "same sign", "matched units"], compared.Select(Row), 1);
            if (apart.Count > 0)
                await result.InvocationConfiguration.Output.WriteLineAsync($"In one only, or of another shape: {string.Join(", ", apart)}").ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Which tensors of a file were compared, and which were not.</summary>
    private static object Taken(string path, TensorSource source) => new { source = path, key = source.Key, otherKeys = source.Others.Select(other => other.Key) };

    private static NamedArray Array(StoredTensor tensor) => new(tensor.Name, tensor.Shape, tensor.ReadFloats());

    private static Compared Numbers(TensorComparison comparison) => new(
        comparison.First.Name, comparison.First.Shape, comparison.Agreement?.Cosine, comparison.Agreement?.Pearson, comparison.Spearman, comparison.Agreement?.RelativeDistance,
        comparison.Agreement?.LargestDifference, comparison.Agreement?.SignAgreement, comparison.Cka, comparison.Units?.MeanBefore, comparison.Units?.MeanAfter);

    private static string[] Row(Compared row) =>
        [row.Tensor, row.Shape, Number(row.Cosine), Number(row.Pearson), Number(row.Spearman), Number(row.RelativeDistance), Number(row.LargestDifference), Number(row.SignAgreement), Number(row.MatchedUnitCosine)];

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

    /// <summary>The numbers of one pair of tensors, as scripts read them.</summary>
    private sealed record Compared(
        string Tensor, string Shape, double? Cosine, double? Pearson, double? Spearman, double? RelativeDistance, double? LargestDifference, double? SignAgreement, double? LinearCka, double? UnitCosine, double? MatchedUnitCosine);
}
