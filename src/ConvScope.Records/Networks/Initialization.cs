namespace ConvScope.Records.Networks;

/// <summary>How the weights of a fresh network are drawn.</summary>
public enum Initialization
{
    /// <summary>Weights and biases uniform in ±1/√FanIn, PyTorch's default.</summary>
    Uniform,

    /// <summary>
    /// Convolutions normal with variance 2/FanOut, linear layers normal with standard deviation 0.01, biases 0, as torchvision draws its deep networks. After He et al., "Delving deep into rectifiers", 2015, eq. 14.
    /// </summary>
    HeNormal,
}
