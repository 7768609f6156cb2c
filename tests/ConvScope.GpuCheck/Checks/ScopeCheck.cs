using ConvScope.Inspection;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using ConvScope.Training.Images;

namespace ConvScope.GpuCheck.Checks;

/// <summary>A loop and a network of somebody's own, inspected.</summary>
internal sealed class ScopeCheck : Check
{
    private const int BatchSize = 64, Steps = 32;

    /// <inheritdoc />
    public override string Name => "scope";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var folder = Path.Combine(laboratory.Fresh(Name), "run");
        using var module = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 26 * 26, 10));
        module.to(laboratory.Place);
        using var optimizer = optim.SGD(module.parameters().ToArray(), 0.01);
        var options = new InspectionOptions(folder) { Schedule = Schedule.Every(1), Budget = null }; // so that the last step is there
        using (var scope = ConvScope.Scope.Attach(module, optimizer, options))
        {
            Train(laboratory, module, optimizer, scope);
            expectations.That(scope.Failure is null, $"the inspection should not fail: {scope.Failure?.Message}");
        }

        using var record = RunRecord.Open(folder);
        var (series, status, last) = (record.ReadSeries().Count, record.ReadStatus(), record.ReadLastStep());
        expectations.AtLeast(20, series, "the number of series");
        expectations.That(
            status == "ended" && last == Steps - 1,
            $"the record should have ended with step {Steps - 1}; its status is {status}, its last step {last}");
        return new { series, status, last };
    }

    private static void Train(Laboratory laboratory, nn.Module<Tensor, Tensor> module, optim.Optimizer optimizer, Scope scope)
    {
        using var data = LabeledImages.Create(laboratory.Train.Slice(0, Steps * BatchSize), laboratory.Place);
        for (var step = 0; step < Steps; step++)
        {
            using var inner = NewDisposeScope();
            var x = data.Images.narrow(0, step * BatchSize, BatchSize).to(ScalarType.Float32).div(255); // [64, 1, 28, 28]
            var y = data.Labels.narrow(0, step * BatchSize, BatchSize);
            optimizer.zero_grad();
            var outputs = module.call(x); // [64, 10]
            var loss = nn.functional.cross_entropy(outputs, y);
            loss.backward();
            optimizer.step();
            scope.Step(loss, outputs, y);
        }
    }
}
