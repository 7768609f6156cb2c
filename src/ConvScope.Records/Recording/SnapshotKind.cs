namespace ConvScope.Records.Recording;

/// <summary>What a snapshot holds.</summary>
public enum SnapshotKind
{
    /// <summary>All parameters, then what the network keeps beside them, such as running statistics, which records written by older versions lack.</summary>
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

    /// <summary>
    /// By which pixels the network decided, at the end of a training: <c>images</c>, <c>label</c>, <c>predicted</c> class and its <c>probability</c> of at most 6 images that it gets wrong, then of at most 6 that
    /// it gets right; for each method of attribution <c>map.</c>, <c>deletion.</c> and <c>insertion.</c> with its name, of the predicted class; and the two scores of <c>random order</c> to compare with.
    /// </summary>
    Attributions,

    /// <summary>What augmentation makes of the first step's first images, at most 24: <c>before</c>, <c>after</c>, raw pixels of the same images, and <c>label</c>.</summary>
    Augmentation,
}
