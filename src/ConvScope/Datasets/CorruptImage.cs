namespace ConvScope.Datasets;

/// <summary>What becomes of an image that cannot be read or decoded: an empty file, a damaged one, one that has gone, or one that is no JPEG, PNG, WebP, BMP or GIF.</summary>
public enum CorruptImage
{
    /// <summary>The work ends with an error that names the image and says why.</summary>
    Fail,

    /// <summary>
    /// The image is left out; a warning names it and says why. In scoring, its row gets NaN and a missing label where the label's type has one (a key); a Boolean has none and is false. Such rows are named in the
    /// log, the first ten of a pass, and counted.
    /// </summary>
    Skip,
}
