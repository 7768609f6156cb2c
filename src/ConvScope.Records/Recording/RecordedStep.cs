namespace ConvScope.Records.Recording;

/// <summary>A step of which something was recorded.</summary>
/// <param name="Step">Optimizer update, from 0.</param>
/// <param name="Epoch">Its epoch, from 1.</param>
/// <param name="Seconds">Seconds from the training's beginning to when it was recorded.</param>
public readonly record struct RecordedStep(long Step, int Epoch, double Seconds);
