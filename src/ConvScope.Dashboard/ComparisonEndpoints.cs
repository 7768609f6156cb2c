using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Comparison;
using ConvScope.Reporting.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ConvScope.Dashboard;

/// <summary>Comparisons of two tensors, which never leave the server; one at a time, as two may fill much memory.</summary>
internal static class ComparisonEndpoints
{
    private static readonly SemaphoreSlim _one = new(1);

    public static void MapComparisons(this WebApplication application)
    {
        application.MapGet("/api/compare", ([AsParameters] TensorPair pair, RunReader reader, CancellationToken cancellation) =>
            Compare(pair, reader, (first, second) => ComparisonView.Of(TensorComparison.Compare(first, second, new ComparisonOptions { Activations = pair.AreActivations })), cancellation));
        application.MapGet("/api/compare/selection", ([AsParameters] TensorPair pair, double x0, double x1, double y0, double y1, RunReader reader, CancellationToken cancellation) =>
            Compare(pair, reader, (first, second) => new { shares = FloatCode.Encode(ScatterSelection.Shares(first, second, x0, x1, y0, y1), half: false) }, cancellation));
    }

    private static async Task<IResult> Compare<T>(TensorPair pair, RunReader reader, Func<NamedArray, NamedArray, T> compare, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return RunEndpoints.Json(compare(reader.Tensor(pair.Run1, pair.Kind1, pair.Step1, pair.Name1, pair.Part1), reader.Tensor(pair.Run2, pair.Kind2, pair.Step2, pair.Name2, pair.Part2)));
        }
        catch (ArgumentException exception)
        {
            throw new BadRequestException(exception.Message);
        }
        finally
        {
            _one.Release();
        }
    }
}
