namespace ConvScope;

/// <summary>A folder that is gone when the test is over.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Path of the folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("convscope-test-").FullName;

    /// <summary>Path of a file or folder in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
