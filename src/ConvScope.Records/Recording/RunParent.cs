namespace ConvScope.Records.Recording;

/// <summary>What a training goes on from.</summary>
/// <param name="Run">The run that wrote the checkpoint; empty where the file does not say, as those of before 0.2.</param>
/// <param name="Checkpoint">The checkpoint's full path.</param>
/// <param name="Epoch">Epochs that were over by then.</param>
/// <param name="Step">Optimizer updates that were made by then: the first one of the run that goes on.</param>
public sealed record RunParent(string Run, string Checkpoint, int Epoch, long Step);
