using ConvScope.Records.Checkpoints.Bytes;

namespace ConvScope.Records.Checkpoints.Pickle;

/// <summary>A storage that a pickle refers to.</summary>
/// <param name="Type">What its elements are; null where it has only bytes.</param>
/// <param name="Bytes">The bytes.</param>
internal sealed record PickleStorage(ElementType? Type, StorageBytes Bytes);
