namespace ConvScope.Records.Recording;

/// <summary>How far a record has come: changes whenever anything was added that a reader may want.</summary>
/// <param name="Status">As <see cref="RunRecord.ReadStatus"/> has it.</param>
/// <param name="LastStep">Last step of which anything was recorded; -1 before the first.</param>
/// <param name="Series">Number of series.</param>
/// <param name="Snapshots">Number of snapshots that were ever written or removed, or near it: the sum of their steps and their number.</param>
/// <param name="Findings">Sum of the findings' last steps and their number.</param>
/// <param name="Confusions">Number of confusion matrices.</param>
public sealed record RunProgress(string Status, long LastStep, long Series, long Snapshots, long Findings, long Confusions);
