using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>What is measured once in a training: of the data, and of the network where it is to be tried out.</summary>
/// <param name="network">The network.</param>
/// <param name="probe">Holds the images that are looked at.</param>
/// <param name="checksData">Whether images and labels are looked at.</param>
/// <param name="triesOut">Whether the network is tried out; see <see cref="PreChecks"/>.</param>
/// <param name="leftOut">Keeps a check that fails from the others.</param>
internal sealed class OneTimeChecks(nn.Module<Tensor, Tensor> network, Probe probe, bool checksData, bool triesOut, LeftOut leftOut)
{
    private readonly List<(string Quantity, double Value)> _found = [];
    private bool _checksData = checksData;
    private bool _triesOut = triesOut;

    /// <summary>Looks for validation images that are in the training set too.</summary>
    public void Compare(Tensor train, Tensor validation)
    {
        if (_checksData && train.dtype == validation.dtype)
            leftOut.Try("the search for images that both sets have", () => Find(QuantityNames.SharedImages, DataChecks.SharedImages(train, validation)));
    }

    /// <summary>Does what can be done by now, and gives what was found since the last call.</summary>
    /// <param name="classCount">Number of classes; 0 where it is not known or there are none.</param>
    /// <param name="isEpochOver">Whether to look at the probe set although it is not full: the training set is smaller.</param>
    public IReadOnlyList<(string Quantity, double Value)> Take(int classCount, bool isEpochOver)
    {
        if (_triesOut)
            TryOut();
        if (_checksData && (probe.IsFull || isEpochOver))
            CheckData(classCount);
        if (_found.Count == 0)
            return [];
        (string, double)[] taken = [.. _found];
        _found.Clear();
        return taken;
    }

    private void Find(string quantity, double value) => _found.Add((quantity, value));

    private void TryOut()
    {
        using var scope = NewDisposeScope();
        if (probe.Set() is not var (images, labels))
            return;
        _triesOut = false;
        if (images.shape[0] > 1)
            _found.AddRange(leftOut.Try("the pre-checks", () => PreChecks.Measure(network, probe.Task, images, labels, leftOut), []));
    }

    private void CheckData(int classCount)
    {
        _checksData = false;
        using var scope = NewDisposeScope();
        if (classCount >= 2 && probe.Set() is var (images, labels))
            _found.AddRange(leftOut.Try("the checks of the data", () => DataChecks.Measure(images, labels, classCount), []));
    }
}
