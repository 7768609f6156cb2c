using System.Text.RegularExpressions;
using ConvScope.Augmentation;
using ConvScope.Measuring;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Quantities.Batch;
using ConvScope.Quantities.Layers;
using ConvScope.Quantities.Parameters;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training;
using ConvScope.Training.Images;
using ConvScope.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests;

/// <summary>
/// Devices do not mix, and nothing waits: on torch's <c>meta</c> device an operation fails where a CPU tensor is mixed in or a value is
/// read, as it fails or waits on a GPU. Some operations have no form there ("no Meta kernel"); what ends in one is named here with it,
/// and is seen as far as that. <see cref="Training.DefaultDeviceTests"/> sees the rest from the other side.
/// </summary>
internal sealed class MetaDeviceTests
{
    private const long Count = 6;

    // What ends in an operation that has no form on the device.
    private static readonly Dictionary<string, string> _gaps = new()
    {
        [nameof(BinaryTask)] = "log_sigmoid_forward",
        [nameof(Flip)] = "flip",
        [nameof(MixUp)] = "index_select",
        [nameof(RandomErasing)] = "logical_and.out",
        [nameof(RotateAndScale)] = "grid_sampler_2d",
        [nameof(WorstMistakes)] = "abs.out",
        [nameof(GradientMax)] = "abs.out",
        [nameof(GradientStandardDeviation)] = "std.correction",
        [nameof(WeightStandardDeviation)] = "std.correction",
        [nameof(OutputStandardDeviation)] = "std.correction",
        [nameof(GradientNonFinite)] = "count_nonzero.dim_IntList",
        [nameof(OutputSaturation)] = "abs.out",
        [nameof(InactiveUnits)] = "logical_not.out",
        [nameof(UnitSimilarity)] = "max",
        [nameof(DominantClass)] = "max",
        [nameof(ProbabilityOutputs)] = "abs.out",
        [nameof(GradientHistogram)] = "abs.out",
        [nameof(WeightHistogram)] = "abs.out",
        [nameof(UpdateHistogram)] = "abs.out",
    };

    private static readonly ImageAugmentation[] _augmentations =
        [new Shift(2), new Flip(), new RotateAndScale(15, 0.1), new ColorJitter(0.3, 0.4, 0.5), new RandomErasing(), new MixUp(0.4)];

    private static IEnumerable<ImageAugmentation> Augmentations => Instances(_augmentations);

    private static IEnumerable<OptimizerSpec> Optimizers =>
        Instances<OptimizerSpec>(new SgdOptimizer { Nesterov = true, WeightDecay = 1e-4 }, new AdamOptimizer(),
            new AdamWOptimizer { WeightDecay = 0.01 }, new RmsPropOptimizer { Momentum = 0.5 });

    private static IEnumerable<LearningTask> Tasks => Instances<LearningTask>(new MulticlassTask(), new BinaryTask(),
        new RegressionTask(3, 2));

    private static IEnumerable<LearningRateSchedule> Schedules =>
        Instances<LearningRateSchedule>(new OneCycleSchedule(), new CosineSchedule(), new StepSchedule(), new PlateauSchedule());

    private static IEnumerable<Quantity> Quantities => Types(typeof(Quantity)).Select(type => (Quantity)Activator.CreateInstance(type)!);

    private static IEnumerable<HistogramQuantity> Histograms => Types(typeof(HistogramQuantity))
        .Select(type => (HistogramQuantity)Activator.CreateInstance(type)!);

    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Device_MixedWithTheCpuOrRead_Fails()
    {
        using var scope = NewDisposeScope();
        Assert.That(() => zeros([2], device: META).add(zeros([2], device: CPU)), Throws.Exception.With.Message.Contain("same device"));
        Assert.That(() => zeros([1], device: META).item<float>(), Throws.Exception.With.Message.Contain("no data"));
        Assert.That(() => zeros([1], device: META).cpu(), Throws.Exception.With.Message.Contain("no data"));
    }

    [TestCaseSource(nameof(Tasks))]
    public void Task_Loss_StaysOnTheDevice(LearningTask task) => AssertStays(task, () =>
    {
        var outputs = zeros([Count, task is MulticlassTask ? 3 : 1], device: META, requires_grad: true);
        var labels = zeros([Count], task is RegressionTask ? ScalarType.Float32 : ScalarType.Int64, META);
        using (var totals = new RunningTotals(META, task))
            totals.Add(zeros([], device: META), outputs, labels);
        return [task.Predict(outputs), task.ClassLogits(outputs) ?? outputs, task.Loss(outputs, labels, task.HasClasses ? 0.1 : 0)];
    });

