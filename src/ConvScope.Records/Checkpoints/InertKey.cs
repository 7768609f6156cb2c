namespace ConvScope.Records.Checkpoints;

/// <summary>A key of a dictionary that is neither text nor a number, such as None, a tuple or a class. Two are equal only where they are the same object.</summary>
/// <param name="value">The key as the pickle has it; null for None.</param>
public sealed class InertKey(object? value)
{
    /// <summary>The key; null for None.</summary>
    public object? Value { get; } = value;

    /// <summary>The key as Python writes it, at most some hundred characters.</summary>
    public override string ToString() => PythonText.Of(Value);
}
