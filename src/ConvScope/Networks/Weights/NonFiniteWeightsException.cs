namespace ConvScope.Networks.Weights;

/// <summary>
/// Weights that are NaN or infinite were to predict, to be exported or to be trained on. The message names the tensors and how many of
/// their values are not finite.
/// </summary>
public sealed class NonFiniteWeightsException : InvalidOperationException
{
    /// <summary>Makes the error.</summary>
    public NonFiniteWeightsException()
    {
    }

    /// <summary>Makes the error with a message.</summary>
    public NonFiniteWeightsException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with its cause.</summary>
    public NonFiniteWeightsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes the error for some tensors.</summary>
    /// <param name="source">What the weights belong to: a network, or a file; the message begins with it.</param>
    /// <param name="tensors">What is not finite in it, at least one.</param>
    public NonFiniteWeightsException(string source, IReadOnlyList<NonFiniteTensor> tensors)
        : base($"{source} has weights that are NaN or infinite, from which nothing sensible comes: {NonFiniteTensor.List(tensors)}. "
            + "Train it anew, or take an earlier checkpoint.") => Tensors = tensors;

    /// <summary>The tensors that are not finite, in the network's order; empty where the error was made without them.</summary>
    public IReadOnlyList<NonFiniteTensor> Tensors { get; } = [];

    /// <summary>Throws where there are such tensors.</summary>
    internal static void ThrowIfAny(IReadOnlyList<NonFiniteTensor> tensors, string source)
    {
        if (tensors.Count > 0)
            throw new NonFiniteWeightsException(source, tensors);
    }
}
