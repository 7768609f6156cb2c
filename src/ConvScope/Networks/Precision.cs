namespace ConvScope.Networks;

/// <summary>In which numbers a network computes while it is trained. Weights, gradients of weights, the statistics of normalisations, loss and optimizer are 32-bit floats in any case.</summary>
public enum Precision
{
    /// <summary>
    /// 32-bit floats throughout. GPUs from Ampere on may round the factors of products to TensorFloat-32 all the same; see
    /// <c>TrainingOptions.AllowTensorFloat32</c>.
    /// </summary>
    Full,

    /// <summary>
    /// Convolutions, and the layers between them, compute in bfloat16 (8 bits of exponent, 7 of mantissa); from the first fully connected layer on it is 32-bit floats again. It needs no scaling of the loss, as the range is that
    /// of 32-bit floats. After Kalamkar et al., "A Study of BFLOAT16 for Deep Learning Training", 2019. It pays on processors that multiply bfloat16: CPUs with AVX512_BF16 or AMX, GPUs from Ampere on.
    /// </summary>
    Mixed,
}
