namespace ConvScope.Records.Networks;

/// <summary>A network's description does not fit together, or its input does not fit the description. The message names the layer.</summary>
public sealed class NetworkException : ArgumentException
{
    /// <summary>Makes the error.</summary>
    public NetworkException()
    {
    }

    /// <summary>Makes the error with what was given, what is allowed, and where.</summary>
    public NetworkException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with its cause.</summary>
    public NetworkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
