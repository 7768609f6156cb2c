using ConvScope.Measuring;
using ConvScope.Quantities;
using ConvScope.Records.Diagnosis;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;

namespace ConvScope.Inspection;

/// <summary>What is measured during a training, how often, and where it is kept.</summary>
/// <param name="Folder">
/// The run folder. A folder that holds a record already is left alone: the run goes to <c>Folder-002</c>, then <c>Folder-003</c>, so that nothing is overwritten
/// and every training of a cross-validation has a folder of its own.
/// </param>
public sealed record InspectionOptions(string Folder)
{
    /// <summary>How much is measured. Default <see cref="InspectionLevel.Standard"/>.</summary>
    public InspectionLevel Level { get; init; } = InspectionLevel.Standard;

    /// <summary>Quantities of your own choice in place of the level's; null, the default, for the level's.</summary>
    public IReadOnlyList<QuantityGroup>? Groups { get; init; }

    /// <summary>Steps at which everything is measured, in place of each group's own schedule; null, the default, for those.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>
    /// Share of the training's time that measuring at steps may cost, above 0 to 1. Where a group would cost more, its schedule is stretched. Null for a fixed schedule, so that
    /// the same training gives the same record whatever else the machine does. Default 0.02.
    /// </summary>
    public double? Budget { get; init; } = 0.02;

    /// <summary>Which snapshots are kept. Default all of them.</summary>
    public Retention Snapshots { get; init; } = new();

    /// <summary>
    /// Bytes that the files of the snapshots may take, at least 1; null, the default, for any number. Where there is no room for another one, the oldest give way, but the first and the last of each
    /// kind; what finds no room even so is left out, and the record says so (<c>snapshot cuts</c>). For the last weights other kinds give way too, and then the first weights; a limit below one
    /// snapshot of the weights keeps none of them.
    /// </summary>
    public long? SnapshotLimit { get; init; }

    /// <summary>Whether figures are drawn after the training, however it ended. Default true.</summary>
    public bool Figures { get; init; } = true;

    /// <summary>Whether <c>report.html</c>, the page of the run as one file, is written after the training, however it ended. Default true.</summary>
    public bool Report { get; init; } = true;

    /// <summary>
    /// Whether the network is tried out at the first step: whether it learns one batch by heart, follows its input, and keeps the images of a batch apart. It costs at most 200 steps of 32
    /// images and changes nothing in the training, but that parameters were written and put back: a graph that a loop of your own keeps from before its first step to a <c>backward</c> after it is refused by torch then.
    /// Default false.
    /// </summary>
    public bool PreChecks { get; init; }

    /// <summary>Whether the rules of the diagnosis look at the readings while they come in. Default true.</summary>
    public bool Diagnose { get; init; } = true;

    /// <summary>The rules of the diagnosis, your own among them; null, the default, for <see cref="DefaultRules.All"/>.</summary>
    public IReadOnlyList<Rule>? Rules { get; init; }

    /// <summary>A finding of this severity or worse ends the training; null, the default, for never.</summary>
    public Severity? StopOn { get; init; }

    /// <summary>Optimizer updates an epoch, for a loop of your own whose groups are measured each epoch; 0, the default, where that is not known. Our own trainer knows it.</summary>
    public long StepsPerEpoch { get; init; }

    /// <summary>
    /// What the outputs of a network mean that a loop of your own trains: it decides what is measured and what rules look for. Null, the default, where the first step shows it: labels are classes of the outputs, or numbers,
    /// and the loss is the task's. Where it does not, nothing is said of classes. Our own trainer knows it.
    /// </summary>
    public LearningTask? Task { get; init; }

    /// <summary>Name of the data set, kept in the record and the summary; null where it is not known.</summary>
    public string? Dataset { get; init; }

    /// <summary>
    /// Names of the classes in the order of their indices, kept in the record and the summary, and shown in figures and on the page; null, the default, for those that the images or the label column know.
    /// </summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">The folder's name is empty, or a value is out of its range.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Folder, nameof(Folder));
        ArgumentNullException.ThrowIfNull(Snapshots);
        Snapshots.Validate();
        if (SnapshotLimit is < 1)
            throw new ArgumentOutOfRangeException(nameof(SnapshotLimit), SnapshotLimit, "The limit of the snapshots is a number of bytes, at least 1; null is no limit.");
        if (!Enum.IsDefined(Level))
            throw new ArgumentOutOfRangeException(nameof(Level), Level, "There is no such level.");
        if (StopOn is not null && !Diagnose)
            throw new ArgumentException($"{nameof(StopOn)} waits for findings, and {nameof(Diagnose)} is false: there will be none.", nameof(StopOn));
        if (Budget is not (null or (> 0 and <= 1)))
            throw new ArgumentOutOfRangeException(nameof(Budget), Budget, "The budget is a share of the training's time, above 0 to 1.");
    }

    /// <summary>The groups that are measured, with the schedules that hold.</summary>
    internal IReadOnlyList<QuantityGroup> Plan() =>
        [.. (Groups ?? InspectionLevels.Groups(Level)).Select(group => Schedule is null ? group : group with { Schedule = Schedule })];
}
