using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Largest cosine between the weights of two units of a layer (rows of a fully connected layer, filters of a convolution), −1 to 1, of weights with at least two rows of more than
/// four values. At 1 two units are the same and, where nothing tells them apart, will stay so. The first 512 units are compared.
/// </summary>
public sealed class UnitSimilarity() : ParameterQuantity(QuantityNames.UnitSimilarity)
{
    private const long MostUnits = 512;
    private const long FewestValues = 5; // shorter rows are similar by chance

    /// <inheritdoc />
    protected override Tensor? Measure(ParameterState parameter)
    {
        var weight = parameter.Weight;
        if (weight.dim() < 2 || weight.shape[0] < 2 || weight.NumberOfElements / weight.shape[0] < FewestValues)
            return null;
        var rows = weight.narrow(0, 0, Math.Min(weight.shape[0], MostUnits)).reshape(Math.Min(weight.shape[0], MostUnits), -1);
        var unit = rows / rows.norm(1, keepdim: true).clamp_min(1e-30);
        return unit.mm(unit.t()).tril(-1).max();
    }
}
