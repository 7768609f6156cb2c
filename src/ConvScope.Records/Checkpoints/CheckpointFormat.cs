using ConvScope.Records.Checkpoints.Formats;

namespace ConvScope.Records.Checkpoints;

/// <summary>The format of a checkpoint file.</summary>
public enum CheckpointFormat
{
    /// <summary>What <c>torch.save</c> writes since PyTorch 1.6: a zip archive.</summary>
    PyTorchZip,

    /// <summary>What <c>torch.save</c> wrote before.</summary>
    PyTorchLegacy,

    /// <summary>Hugging Face's safetensors.</summary>
    Safetensors,

    /// <summary>An index of files beside it that hold the tensors.</summary>
    Sharded,

    /// <summary>One array of NumPy, <c>.npy</c>.</summary>
    NumpyArray,

    /// <summary>Arrays of NumPy in an archive, <c>.npz</c>.</summary>
    NumpyArchive,
}
