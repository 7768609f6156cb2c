namespace ConvScope.Records.Checkpoints;

/// <summary>Tensors of a checkpoint that lie together: one dictionary, a whole module, or an optimizer's state.</summary>
/// <param name="Key">Keys from the saved object on, joined by dots, as <see cref="Checkpoint.StateDict"/> takes them; empty for the saved object itself.</param>
/// <param name="IsOptimizer">Whether it is the state of an optimizer, and so no network.</param>
/// <param name="TensorCount">Number of tensors.</param>
/// <param name="Count">Number of their elements.</param>
public sealed record TensorGroup(string Key, bool IsOptimizer, int TensorCount, long Count)
{
    /// <summary>Key and size in words: <c>'netG' (4 tensors, 10 values)</c>.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{(IsOptimizer ? "the optimizer " : "")}{(Key.Length == 0 ? "the saved object itself" : $"'{Key}'")} ({TensorCount:N0} {(TensorCount == 1 ? "tensor" : "tensors")}, {Count:N0} {(Count == 1 ? "value" : "values")})");
}
