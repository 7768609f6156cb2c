using ConvScope.Datasets.Files;
using ConvScope.Records.Files;

namespace ConvScope.Datasets;

/// <summary>Where the class folders of a data set lie: in a root of their own, in its parts (<c>train</c> and <c>test</c> or <c>val</c>), or in a folder that wraps all of it, as archives have it.</summary>
/// <param name="Train">Path of the images to train on, for <see cref="ImageFolder.Open"/>.</param>
/// <param name="Test">Path of the images to test on; null where there are none.</param>
/// <param name="Unused">Names of further parts, such as <c>val</c> beside <c>test</c>, or a test without class folders.</param>
public sealed record ImageFolderParts(string Train, string? Test, IReadOnlyList<string> Unused)
{
    /// <summary>Finds the parts of a folder or archive.</summary>
    /// <param name="path">A folder or archive, or a root inside an archive; see <see cref="ImageFolder.Open"/>.</param>
    /// <param name="cacheFolder">Where a <c>.tar.gz</c> is unpacked; null for the usual place.</param>
    /// <returns>The pair where there is <c>train</c> with class folders beside <c>test</c> or <c>val</c>; else the path itself, or the one folder that holds all class folders.</returns>
    /// <exception cref="FileNotFoundException">There is no such folder or archive.</exception>
    /// <exception cref="DamagedFileException">An archive is damaged or not to be trusted.</exception>
    /// <exception cref="InvalidDataException">The part to train on has no class folders.</exception>
    public static ImageFolderParts Find(string path, string? cacheFolder = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var (outer, root) = MemberPath.Split(path);
        using var source = FileSources.Open(outer, cacheFolder);
        var images = Enumerable.Range(0, source.Count).Select(source.Name).Where(ImageEndings.IsImage).Select(name => name.Split('/')).Where(parts => !parts.Any(ClassFolders.IsNoClass)).ToList();
        var at = root.Split('/', StringSplitOptions.RemoveEmptyEntries);
        while (true)
        {
            var below = images.Where(parts => parts.Length > at.Length && parts.AsSpan(0, at.Length).SequenceEqual(at)).Select(parts => parts[at.Length..]).ToList();
            var folders = below.Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct().Order(StringComparer.Ordinal).ToArray();
            if (PartFolders.Training(folders) is { } train && PartFolders.Tests(folders) is { Count: > 0 } tests)
            {
                if (!HasClasses(below, train) && !PartFolders.AreParts(folders))
                    break; // classes that are called so, beside others
                return HasClasses(below, train)
                    ? Pair(train, tests, [.. tests.Where(test => HasClasses(below, test))])
                    : throw new InvalidDataException($"'{path}' holds the parts '{train}' and '{tests[0]}' of a data set, and '{train}' has no class folders.");
            }

            if (folders is not [var wrapper] || below.Exists(parts => parts.Length <= 2) || below.Select(parts => parts[1]).Distinct().Count() < 2)
                break;
            at = [.. at, wrapper];
        }

        return new ImageFolderParts(at.Length == root.Split('/', StringSplitOptions.RemoveEmptyEntries).Length ? path : Below(at), null, []);

        ImageFolderParts Pair(string train, IReadOnlyList<string> tests, IReadOnlyList<string> usable) =>
            new(Below([.. at, train]), usable.Count > 0 ? Below([.. at, usable[0]]) : null, [.. tests.Where(test => usable.Count == 0 || test != usable[0])]);

        string Below(string[] folders) => Directory.Exists(outer) ? Path.Combine([outer, .. folders]) : MemberPath.Join(outer, string.Join('/', folders));
    }

    private static bool HasClasses(List<string[]> images, string folder) => images.Exists(parts => parts[0] == folder && parts.Length > 2) && !images.Exists(parts => parts[0] == folder && parts.Length == 2);
}