    [TestCaseSource(nameof(Augmentations))]
    public void Augmentation_OfImages_StaysOnTheDevice(ImageAugmentation augmentation) => AssertStays(augmentation, () =>
    {
        var batch = ImageAugmentation.Apply([augmentation], zeros([Count, 3, 12, 12], ScalarType.Byte, META),
            zeros([Count], ScalarType.Int64, META), seed: 1, step: 3);
        return [batch.Images, batch.Labels, batch.MixedLabels ?? batch.Labels,
            batch.Loss(new MulticlassTask(), zeros([Count, 3], device: META), 0.1)];
    });

    [Test]
    public void Draws_OfEveryKind_LieOnTheDevice()
    {
        using var scope = NewDisposeScope();
        using var draws = new Draws(1, 2, META);
        AssertOnMeta([draws.Uniform(4, 0, 1), draws.Integers(4, 3), draws.Order(4)]);
    }

    [TestCaseSource(nameof(Optimizers))]
    public void Optimizer_WithAllThatUpdates_StaysOnTheDevice(OptimizerSpec optimizer) => AssertStays(optimizer, () =>
    {
        using var network = Network();
        var options = new TrainingOptions
        {
            Optimizer = optimizer,
            LargestGradientNorm = 1,
            WeightAverage = 0.9,
            EarlyStopping = new EarlyStopping(),
            Schedule = new OneCycleSchedule(),
            Epochs = 2,
        };
        using var updates = new Updates(network, options, stepsPerEpoch: 3);
        for (var step = 0; step < 3; step++)
        {
            updates.Begin(step, []);
            Loss(network).Loss.backward();
            updates.Apply(step);
        }

        updates.EndEpoch([new EpochMetrics(1, 2, 1, 0.5, 1, 0.5, 1)]);
        updates.Finish([new EpochMetrics(1, 2, 1, 0.5, 1, 0.5, 1)]);
        AssertOnMeta([.. network.parameters(), .. ((TorchSharp.Modules.OptimizerHelper)updates.Optimizer).state_dict().State
            .SelectMany(state => optimizer.Read(state).Values).OfType<Tensor>()]);
        return [];
    });

    [TestCaseSource(nameof(Schedules))]
    public void Schedule_OfAStep_NeedsNoTensor(LearningRateSchedule schedule)
    {
        var before = Tensor.TotalCount;
        Assert.That(schedule.Factor(3, 10, 5, [new EpochMetrics(1, 2, 1, 0.5, 1, 0.5, 1)]), Is.InRange(0, 1));
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [TestCaseSource(nameof(Quantities))]
    public void Quantity_OfAStep_IsReadOnceAndInOneCopy(Quantity quantity) => AssertStays(quantity, () => Measured([quantity], []));

    [TestCaseSource(nameof(Histograms))]
    public void Histogram_OfAStep_IsReadOnceAndInOneCopy(HistogramQuantity histogram) =>
        AssertStays(histogram, () => Measured([], [histogram]));

    [Test]
    public void Quantities_AllThatRunThere_AreReadInOneCopy() =>
        AssertStays(new object(), () => Measured([.. Quantities.Where(quantity => !_gaps.ContainsKey(quantity.GetType().Name))], []));

    [Test]
    public void KeptWeights_OfANetwork_StayOnTheDevice()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var kept = new KeptWeights(network);
        kept.Take();
        kept.Average(0.5);
        kept.Swap();
        kept.Restore();
        AssertOnMeta(network.parameters());
    }

    [Test]
    public void WorstMistakes_OfABatch_StayOnTheDevice() => AssertStays(new WorstMistakes(new MulticlassTask()), () =>
    {
        using var worst = new WorstMistakes(new MulticlassTask());
        worst.Add(zeros([Count, 3], device: META), zeros([Count], ScalarType.Int64, META), 0, zeros([Count, 1, 4, 4], device: META));
        AssertOnMeta([worst.Images!]);
        return [];
    });

