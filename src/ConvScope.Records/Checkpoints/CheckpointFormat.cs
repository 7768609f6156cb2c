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

    /// <summary>What TorchSharp's <c>Module.save</c> and <c>Tensor.Save</c> write, <c>.dat</c> or <c>.tsm</c>.</summary>
    TorchSharp,

    /// <summary>A <c>model.zip</c> of Microsoft.ML.TorchSharp, whose entries <c>TSModel</c> hold weights.</summary>
    TorchSharpModel,

    /// <summary>An ONNX file; its initializers are the tensors.</summary>
    Onnx,
}
