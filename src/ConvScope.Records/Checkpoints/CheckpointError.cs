namespace ConvScope.Records.Checkpoints;

/// <summary>Words of the errors about files.</summary>
internal static class CheckpointError
{
    /// <summary>A file that is not what it should be, with the place of the fault.</summary>
    public static InvalidDataException At(string path, long offset, string fault, Exception? inner = null, string what = "checkpoint") =>
        new($"'{path}' is not a readable {what}: at byte {offset}, {fault}.", inner);
}
