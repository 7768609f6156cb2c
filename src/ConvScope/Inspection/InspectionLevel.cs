namespace ConvScope.Inspection;

/// <summary>How much is measured, from cheap to dear. Each level is a named set of quantities and schedules; see <see cref="InspectionLevels.Groups"/>.</summary>
public enum InspectionLevel
{
    /// <summary>Nothing but the metrics of each epoch.</summary>
    Off,

    /// <summary>Loss, accuracy, gradient and weight norms every 50 steps.</summary>
    Light,

    /// <summary>Every number of each parameter every 10 steps; histograms and layer outputs often at the start and then every 250 steps.</summary>
    Standard,

    /// <summary>Everything, the gradient's signal-to-noise ratio included, every 64 steps, the parameters' numbers every 10.</summary>
    Full,
}
