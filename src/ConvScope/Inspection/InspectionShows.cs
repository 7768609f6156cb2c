using System.Globalization;
using ConvScope.Measuring;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Inspection;

/// <summary>
/// What an inspection keeps to be looked at: gradients and feature maps after each epoch, the worst mistakes, images before and after augmentation, and at the end
/// the pixels by which the network decides. Each is asked for where the budget may not have it.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="visits">How it is called.</param>
/// <param name="outputs">What is known of its outputs.</param>
/// <param name="probe">Shows it images.</param>
/// <param name="meter">Knows what showing them costs.</param>
/// <param name="ledger">Knows what may be spent.</param>
/// <param name="record">Takes the snapshots.</param>
/// <param name="leftOut">Keeps what fails from the others.</param>
internal sealed class InspectionShows(
    nn.Module network, NetworkVisits visits, OutputFacts outputs, Probe probe, StepMeter meter, InspectionLedger ledger, InspectionRecord record, LeftOut leftOut)
    : IDisposable
{
    private const string Mistakes = "mistakes";

    private readonly EpochMistakes _mistakes = new(outputs);
    private (long Step, int Epoch) _last;

    /// <summary>Whether attribution covers pixels too, which takes some hundred forward passes.</summary>
    public bool IsThorough { get; init; }

    /// <summary>Whether the worst mistakes come from the measured steps: there is no set that is looked at after each epoch.</summary>
    public bool KeepsMistakes { get; init; } = true;

    /// <summary>A thorough step was measured: its mistakes are kept, and something for the end is put aside.</summary>
    public void Step(long step, Tensor? images, Tensor? labels, Tensor? logits)
    {
        if (KeepsMistakes && meter.IsThorough && images is not null && labels is not null && logits?.dim() == 2
            && ledger.Affords(ledger.Last(Mistakes), Worth.Later))
            record.Part(Mistakes, () => _mistakes.Add(logits, labels, step * labels.shape[0], images));
        ledger.Reserve(AttributionSeconds(AttributionSamples.Most) + meter.LookSeconds);
    }

    /// <summary>An epoch is over.</summary>
    /// <param name="step">Its last step.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="estimate">What reading the gradients may cost the first time, in seconds.</param>
    public void EndEpoch(long step, int epoch, double estimate)
    {
        _last = (step, epoch);
        record.Append(step + 1, epoch, SnapshotKind.Gradients, "gradients", estimate, WorthAt(step), () => ModuleState.ReadGradients(network));
        record.Append(step + 1, epoch, SnapshotKind.Activations, "feature maps", meter.LookSeconds, WorthAt(step), () => probe.FeatureMaps(Probe.ShownImages));
    }

    /// <summary>Adds the worst mistakes of an epoch.</summary>
    /// <inheritdoc cref="EpochMistakes.Take" path="/param" />
    public void AppendMistakes(long step, int epoch, IReadOnlyList<Mistake>? mistakes, TrainingImages? set) =>
        record.Append(step + 1, epoch, SnapshotKind.Mistakes, Mistakes, 0, WorthAt(step), () => _mistakes.Take(mistakes, set));

    /// <summary>Adds by which pixels the network decides, of as many images as there is time for.</summary>
    /// <param name="set">The set among whose first images those are looked for that are shown; null for the probe's.</param>
    public void AppendAttributions(TrainingImages? set)
    {
        if (outputs.ClassCount == 0 || _last.Epoch == 0)
            return;
        using var clock = ledger.Open();
        var images = AttributionSamples.Most;
        while (images > 0 && !ledger.Affords(AttributionSeconds(images), Worth.End))
            images--;
        if (images < AttributionSamples.Most)
        {
            var (left, all) = (2 * (AttributionSamples.Most - images), 2 * AttributionSamples.Most);
            ledger.Cut(string.Create(CultureInfo.InvariantCulture, $"attribution of {left} of {all} images"));
        }

        if (images > 0)
            record.Append(_last.Step + 1, _last.Epoch, SnapshotKind.Attributions, record.Part("attribution", () => Attributions(set, images), []));
    }

    public void Dispose() => _mistakes.Dispose();

    private IReadOnlyList<NamedArray> Attributions(TrainingImages? set, int images)
    {
        using var scope = NewDisposeScope();
        var candidates = set?.First(AttributionSamples.MostCandidates) ?? probe.Set();
        return outputs.Task is { } task && network is nn.Module<Tensor, Tensor> plain ? _mistakes.Samples.Read(plain, visits, task, candidates?.Images, candidates?.Labels, IsThorough, leftOut, images) : [];
    }

    private Worth WorthAt(long step) => ledger.IsLast(step) ? Worth.End : Worth.Later;

    /// <summary>What attribution is going to cost, in seconds; its code runs for the first time.</summary>
    private double AttributionSeconds(int images) =>
        meter.LookSeconds * AttributionSamples.Passes(images, IsThorough) / probe.LookPasses + ledger.Last(InspectionLedger.Start) / 2;
}
