namespace ConvScope.Checkpoints;

/// <summary>Words of the errors about files.</summary>
internal static class CheckpointError
{
    /// <summary>A file that is not what it should be, with the place of the fault.</summary>
    public static InvalidDataException At(string path, long offset, string what, Exception? inner = null) =>
        new($"'{path}' is not a readable checkpoint: at byte {offset}, {what}.", inner);
}
