namespace ConvScope.Records.Recording.Pruning;

/// <summary>What a file of a run folder belongs to.</summary>
internal enum RunPart
{
    /// <summary>The record and what names the run.</summary>
    Record,

    /// <summary>The snapshots of the record.</summary>
    Snapshots,

    /// <summary>The checkpoints.</summary>
    Checkpoints,

    /// <summary>The model as ML.NET saves it, or as ONNX.</summary>
    Model,

    /// <summary>Figures, <c>report.html</c> and <c>summary.json</c>.</summary>
    Report,
}