    [Test]
    public void Batches_InOrder_LieOnTheDevice()
    {
        using var scope = NewDisposeScope();
        using var data = LabeledImages.Create(new byte[4 * 16], [0, 1, 2, 0], new Shape(1, 4, 4), META);
        using var batches = data.InOrder(3, CancellationToken.None);
        while (batches.MoveNext())
        {
            var (images, labels) = batches.Take();
            AssertOnMeta([images, labels, batches.TakeRows()]);
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Format_OfImages_StaysOnTheDevice(bool channelsLast)
    {
        using var scope = NewDisposeScope();
        AssertOnMeta([new ComputeFormat(Precision.Mixed, channelsLast).Apply(zeros([Count, 3, 4, 4], device: META))]);
    }

    /// <summary>
    /// Measures one step of a network that lies on the device; the one copy to the host is counted in place of being made.
    /// </summary>
    private static Tensor[] Measured(IReadOnlyList<Quantity> quantities, IReadOnlyList<HistogramQuantity> histograms)
    {
        var copies = 0;
        using var network = Network();
        var leftOut = new LeftOut(new ThrowingLogger()); // what fails is to be seen here
        using var probe = new Probe(network, new OutputFacts(new MulticlassTask()), leftOut, Counted, new NetworkVisits(network) { IsKnown = true }); // the order of the layers is read once, when they are first looked at
        var group = new QuantityGroup("all", Schedule.Every(1), 1) { Scalars = quantities, Histograms = histograms };
        using var meter = new StepMeter(network, probe, [group], new InspectionLedger(null), 0, leftOut: leftOut, toHost: Counted);
        meter.Plan(0);
        for (var step = 0; step < 2; step++)
        {
            var (loss, outputs, images, labels) = Loss(network);
            loss.backward();
            probe.Collect(images, labels);
            meter.Measure(step, loss, new StepRows(outputs, labels, false));
            meter.Plan(step + 1);
        }

        Assert.That(copies, Is.EqualTo(2 + (probe.Layers.Count > 0 ? 1 : 0)), "copies in two measured steps");
        return [];

        double[] Counted(Tensor values)
        {
            copies++;
            AssertOnMeta([values]);
            return new double[values.NumberOfElements];
        }
    }

    /// <summary>A network of what runs on the device, there.</summary>
    private static nn.Module<Tensor, Tensor> Network()
    {
        var network = nn.Sequential(("flatten", nn.Flatten()), ("fc1", nn.Linear(16, 8)), ("relu", new Rectifier()),
            ("fc2", nn.Linear(8, 8)), ("tanh", nn.Tanh()), ("fc3", nn.Linear(8, 3)));
        ModuleMove.To(network, META);
        return network;
    }

    private static (Tensor Loss, Tensor Outputs, Tensor Images, Tensor Labels) Loss(nn.Module<Tensor, Tensor> network)
    {
        var images = zeros([Count, 1, 4, 4], device: META);
        var labels = zeros([Count], ScalarType.Int64, META);
        var outputs = network.call(images);
        return (new MulticlassTask().Loss(outputs, labels), outputs, images, labels);
    }

    /// <summary>
    /// Runs something, and sees that its tensors are on the device, or that it ends in the operation that is known to have no form
    /// there.
    /// </summary>
    private static void AssertStays(object family, Func<IEnumerable<Tensor>> run)
    {
        using var scope = NewDisposeScope();
        var gap = _gaps.GetValueOrDefault(family.GetType().Name);
        try
        {
            AssertOnMeta(run());
        }
        catch (Exception exception) when (Regex.Match(exception.Message,
            @"aten::([\w.]+): attempted to run this operator with Meta tensors") is { Success: true } match)
        {
            Assert.That(match.Groups[1].Value, Is.EqualTo(gap), "operation without a form on the device");
            return;
        }

        Assert.That(gap, Is.Null, $"{family.GetType().Name} runs through: it is no gap any more");
    }

    /// <summary>TorchSharp's own has no form on the device; this one has.</summary>
    private sealed class Rectifier() : nn.Module<Tensor, Tensor>("ReLU")
    {
        public override Tensor forward(Tensor input) => nn.functional.threshold(input, 0, 0);
    }

    private static void AssertOnMeta(IEnumerable<Tensor> tensors) =>
        Assert.That(tensors.Select(tensor => tensor.device_type), Has.All.EqualTo(DeviceType.META));

    /// <summary>Examples of a family; a type without one fails, so that a new one is covered.</summary>
    private static T[] Instances<T>(params T[] examples)
        where T : notnull
    {
        var missing = Types(typeof(T)).Except(examples.Select(example => example.GetType())).ToArray();
        var names = string.Join(", ", missing.Select(type => type.Name));
        return names.Length == 0
            ? examples
            : throw new AssertionException($"There is no example of {names}: add one, so that its device is tested.");
    }

    private static IEnumerable<Type> Types(Type family) => family.Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(family) && !type.IsAbstract);
}
