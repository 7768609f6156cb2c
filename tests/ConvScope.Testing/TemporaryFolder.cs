namespace ConvScope;

/// <summary>A folder that is gone when the test is over.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly string _around = Directory.CreateTempSubdirectory("convscope-test-").FullName;

    /// <summary>Makes the folder.</summary>
    public TemporaryFolder() => Path = Directory.CreateDirectory(System.IO.Path.Combine(_around, "folder")).FullName; // what is numbered, -002, lies beside it and goes too

    /// <summary>Path of the folder.</summary>
    public string Path { get; }

    /// <summary>Path of a file or folder in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Copies what is in another folder into this one.</summary>
    public void CopyFrom(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var copy = File(System.IO.Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            System.IO.File.Copy(file, copy);
        }
    }

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(_around, recursive: true);
}
