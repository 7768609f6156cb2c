using static TorchSharp.torch;

namespace ConvScope.Training.Saving;

/// <summary>The random generators of a training beside torch's own of the CPU.</summary>
/// <param name="Shuffle">Decides the order of the images.</param>
/// <param name="Gpu">Torch's own of the GPU that trains, from which dropout there draws; null on the CPU.</param>
internal sealed record TrainingGenerators(Generator Shuffle, Generator? Gpu = null);
