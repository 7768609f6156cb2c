using ConvScope.Augmentation;
using ConvScope.Datasets;
using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Training;
using ConvScope.Training.Images;

namespace ConvScope.GpuCheck;

/// <summary>What the checks work with: a device, digits, a folder for what they leave.</summary>
/// <param name="output">The folder.</param>
/// <param name="isCuda">Whether the device is the first GPU; else it is the CPU, and the checks compare it with itself.</param>
/// <param name="scale">By what numbers of steps and images are multiplied.</param>
internal sealed class Laboratory(string output, bool isCuda, double scale)
{
    private readonly Lazy<ImageSet> _train = new(() => Mnist.LoadTrainAsync().GetAwaiter().GetResult());
    private readonly Lazy<ImageSet> _test = new(() => Mnist.LoadTestAsync().GetAwaiter().GetResult());

    /// <summary>The folder for results.</summary>
    public string Output => output;

    /// <summary>Whether the device is a GPU.</summary>
    public bool IsCuda => isCuda;

    /// <summary>As ML.NET names the device: index of the GPU, null for the CPU.</summary>
    public int? Gpu => isCuda ? 0 : null;

    /// <summary>The device.</summary>
    public Device Place => isCuda ? new Device(DeviceType.CUDA, 0) : CPU;

    /// <summary>Whether as much is trained as figures about quality and cost need.</summary>
    public bool IsWhole => scale >= 1;

    /// <summary>MNIST's training set.</summary>
    public ImageSet Train => _train.Value;

    /// <summary>MNIST's test set.</summary>
    public ImageSet Test => _test.Value;

    /// <summary>A number of steps or images, as the scale has it.</summary>
    /// <param name="count">The number at scale 1.</param>
    /// <param name="least">With fewer the check would show nothing.</param>
    public int Scaled(int count, int least) => Math.Max(least, (int)(count * scale));

    /// <summary>What may part a result of the device from the CPU's: nothing where the device is the CPU.</summary>
    public double Tolerance(double onGpu) => isCuda ? onGpu : 0;

    /// <summary>An empty folder below the results.</summary>
    public string Fresh(string name)
    {
        var folder = Path.Combine(output, name);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return Directory.CreateDirectory(folder).FullName;
    }

    /// <summary>Trains a network from weights of seed 1 on digits in one order, whatever the device.</summary>
    /// <param name="spec">The network; its input is a digit's.</param>
    /// <param name="place">The device.</param>
    /// <param name="steps">Steps of 64 digits.</param>
    /// <param name="inspection">How it is inspected; null for not at all.</param>
    /// <param name="augmentations">How digits are changed.</param>
    public PlainTraining TrainPlain(
        NetworkSpec spec, Device place, int steps, InspectionOptions? inspection = null, params ImageAugmentation[] augmentations)
    {
        const int BatchSize = 64;
        using var data = LabeledImages.Create(Train.Slice(0, Math.Min(Train.Count, steps * BatchSize)), place);
        using var network = spec.CreateModule(1);
        network.to(place);
        var losses = new LossObserver();
        using var recorder = inspection is null ? null : new RunRecorder(inspection, spec);
        var options = new TrainingOptions { Epochs = 1, BatchSize = BatchSize, Augmentations = augmentations };
        new Trainer(options, recorder is null ? [losses] : [losses, recorder]).Train(network, data);
        return new PlainTraining(losses.Losses, WeightBits.Of(network));
    }
}
