namespace ConvScope.Native;

/// <summary>No libtorch could be loaded. The message says what was tried and what to install.</summary>
public sealed class TorchLoadException : Exception
{
    /// <summary>Makes the error.</summary>
    public TorchLoadException()
    {
    }

    /// <summary>Makes the error with what was tried and what to install.</summary>
    public TorchLoadException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with its cause.</summary>
    public TorchLoadException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
