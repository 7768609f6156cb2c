namespace ConvScope.ML.Scoring;

/// <summary>What computes the scores of a model that was loaded on the CPU.</summary>
public enum ScoringEngine
{
    /// <summary>ONNX Runtime where its package (<c>Microsoft.ML.OnnxRuntime</c>) is in the program and the network has a form in ONNX; else libtorch.</summary>
    Auto,

    /// <summary>ONNX Runtime; an error where that cannot be.</summary>
    OnnxRuntime,

    /// <summary>libtorch, as in training.</summary>
    LibTorch,
}
