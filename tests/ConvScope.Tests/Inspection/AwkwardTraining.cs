using System.Globalization;
using System.Runtime.InteropServices;
using ConvScope.Attribution;
using ConvScope.Inspection;
using ConvScope.Measuring;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Quantities;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using ConvScope.Training;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Inspection;

/// <summary>
/// What runs in a process of its own: awkward networks, one after another, are trained with and without inspection, or attributed. Each
/// prints a line as it begins and one as it ends, so that a process that is ended by native code says with which.
/// </summary>
internal static class AwkwardTraining
{
    /// <summary>The ways to meet a network: a loop of one's own, one that tells the inspection of its steps in inference mode, our trainer, and attribution.</summary>
    public static IReadOnlyList<string> Ways { get; } = ["scope", "scope in inference mode", "trainer", "attribution"];

    /// <summary>Tries networks.</summary>
    /// <param name="way">One of <see cref="Ways"/>.</param>
    /// <param name="folder">Where records go.</param>
    /// <param name="names">Which networks.</param>
    public static void Run(string way, string folder, IEnumerable<string> names)
    {
        TorchRuntime.Load();
        foreach (var name in names)
        {
            Console.WriteLine($"begin {name}");
            var create = AwkwardNetworks.All[name].Create;
            foreach (var line in way == "attribution" ? Attribute(create) : Compare(way, create, Path.Combine(folder, name)))
                Console.WriteLine(line);
            Console.WriteLine($"end {name}");
        }
    }

    private static IEnumerable<string> Compare(string way, Func<nn.Module<Tensor, Tensor>> create, string folder)
    {
        var logger = new ListLogger();
        yield return Train(folder) == Train(null) ? "same bits" : "other bits";
        foreach (var warning in logger.Warnings)
            yield return $"warning {warning.Split('\n')[0]}";
        using var record = RunRecord.Open(folder);
        yield return $"status {record.ReadMetadata()[MetadataNames.Status]}";
        yield return string.Create(CultureInfo.InvariantCulture, $"losses {record.Read(QuantityNames.Loss).Count}");

        string Train(string? run) => way == "trainer"
            ? WithTrainer(create, run, logger)
            : InOwnLoop(create, run, logger, way == "scope" ? null : () => inference_mode());
    }

    private static string InOwnLoop(Func<nn.Module<Tensor, Tensor>> create, string? folder, ILogger logger, Func<IDisposable>? mode)
    {
        using var module = create();
        using var data = ToyImages.Create(24);
        using var optimizer = optim.SGD(module.parameters(), 0.05);
        using var scope = folder is null ? null : Scope.Attach(module, optimizer, Inspection(folder), logger);
        for (var step = 0; step < 6; step++)
        {
            using var tensors = NewDisposeScope();
            optimizer.zero_grad();
            var outputs = module.call(data.Images);
            var loss = Loss(outputs, data.Labels);
            if (loss.requires_grad)
            {
                loss.backward();
                optimizer.step();
            }

            using (mode?.Invoke())
                scope?.Step(loss, outputs, outputs.shape[1] == 1 ? data.Labels.clamp_max(1) : data.Labels);
        }

        using (mode?.Invoke())
        {
            scope?.EndEpoch();
            scope?.Dispose();
        }

        return scope?.Failure is { } failure ? $"failed: {failure.Message}" : Bits(module);
    }

    private static string WithTrainer(Func<nn.Module<Tensor, Tensor>> create, string? folder, ILogger logger)
    {
        using var module = create();
        using var data = ToyImages.Create(24);
        using var recorder = folder is null ? null : new RunRecorder(Inspection(folder), logger: logger);
        TrainingObserver[] observers = recorder is null ? [] : [recorder, new DiagnosisObserver(recorder, logger: logger)];
        try
        {
            var options = new TrainingOptions { Epochs = 6, BatchSize = 24, LearningRate = 0.05, Momentum = 0 };
            new Trainer(options, observers, logger).Train(module, data);
        }
        catch (Exception exception)
        {
            return $"{Bits(module)} {exception.Message.Split('\n')[0]}"; // with inspection it must fail in the same way
        }

        return Bits(module);
    }

    /// <summary>Every public way to attribute: maps or an exception.</summary>
    private static IEnumerable<string> Attribute(Func<nn.Module<Tensor, Tensor>> create)
    {
        using var module = create();
        using var data = ToyImages.Create(24);
        module.eval();
        AttributionMethod[] methods =
        [
            new GradCam { Layer = "conv" }, new GradCamPlusPlus { Layer = "relu" }, new InputGradient(), new IntegratedGradients { Steps = 4 }, new Occlusion { Window = 4 },
        ];
        foreach (var method in methods)
            yield return $"{method.Name}: {Outcome(() => method.Attribute(module, data.Images, data.Labels.mul(0)))}";
    }

    private static string Outcome(Func<Tensor> attribute)
    {
        try
        {
            using var map = attribute();
            return $"[{string.Join(", ", map.shape)}]";
        }
        catch (Exception exception)
        {
            return $"{exception.GetType().Name} {exception.Message}";
        }
    }

    private static InspectionOptions Inspection(string folder) =>
        new(folder) { Level = InspectionLevel.Full, Schedule = Schedule.Every(1), Budget = null, PreChecks = true };

    private static Tensor Loss(Tensor outputs, Tensor labels) => outputs switch
    {
        _ when outputs.dim() == 3 => nn.functional.cross_entropy(outputs.squeeze(2), labels),
        _ when outputs.shape[1] == 1 => nn.functional.binary_cross_entropy_with_logits(outputs.squeeze(1), labels.clamp_max(1).to(outputs.dtype)),
        _ => nn.functional.cross_entropy(outputs, labels),
    };

    /// <summary>Parameters and gradients to the last bit.</summary>
    private static string Bits(nn.Module module) => string.Join(' ', ModuleState.Read(module).Concat(Gradients(module)).Select(array =>
        $"{array.Name} {Convert.ToHexStringLower(MemoryMarshal.AsBytes<float>(array.Values))}"));

    private static IEnumerable<NamedArray> Gradients(nn.Module module)
    {
        using var scope = NewDisposeScope();
        return [.. ModuleState.ReadGradients(module).Select(array => array with { Name = $"gradient of {array.Name}" })];
    }
}
