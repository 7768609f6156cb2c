namespace ConvScope.Records.Recording;

/// <summary>One measured value of a series.</summary>
/// <param name="Step">Optimizer update at which it was measured, from 0. A reading of a whole epoch carries the epoch's last step.</param>
/// <param name="Epoch">Epoch that the step belongs to, from 1.</param>
/// <param name="Value">The value in the series' unit; NaN and infinities are kept as measured.</param>
public readonly record struct Reading(long Step, int Epoch, double Value);
