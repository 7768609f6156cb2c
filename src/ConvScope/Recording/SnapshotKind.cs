namespace ConvScope.Recording;

/// <summary>What a snapshot holds.</summary>
public enum SnapshotKind
{
    /// <summary>All parameters.</summary>
    Weights,

    /// <summary>The gradients that led to the last update.</summary>
    Gradients,

    /// <summary>The layers' outputs for the first images of the probe batch, and those images under the name <c>input</c>.</summary>
    Activations,

    /// <summary>The images with the largest loss among those that were classified wrong, with labels, predictions and probabilities.</summary>
    Mistakes,
}
