using System.Runtime.InteropServices;
using ConvScope.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>Measures all quantities of a step and brings their numbers to the host in one copy.</summary>
internal sealed class ScalarCollector
{
    private readonly IReadOnlyList<Quantity> _quantities;
    private readonly IReadOnlyList<(string Name, Tensor Value)> _parameters;

    public ScalarCollector(IReadOnlyList<Quantity> quantities, nn.Module<Tensor, Tensor> network)
    {
        _quantities = quantities;
        _parameters = [.. network.named_parameters().Select(parameter => (parameter.name, (Tensor)parameter.parameter))];
    }

    /// <summary>The readings of one step, quantity after quantity, in the order in which they were measured.</summary>
    public List<(Quantity Quantity, string Target, double Value)> Collect(StepCompleted completed)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var context = new StepContext(completed, [.. _parameters.Select(parameter => new ParameterState(parameter.Name, parameter.Value.detach(), parameter.Value.grad))]);
        var readings = new List<(Quantity, string, double)>();
        var scalars = new List<Tensor>();
        foreach (var quantity in _quantities)
        {
            foreach (var (target, value) in quantity.Measure(context))
            {
                readings.Add((quantity, target, 0));
                scalars.Add(value.reshape(1));
            }
        }

        if (scalars.Count == 0)
            return readings;
        using var all = cat(scalars).to(ScalarType.Float64).cpu(); // the one device-to-host copy of this step
        var values = MemoryMarshal.Cast<byte, double>(all.bytes);
        for (var i = 0; i < readings.Count; i++)
            readings[i] = (readings[i].Item1, readings[i].Item2, values[i]);
        return readings;
    }
}
