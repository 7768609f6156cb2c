using System.Globalization;
using System.Runtime.InteropServices;
using ConvScope.Inspection;
using ConvScope.Native;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Inspection;

/// <summary>Trainings of networks that keep or draw something: losses, what they keep, random states, weights, gradients, modes and hooks are the same to the bit with and without inspection, at every level.</summary>
public sealed class UntouchedTests
{
    private static readonly Dictionary<string, string> _plain = [];

    private static IEnumerable<string> Names => KeepingNetworks.All.Keys;

    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Step_NetworkThatKeepsOrDraws_IsTheSameToTheBit([ValueSource(nameof(Names))] string name, [Values] InspectionLevel level)
    {
        using var folder = new TemporaryFolder();
        if (!_plain.TryGetValue(name, out var plain))
            _plain[name] = plain = Train(name, null);
        Assert.That(Train(name, new InspectionOptions(folder.File("run")) { Level = level, Schedule = Schedule.Every(1), Budget = null, PreChecks = level == InspectionLevel.Full, Figures = false, Report = false }),
            Is.EqualTo(plain));

        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.ReadMetadata()[MetadataNames.NetworkCalls], Is.EqualTo(NetworkCalls.Guarded));
        Assert.That(record.ReadMetadata().GetValueOrDefault(MetadataNames.LeftOut), Is.Null.Or.StartsWith("""[{"part":"attribution",""").Or.StartsWith("""[{"part":"the check"""), "what a state of another number of images keeps from working");
        if (level == InspectionLevel.Off)
            return;
        Assert.That(record.Read(QuantityNames.Loss), Has.Count.EqualTo(8));
        Assert.That(record.Read(QuantityNames.GradientNorm, "head.weight"), Has.Count.EqualTo(8));
        if (level < InspectionLevel.Standard)
            return;
        Assert.That(record.Read(QuantityNames.OutputMean, "head"), Has.Count.EqualTo(8));
        Assert.That(record.Read(QuantityNames.OutputGradientNorm, "head"), Has.Count.EqualTo(8));
        Assert.That(record.ReadSnapshots(SnapshotKind.Activations), Has.Count.EqualTo(2));
    }

    /// <summary>What a loop as people write it sees, in bits.</summary>
    private static string Train(string name, InspectionOptions? options)
    {
        KeepingNetwork.Shared = null;
        using var network = KeepingNetworks.All[name]();
        using var data = ToyImages.Create(64);
        using var optimizer = optim.SGD(network.parameters(), 0.1);
        var hooks = Hooks.On(network);
        manual_seed(9).Dispose();
        var seen = new List<string>();
        using (var scope = options is null ? null : Scope.Attach(network, optimizer, options))
        {
            for (var step = 0; step < 8; step++)
            {
                var images = data.Images.narrow(0, step * 8, 8);
                var labels = data.Labels.narrow(0, step * 8, 8);
                optimizer.zero_grad();
                var outputs = network.call(images);
                var loss = nn.functional.cross_entropy(outputs, labels);
                loss.backward();
                optimizer.step();
                scope?.Step(loss, outputs, labels);
                seen.Add(string.Create(CultureInfo.InvariantCulture, $"loss {loss.item<float>():R}, kept {network.Loss?.item<float>():R} {network.State?.sum().item<float>():R} {network.Pair?.Hidden.sum().item<float>():R} {network.Kept.Sum(kept => kept.sum().item<float>()):R}"));
                seen.Add(string.Create(CultureInfo.InvariantCulture, $"{network.LstmState?.Item1.sum().item<float>():R} {network.Memory.Sum(kept => kept.sum().item<float>()):R} {network.Centre.sum().item<float>():R} {network.Norm.running_mean?.sum().item<float>():R}"));
                seen.Add(string.Create(CultureInfo.InvariantCulture, $"calls {network.Calls}, random {Bits(random.get_rng_state())}, training {network.training}, {network.Norm.training}"));
                if (step % 4 == 3)
                    scope?.EndEpoch();
            }

            scope?.Dispose();
            Assert.That(scope?.Failure, Is.Null);
        }

        Assert.That(Hooks.On(network), Is.EqualTo(hooks));
        foreach (var (parameterName, parameter) in network.named_parameters())
            seen.Add($"{parameterName} {Bits(parameter)} {(parameter.grad is { } gradient ? Bits(gradient) : "")}");
        return string.Join('\n', seen);
    }

    private static string Bits(Tensor tensor)
    {
        using var copy = tensor.detach().cpu().contiguous();
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(MemoryMarshal.AsBytes(copy.bytes)));
    }
}
