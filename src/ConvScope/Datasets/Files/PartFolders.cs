namespace ConvScope.Datasets.Files;

/// <summary>Names of the parts into which a data set is divided.</summary>
internal static class PartFolders
{
    private static readonly HashSet<string> _training = new(["train", "training", "train_set", "training_set"], StringComparer.OrdinalIgnoreCase);

    private static readonly string[] _tests = ["test", "testing", "test_set", "val", "valid", "validation", "dev", "eval"];

    /// <summary>Whether the folders are parts, and not classes: there is one to train on, one to test on, and none that is neither.</summary>
    public static bool AreParts(IReadOnlyList<string> folders) => Training(folders) is not null && Tests(folders).Count > 0 && folders.All(folder => _training.Contains(folder) || IsTest(folder));

    /// <summary>The folder to train on; null for none.</summary>
    public static string? Training(IEnumerable<string> folders) => folders.FirstOrDefault(_training.Contains);

    /// <summary>The folders to test on, the best first: a test before a validation set.</summary>
    public static IReadOnlyList<string> Tests(IEnumerable<string> folders) => [.. folders.Where(IsTest).OrderBy(folder => Array.FindIndex(_tests, name => name.Equals(folder, StringComparison.OrdinalIgnoreCase)))];

    private static bool IsTest(string folder) => _tests.Contains(folder, StringComparer.OrdinalIgnoreCase);
}
