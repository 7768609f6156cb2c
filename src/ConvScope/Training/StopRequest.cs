namespace ConvScope.Training;

/// <summary>An observer's wish to end a training, which the loop looks at before each step.</summary>
internal sealed class StopRequest
{
    /// <summary>Why, in the words of who asked first; null while nobody has.</summary>
    public string? Reason { get; private set; }

    /// <summary>Asks for the end.</summary>
    public void Ask(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        Reason ??= reason;
    }

    /// <summary>A wish is no part of what an event says: two events that are equal but for it are equal.</summary>
    public override bool Equals(object? obj) => obj is StopRequest;

    public override int GetHashCode() => 0;
}
