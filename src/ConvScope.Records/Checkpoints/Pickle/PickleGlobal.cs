namespace ConvScope.Records.Checkpoints.Pickle;

/// <summary>A global that a pickle names and that is known: something to call, or only a name.</summary>
/// <param name="Name">Its module and name: <c>torch._utils._rebuild_tensor_v2</c>.</param>
/// <param name="Call">What calling it with arguments gives; null where it is only a name.</param>
/// <param name="Type">The element type that a storage class or a dtype stands for.</param>
/// <param name="MakesTensor">Whether calling it gives a tensor; arguments that do not fit are then a fault, and not only an unknown object.</param>
internal sealed record PickleGlobal(string Name, Func<object?[], object?>? Call = null, ElementType? Type = null, bool MakesTensor = false);
