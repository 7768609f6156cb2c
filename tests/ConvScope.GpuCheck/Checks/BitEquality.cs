namespace ConvScope.GpuCheck.Checks;

/// <summary>What is the same to the last bit, beside a plain training.</summary>
/// <param name="RepeatLosses">The losses of a second plain one.</param>
/// <param name="RepeatWeights">Its weights.</param>
/// <param name="InspectedLosses">The losses of an inspected one.</param>
/// <param name="InspectedWeights">Its weights.</param>
/// <param name="EqualSteps">How many losses of the inspected one, from the first.</param>
/// <param name="Steps">How many there are.</param>
internal sealed record BitEquality(
    bool RepeatLosses, bool RepeatWeights, bool InspectedLosses, bool InspectedWeights, int EqualSteps, int Steps);
