namespace ConvScope.Measuring;

/// <summary>What a piece of inspection is worth. Where a training is too short for everything, what stands first here is cut last.</summary>
internal enum Worth
{
    /// <summary>Loss, accuracy and the parameters' numbers at the first steps, where most faults show.</summary>
    FirstReadings,

    /// <summary>What the end leaves to look at: feature maps and gradients after the last epoch, attributions.</summary>
    End,

    /// <summary>Checks of the data, done once.</summary>
    Checks,

    /// <summary>Layers and histograms at the first steps.</summary>
    FirstLooks,

    /// <summary>Everything between the first steps and the end.</summary>
    Later,
}
