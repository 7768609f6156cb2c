namespace ConvScope.Datasets.Files;

/// <summary>Opens the archives that paths name, each once, and finds their members. It serves one thread; the sources that it gives serve many.</summary>
internal sealed class OpenArchives : IDisposable
{
    private readonly Dictionary<string, (FileSource Source, Dictionary<string, int> Members)> _archives = new(StringComparer.Ordinal);

    /// <summary>Finds a member.</summary>
    /// <param name="archive">Path of the archive.</param>
    /// <param name="member">Name of the member.</param>
    /// <param name="index">Its index in the source.</param>
    /// <returns>The archive, or a source that says why it cannot be read.</returns>
    public FileSource Find(string archive, string member, out int index)
    {
        if (!_archives.TryGetValue(archive, out var opened))
        {
            var source = Open(archive);
            var members = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < source.Count; i++)
                members[source.Name(i)] = i; // of equal names the last counts, as where a tar is unpacked
            _archives[archive] = opened = (source, members);
        }

        if (opened.Source is UnreadableSource || opened.Members.TryGetValue(member, out index))
        {
            index = opened.Members.GetValueOrDefault(member);
            return opened.Source;
        }

        index = 0;
        return new UnreadableSource($"the archive has no member '{member}'");
    }

    public void Dispose()
    {
        foreach (var (source, _) in _archives.Values)
            source.Dispose();
        _archives.Clear();
    }

    private static FileSource Open(string archive)
    {
        try
        {
            return FileSources.Open(archive);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return new UnreadableSource(exception.Message);
        }
    }
}
