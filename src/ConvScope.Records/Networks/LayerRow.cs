namespace ConvScope.Records.Networks;

/// <summary>One line of a network's layer table.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Input">Shape of what it gets, without the batch axis.</param>
/// <param name="Output">Shape of what it makes, without the batch axis.</param>
/// <param name="ParameterCount">Number of trained values, biases included.</param>
/// <param name="MultiplyAdds">Multiplications with an addition for one image, biases not counted.</param>
public sealed record LayerRow(LayerSpec Layer, Shape Input, Shape Output, long ParameterCount, long MultiplyAdds);
