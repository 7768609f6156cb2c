using ConvScope.Quantities;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>What is measured once in a training: of the data, where the ledger affords it, and of the network where it is to be tried out.</summary>
/// <param name="network">The network.</param>
/// <param name="visits">How it is called.</param>
/// <param name="probe">Holds the images that are looked at.</param>
/// <param name="ledger">Knows what may be spent.</param>
/// <param name="checksData">Whether images and labels are looked at.</param>
/// <param name="triesOut">Whether the network is tried out, whatever that costs: the caller asked for it. See <see cref="PreChecks"/>.</param>
/// <param name="leftOut">Keeps a check that fails from the others.</param>
internal sealed class OneTimeChecks(
    nn.Module network, NetworkVisits visits, Probe probe, InspectionLedger ledger, bool checksData, bool triesOut, LeftOut leftOut)
{
    private const string Part = "checks of the data", Comparison = "comparison of the training set with the validation set";

    private readonly List<(string Quantity, double Value)> _found = [];
    private (Tensor Train, Tensor Validation)? _compared;
    private bool _checksData = checksData;
    private bool _triesOut = triesOut;

    /// <summary>Whether there is something to do by now.</summary>
    /// <param name="isEpochOver">Whether to look at the probe set although it is not full: the training set is smaller.</param>
    public bool AreDue(bool isEpochOver) => (_triesOut && probe.IsReady) || (_checksData && (probe.IsFull || isEpochOver));

    /// <summary>Keeps two sets, to look for validation images that are in the training set too.</summary>
    public void Compare(Tensor train, Tensor validation)
    {
        if (_checksData && train.dtype == validation.dtype)
            _compared = (train, validation);
    }

    /// <summary>Does what can be done by now, and gives what was found.</summary>
    /// <param name="classCount">Number of classes; 0 where it is not known or there are none.</param>
    /// <param name="isEpochOver">As in <see cref="AreDue"/>.</param>
    public IReadOnlyList<(string Quantity, double Value)> Take(int classCount, bool isEpochOver)
    {
        _found.Clear();
        if (_triesOut)
            TryOut();
        if (_checksData && (probe.IsFull || isEpochOver))
            CheckData(classCount);
        return _found;
    }

    private void TryOut()
    {
        using var scope = NewDisposeScope();
        if (probe.Set() is not var (images, labels) || probe.Task is not { } task || network is not nn.Module<Tensor, Tensor> plain)
            return;
        _triesOut = false;
        if (images.shape[0] > 1)
            _found.AddRange(ledger.Time("pre-checks", () => leftOut.Try("the pre-checks", () => PreChecks.Measure(plain, visits, task, images, labels, leftOut), [])));
    }

    private void CheckData(int classCount)
    {
        _checksData = false;
        using var scope = NewDisposeScope();
        if (_compared is var (train, validation) && ledger.Ask(Comparison, DataChecks.SecondsToCompare(train, validation), Worth.Checks))
            ledger.Time(Comparison, () => leftOut.Try("the search for images that both sets have", () => _found.Add((QuantityNames.SharedImages, DataChecks.SharedImages(train, validation)))));
        if (classCount >= 2 && probe.Set() is var (images, labels) && !IsText(images) && ledger.Ask(Part, DataChecks.SecondsToMeasure(images), Worth.Checks))
            _found.AddRange(ledger.Time(Part, () => leftOut.Try("the checks of the data", () => DataChecks.Measure(images, labels, classCount), [])));
        _compared = null;
    }

    /// <summary>Whether the values are no pixels but numbers of words or the like.</summary>
    private static bool IsText(Tensor images) => images.is_integral() && images.dtype != ScalarType.Byte;
}
