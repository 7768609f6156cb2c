using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;
using ConvScope.Training.Images;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>A training is about to make its first step.</summary>
/// <param name="Network">The network with its initial weights; an observer reads it and leaves its mode as it is.</param>
/// <param name="Options">How it is trained.</param>
/// <param name="Device">Where it is trained.</param>
/// <param name="TrainCount">Number of training images.</param>
/// <param name="ValidationCount">Number of validation images; 0 without a validation set.</param>
/// <param name="StepsPerEpoch">Optimizer updates an epoch: images divided by the batch size, rounded up.</param>
public sealed record TrainingStarted(
    nn.Module<Tensor, Tensor> Network, TrainingOptions Options, Device Device, long TrainCount, long ValidationCount, long StepsPerEpoch)
{
    /// <summary>SHA-256 of the training set, lower-case hexadecimal: over images and labels as they lie in memory, or over the list of files that are streamed; computed when it is first asked for. Null where that is not known.</summary>
    public string? Checksum => Train?.Checksum();

    /// <summary>What the training loss is weighted by, or how images are drawn, in words; null where each image counts once.</summary>
    public string? Weighting
    {
        get
        {
            string?[] words =
            [
                Options.Sampling switch { Sampling.ByWeight => "images are drawn by their weights", Sampling.Balanced => "images are drawn class by class", _ => null },
                Train?.Weights is null || Options.Sampling == Sampling.ByWeight ? null : "images have weights",
                Options.BalanceClasses ? "classes are balanced" : Options.ClassWeights is null ? null : "classes have weights",
            ];
            return words.OfType<string>().ToList() is { Count: > 0 } said ? string.Join(", ", said) : null;
        }
    }

    /// <summary>The first update that will be made, from 0; more than 0 for a training that is resumed.</summary>
    public long FirstStep { get; init; }

    /// <summary>What the network's outputs mean.</summary>
    public LearningTask Task { get; init; } = new MulticlassTask();

    /// <summary>What the training is called, everywhere the same and never twice; its checkpoints and its record carry it.</summary>
    public string Run { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>What the training goes on from; null for one that begins anew.</summary>
    public RunParent? Parent { get; init; }

    /// <summary>Asks for the end of the training before its next step; it is then <see cref="TrainingOutcome.Stopped"/>. The first reason counts.</summary>
    /// <param name="reason">Why, in words: it is kept with the record.</param>
    public void Stop(string reason) => StopRequest?.Ask(reason);

    internal StopRequest? StopRequest { get; init; }

    internal TrainingImages? Train { get; init; }

    internal TrainingImages? Validation { get; init; }
}
