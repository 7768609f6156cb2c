using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Onnx;

/// <summary>A part of a file in memory that moves to where it is read.</summary>
internal sealed class FileWindow(SafeFileHandle file, string path)
{
    private readonly byte[] _bytes = new byte[1 << 14];
    private long _begin;
    private int _count;

    /// <summary>The file's name, for messages.</summary>
    public string Path => path;

    /// <summary>Length of the file.</summary>
    public long Length { get; } = RandomAccess.GetLength(file);

    /// <summary>The byte at a place.</summary>
    /// <exception cref="DamagedFileException">The file ends before.</exception>
    public byte this[long at]
    {
        get
        {
            if (at < _begin || at >= _begin + _count)
            {
                _begin = at;
                _count = RandomAccess.Read(file, _bytes, at);
                if (_count == 0)
                    throw Broken(at, "the file ends");
            }

            return _bytes[at - _begin];
        }
    }

    /// <summary>The error for what is wrong at a place.</summary>
    public DamagedFileException Broken(long at, string fault) => DamagedFileException.At(path, "readable ONNX file", at, fault);
}
