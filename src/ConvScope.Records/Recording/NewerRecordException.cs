namespace ConvScope.Records.Recording;

/// <summary>A record was written by a newer version of ConvScope, so it may be whole, but cannot be read here.</summary>
/// <param name="path">The record.</param>
/// <param name="version">Its schema version.</param>
public sealed class NewerRecordException(string path, long version)
    : IOException($"'{path}' was written by a newer version of ConvScope: its schema is {version}, and this version reads 1 to {RecordSchema.Version}.")
{
    /// <summary>The record.</summary>
    public string Path { get; } = path;

    /// <summary>Its schema version.</summary>
    public long Version { get; } = version;
}
