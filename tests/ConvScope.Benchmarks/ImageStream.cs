using System.Diagnostics;
using System.Globalization;
using ConvScope.Datasets;
using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using SkiaSharp;
using TorchSharp;

namespace ConvScope.Benchmarks;

/// <summary>Trains two epochs on JPEG files whose pixels are more than memory is to hold: the largest resident memory, and the share of time that the training thread waited for images.</summary>
internal static class ImageStream
{
    private const int Side = 144, Classes = 10, Epochs = 2;
    private const double LargestResident = 1.5e9, LargestWaiting = 0.2;

    /// <summary>Draws the files, trains, and prints.</summary>
    /// <param name="count">Number of images.</param>
    /// <returns>Whether memory and waiting stay below their limits.</returns>
    public static bool Run(int count)
    {
        var folder = Directory.CreateTempSubdirectory("convscope-stream-");
        try
        {
            var bytes = Draw(folder.FullName, count);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} JPEG files, {bytes / 1e6:F0} MB, decoded {(double)count * 3 * Side * Side / 1e9:F2} GB"));
            return Train(Path.Combine(folder.FullName, "images"), Path.Combine(folder.FullName, "run"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool Train(string images, string run)
    {
        var spec = new NetworkSpec("stream", new Shape(3, Side, Side), Normalization.ImageNet,
        [
            new Conv2dLayer("conv1", 16, 5, Stride: 2), new ReluLayer("relu1"), new MaxPool2dLayer("pool1", 2), new Conv2dLayer("conv2", 32, 3), new ReluLayer("relu2"), new MaxPool2dLayer("pool2", 2),
            new Conv2dLayer("conv3", 64, 3), new ReluLayer("relu3"), new MaxPool2dLayer("pool3", 2), new FlattenLayer("flatten"), new LinearLayer("fc", Classes),
        ]);
        using var files = ImageFolder.Open(images);
        using var data = StreamedImages.Create(files, spec.Input, new ImageDecoding { CropShare = 0.9 });
        using var network = spec.CreateModule(1);
        using var recorder = new RunRecorder(new InspectionOptions(run), spec);
        var (tensors, largest, first) = (torch.Tensor.TotalCount, 0L, Environment.WorkingSet);
        using (new Timer(_ => largest = Math.Max(largest, Environment.WorkingSet), null, 0, 100))
        {
            var result = new Trainer(new TrainingOptions { Epochs = Epochs, BatchSize = 64, LearningRate = 0.002 }, [recorder]).Train(network, data);
            foreach (var epoch in result.Epochs)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {epoch}: {epoch.Seconds:F1} s, {files.Count / epoch.Seconds:F0} images/s, waited {epoch.WaitingSeconds:F1} s"));
        }

        var share = RunSummary.FromRecord(run).WaitingShare!.Value;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"resident at most {largest / 1e6:F0} MB ({first / 1e6:F0} MB before), waiting share {share:P1}, tensors left {torch.Tensor.TotalCount - tensors}, decoder threads left {DecoderThreads()}"));
        return largest < LargestResident && share <= LargestWaiting;
    }

    private static int DecoderThreads() => Process.GetCurrentProcess().Threads.Cast<ProcessThread>()
        .Count(thread => File.Exists($"/proc/self/task/{thread.Id}/comm") && File.ReadAllText($"/proc/self/task/{thread.Id}/comm").StartsWith("ConvScope decod", StringComparison.Ordinal));

    /// <summary>Discs of a size and hue that the class gives, on noise; 200 to 280 columns, 150 to 210 rows.</summary>
    private static long Draw(string folder, int count)
    {
        using var noise = new SKBitmap(new SKImageInfo(400, 300, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var grain = new Random(1);
        noise.Pixels = [.. Enumerable.Range(0, 400 * 300).Select(_ => new SKColor((byte)grain.Next(60, 120), (byte)grain.Next(60, 120), (byte)grain.Next(60, 120)))];
        foreach (var label in Enumerable.Range(0, Classes))
            Directory.CreateDirectory(Path.Combine(folder, "images", $"class{label}"));
        var bytes = 0L;
        Parallel.For(0, count, index =>
        {
            var random = new Random(index);
            var label = index % Classes;
            using var bitmap = new SKBitmap(new SKImageInfo(random.Next(200, 280), random.Next(150, 210), SKColorType.Rgba8888, SKAlphaType.Opaque));
            using (var canvas = new SKCanvas(bitmap))
            using (var paint = new SKPaint { IsAntialias = true, Color = SKColor.FromHsv(label * 36, 90, 90) })
            {
                canvas.DrawBitmap(noise, -random.Next(100), -random.Next(80));
                canvas.DrawCircle(random.Next(60, 140), random.Next(60, 100), 25 + 4 * label, paint);
            }

            using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 85);
            File.WriteAllBytes(Path.Combine(folder, "images", $"class{label}", $"{index:D6}.jpg"), data.ToArray());
            Interlocked.Add(ref bytes, data.Size);
        });
        return bytes;
    }
}
