namespace ConvScope.Datasets.Files;

/// <summary>Names that folders have where pictures and what is said of them lie beside each other, rather than a folder a class.</summary>
internal static class AnnotationFolders
{
    private static readonly HashSet<string> _annotations = new(
        ["annotations", "annotation", "labels", "masks", "mask", "trimaps", "segmentation", "segmentations",
            "SegmentationClass", "SegmentationObject", "groundtruth", "ground_truth", "ground-truth", "gt", "bboxes"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> _pictures = new(["images", "image", "img", "imgs", "JPEGImages", "photos", "pictures"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the name is one of annotations.</summary>
    public static bool IsAnnotation(string folder) => _annotations.Contains(folder);

    /// <summary>Whether the name is one of pictures of all classes.</summary>
    public static bool IsOfPictures(string folder) => _pictures.Contains(folder);
}
