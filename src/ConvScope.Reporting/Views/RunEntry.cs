using ConvScope.Records.Recording;

namespace ConvScope.Reporting.Views;

/// <summary>One run in a list of runs.</summary>
/// <param name="Id">What it is asked for by.</param>
/// <param name="Environment">The folder that it lies in, relative to the served one; empty at the top.</param>
/// <param name="Name">Name of the run folder.</param>
/// <param name="Status">As <see cref="RunRecord.ReadStatus"/> has it; <c>damaged</c> where the record cannot be read, <c>newer</c> where a newer version wrote it.</param>
/// <param name="Started">When it began, ISO 8601; empty where it is not known.</param>
/// <param name="LastStep">Last step of which anything was recorded; -1 for none.</param>
/// <param name="Accuracy">Accuracy of the last epoch, on the validation set where there is one; null before the first is over.</param>
/// <param name="Fault">What is wrong with the record, in words; null where it can be read.</param>
internal sealed record RunEntry(string Id, string Environment, string Name, string Status, string Started, long LastStep, double? Accuracy, string? Fault = null)
{
    /// <summary>Sums up a record.</summary>
    public static RunEntry Of(RunRecord record, string id, string environment, string name)
    {
        var accuracies = record.Read(QuantityNames.ValidationAccuracy);
        if (accuracies.Count == 0)
            accuracies = record.Read(QuantityNames.TrainAccuracy);
        return new RunEntry(id, environment, name, record.ReadStatus(), record.ReadMetadata().GetValueOrDefault(MetadataNames.Started, ""), record.ReadLastStep(),
            accuracies.Count > 0 && double.IsFinite(accuracies[^1].Value) ? accuracies[^1].Value : null);
    }

    /// <summary>A record that cannot be read, which is no reason not to list it and the others.</summary>
    public static RunEntry OfUnreadable(Exception fault, string id, string environment, string name) =>
        new(id, environment, name, fault is NewerRecordException ? "newer" : "damaged", "", -1, null, fault.Message);
}
