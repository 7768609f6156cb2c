namespace ConvScope.Datasets.Files;

/// <summary>Sorts what lies below a root into images of classes and what is left out, by names alone.</summary>
internal sealed class ClassFolders
{
    private static readonly HashSet<string> _ofTheSystem = new(
        ["__MACOSX", "lost+found", "$RECYCLE.BIN", "System Volume Information", "@eaDir", "#recycle", "Thumbs.db", "desktop.ini"], StringComparer.OrdinalIgnoreCase);

    private readonly FileSource _source;
    private readonly string _prefix;
    private readonly Dictionary<string, (string Class, string Name, int Index)> _images = new(StringComparer.Ordinal); // of equal names the last counts, as where a tar is unpacked
    private readonly List<(string What, string Name)> _leftOut = [];
    private readonly SortedDictionary<string, List<string>> _withoutImages = new(StringComparer.Ordinal);

    private ClassFolders(FileSource source, string root)
    {
        _source = source;
        _prefix = root.Length == 0 ? "" : root.TrimEnd('/') + "/";
    }

    /// <summary>The images with their classes, and their indices in the source.</summary>
    public IReadOnlyCollection<(string Class, string Name, int Index)> Images => _images.Values;

    /// <summary>Names of the classes, in ordinal order.</summary>
    public IReadOnlyList<string> Classes { get; private set; } = [];

    /// <summary>What is left out, by its kind.</summary>
    public IReadOnlyList<LeftOutFiles> LeftOut => [.. _leftOut.GroupBy(entry => entry.What)
        .Select(kind => new LeftOutFiles(kind.Key, kind.Count(), kind.Select(entry => entry.Name).Min(StringComparer.Ordinal)!))
        .OrderByDescending(kind => kind.Count).ThenBy(kind => kind.What, StringComparer.Ordinal)];

    /// <summary>Sorts the files of a source.</summary>
    /// <param name="source">Names of files.</param>
    /// <param name="root">The root inside the source; empty for all of it.</param>
    /// <exception cref="InvalidDataException">A class would be lost or wrong: a folder that may not be read, one whose pictures are of formats that are not read, or annotations that look like a class.</exception>
    public static ClassFolders Sort(FileSource source, string root)
    {
        var sorted = new ClassFolders(source, root);
        for (var i = 0; i < source.Count; i++)
            sorted.Take(i);
        sorted.Classes = [.. sorted._images.Values.Select(image => image.Class).Distinct().Order(StringComparer.Ordinal)];
        sorted.TakeFolders();
        sorted.CheckAnnotations();
        return sorted;
    }

    /// <summary>Whether a folder of that name is hidden, or the system's own.</summary>
    public static bool IsNoClass(string folder) => folder.StartsWith('.') || _ofTheSystem.Contains(folder);

    private void Take(int index)
    {
        var name = _source.Name(index);
        if (!name.StartsWith(_prefix, StringComparison.Ordinal))
            return;
        var parts = name[_prefix.Length..].Split('/');
        if (Array.Exists(parts, part => part.StartsWith('.')))
            _leftOut.Add(("hidden file", name));
        else if (Array.Find(parts, _ofTheSystem.Contains) is { } system)
            _leftOut.Add(($"file of the system, in or called {system}", name));
        else if (parts.Length == 1)
            _leftOut.Add((ImageEndings.IsImage(name) ? "image outside of the class folders" : ImageEndings.Kind(name), name));
        else if (ImageEndings.IsImage(name))
            _images[name] = (parts[0], name, index);
        else
            TakeOther(parts[0], name);
    }

    private void TakeOther(string folder, string name)
    {
        _leftOut.Add((ImageEndings.Kind(name), name));
        if (!_withoutImages.TryGetValue(folder, out var others))
            _withoutImages[folder] = others = [];
        others.Add(name);
    }

    /// <summary>An empty folder, or one of notes and annotations, is no class; one whose pictures cannot be read would be a class that is lost.</summary>
    private void TakeFolders()
    {
        foreach (var (what, name) in _source.Notes.Where(note => note.Name.StartsWith(_prefix, StringComparison.Ordinal)))
            _leftOut.Add((what, name));
        var folders = _source.Folders.Where(name => name.StartsWith(_prefix, StringComparison.Ordinal)).Select(name => name[_prefix.Length..].Split('/')[0])
            .Concat(_withoutImages.Keys).Distinct().Where(name => name.Length > 0 && !Classes.Contains(name)).Order(StringComparer.Ordinal);
        var closed = _source.Closed.Where(name => name.StartsWith(_prefix, StringComparison.Ordinal)).Select(name => name[_prefix.Length..]).ToHashSet();
        foreach (var folder in folders)
        {
            if (IsNoClass(folder))
                _leftOut.Add(("folder of the system", folder));
            else if (closed.Contains(folder))
                throw new InvalidDataException($"Folder '{ShownPath.Of(folder)}' may not be read: the images of a class would be lost. Allow it to be read, or move it elsewhere.");
            else if (!_withoutImages.TryGetValue(folder, out var files))
                _leftOut.Add(("empty folder", folder));
            else if (files.Where(ImageEndings.MayBePicture).ToList() is { Count: > 0 } pictures)
                throw Lost(folder, new LeftOutFiles(ImageEndings.Kind(pictures[0]), pictures.Count, pictures[0]));
            else
                _leftOut.Add(("folder without an image", folder));
        }
    }

    private static InvalidDataException Lost(string folder, LeftOutFiles files) => new(
        $"Class folder '{ShownPath.Of(folder)}' has no image that can be read ({ImageEndings.Words}), and {files}: the class would be lost. Convert them, or move the folder elsewhere.");

    private void CheckAnnotations()
    {
        foreach (var folder in Classes.Where(AnnotationFolders.IsAnnotation))
        {
            var stems = _images.Values.ToLookup(image => image.Class == folder, image => Path.GetFileNameWithoutExtension(image.Name));
            if (Classes.Any(AnnotationFolders.IsOfPictures) || (stems[false].Any() && !stems[true].Except(stems[false]).Any()))
                throw new InvalidDataException(
                    $"Folder '{ShownPath.Of(folder)}' holds pictures that belong to those of the other folders, such as masks: it is no class. Move it elsewhere, or rename it where it is one.");
        }
    }
}
