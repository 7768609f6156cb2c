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

    /// <summary>
    /// Of the images that were classified wrong, the at most 16 with the largest loss, the worst first: <c>images</c>, and for each its <c>row</c> in the set, <c>label</c>,
    /// <c>predicted</c> class, its <c>probability</c> and the <c>loss</c> in nats. Of the validation set where there is one, else of the epoch's measured training steps, each before its update; there <c>row</c> counts images from the first step on.
    /// </summary>
    Mistakes,
}
