namespace ConvScope.Records.Recording;

/// <summary>Names of the arrays in snapshots that hold images, and targets that are no parameter or layer.</summary>
internal static class SnapshotArrays
{
    /// <summary>What the first layer gets: the images as they enter the network, after its normalisation.</summary>
    public const string Input = "input";

    /// <summary>Images with what is known of each: its row in the set, its label, what it was taken for, with which probability and loss.</summary>
    public const string Images = "images", Row = "row", Label = "label", Predicted = "predicted", Probability = "probability", Loss = "loss";

    /// <summary>Prefixes of the arrays of an attribution method, which its name follows.</summary>
    public const string Map = "map.", Deletion = "deletion.", Insertion = "insertion.";

    /// <summary>Name under which pixels in random order are scored, to compare with.</summary>
    public const string RandomOrder = "random order";

    /// <summary>Images before and after augmentation.</summary>
    public const string Before = "before", After = "after";
}
