using static TorchSharp.torch;

namespace ConvScope.Native;

/// <summary>
/// Where GPUs from Ampere on may round the factors of 32-bit products to TensorFloat-32 (8 bits of exponent, 10 of mantissa), which is
/// several times as fast. It holds for the whole process; CPUs know nothing of it.
/// </summary>
/// <param name="Convolutions">Whether convolutions do; torch's default is yes.</param>
/// <param name="MatrixProducts">Whether fully connected layers and other products of matrices do; torch's default is no.</param>
internal readonly record struct TensorFloat32(bool Convolutions, bool MatrixProducts)
{
    /// <summary>Reads how libtorch is set.</summary>
    public static TensorFloat32 Read() => new(backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32);

    /// <summary>Sets libtorch so.</summary>
    public void Apply()
    {
        backends.cudnn.allow_tf32 = Convolutions;
        backends.cuda.matmul.allow_tf32 = MatrixProducts;
    }

    /// <summary>Where it is used, in words: <c>convolutions</c>.</summary>
    public override string ToString() => (Convolutions, MatrixProducts) switch
    {
        (true, true) => "convolutions and matrix products",
        (true, false) => "convolutions",
        (false, true) => "matrix products",
        _ => "nothing",
    };
}
