using ConvScope.Datasets;
using ConvScope.Datasets.Decoding;
using ConvScope.Datasets.Files;
using ConvScope.Records.Files;
using Microsoft.Extensions.Logging;

namespace ConvScope.Training.Images;

/// <summary>What is done about the corrupt images of a set: each is named once, or is the end.</summary>
internal sealed partial class CorruptImages(ImageFiles files, CorruptImage action, ILogger logger)
{
    private readonly Dictionary<int, string> _found = [];

    /// <summary>Corrupt images that were met so far.</summary>
    public int Count => _found.Count;

    /// <summary>Places and rows of the images of a batch that could be decoded, in its order.</summary>
    /// <exception cref="DamagedFileException">An image is corrupt and that is to be the end.</exception>
    public List<(int Place, int Row)> LeftOver(DecodedBatches batches)
    {
        var left = new List<(int, int)>();
        var rows = batches.Rows;
        for (var place = 0; place < rows.Length; place++)
        {
            if (batches.Current.Reasons[place] is not { } reason)
                left.Add((place, rows[place]));
            else if (action == CorruptImage.Skip)
                Note(rows[place], reason);
            else
                throw new DamagedFileException(files.PathOf(rows[place]), $"Image '{ShownPath.Of(files.PathOf(rows[place]))}' cannot be decoded: {reason}.");
        }

        return left;
    }

    /// <summary>Names a corrupt image, unless it was named before.</summary>
    public void Note(int row, string reason)
    {
        if (_found.TryAdd(row, reason))
            LogLeftOut(logger, ShownPath.Of(files.PathOf(row)), reason);
    }

    /// <summary>Checks that a pass had images at all.</summary>
    /// <exception cref="DamagedFileException">It had none.</exception>
    public void CheckAnyLeft(long count)
    {
        if (count > 0)
            return;
        var (row, reason) = _found.First();
        throw new DamagedFileException(files.PathOf(row), $"None of {files.Count} images can be decoded, beginning with '{ShownPath.Of(files.PathOf(row))}': {reason}.");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Image '{Image}' is left out: {Reason}.")]
    private static partial void LogLeftOut(ILogger logger, string image, string reason);
}
