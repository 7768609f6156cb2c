using ConvScope.Quantities;

namespace ConvScope.Recording;

/// <summary>What is measured during a training, how often, and where it is kept.</summary>
/// <param name="Folder">
/// The run folder. A folder that holds a record already is left alone: the run goes to <c>Folder-002</c>, then <c>Folder-003</c>, so that nothing is overwritten
/// and every training of a cross-validation has a folder of its own.
/// </param>
public sealed record InspectionOptions(string Folder)
{
    /// <summary>Steps at which gradients, weights and the batch's loss are measured. Default every 10 steps. Epochs are always recorded.</summary>
    public Schedule Schedule { get; init; } = Schedule.Every(10);

    /// <summary>Whether figures are drawn after the training. Default true.</summary>
    public bool Figures { get; init; } = true;

    /// <summary>Name of the data set, kept in the record and the summary; null where it is not known.</summary>
    public string? Dataset { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">The folder's name is empty.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Folder, nameof(Folder));
        ArgumentNullException.ThrowIfNull(Schedule);
    }
}
