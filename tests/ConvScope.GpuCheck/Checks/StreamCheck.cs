using ConvScope.Datasets;
using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using ConvScope.Training;
using ConvScope.Training.Images;
using SkiaSharp;

namespace ConvScope.GpuCheck.Checks;

/// <summary>JPEG files that are decoded while the device computes.</summary>
internal sealed class StreamCheck : Check
{
    private const int Classes = 10;

    /// <inheritdoc />
    public override string Name => "stream";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var folder = laboratory.Fresh("jpeg");
        var count = laboratory.Scaled(6000, least: 4 * Classes);
        foreach (var label in Enumerable.Range(0, Classes))
            Directory.CreateDirectory(Path.Combine(folder, $"class{label}"));
        string PathOf(int index) => Path.Combine(folder, $"class{index % Classes}", $"{index:D6}.jpg");
        Parallel.For(0, count, index => File.WriteAllBytes(PathOf(index), Draw(index)));
        var spec = NetworkZoo.Create("resnet18", Classes, new Shape(3, 128, 128));
        using var files = ImageFolder.Open(folder);
        using var images = StreamedImages.Create(files, spec.Input, new ImageDecoding(), device: laboratory.Place);
        using var network = spec.CreateModule(1);
        network.to(laboratory.Place);
        var result = new Trainer(new TrainingOptions { Epochs = 2, BatchSize = 128, LearningRate = 0.01 }).Train(network, images);
        expectations.That(images.Count == count, $"{count} files should be seen; {images.Count} are");
        expectations.That(result.Epochs.All(epoch => epoch.SkippedImages == 0), "each file should be decoded");
        expectations.That(result.Epochs.All(epoch => double.IsFinite(epoch.TrainLoss)), "each epoch should have a finite loss");
        return result.Epochs.Select(epoch =>
            new { epoch.TrainLoss, imagesPerSecond = count / epoch.Seconds, epoch.WaitingSeconds, epoch.Seconds });
    }

    /// <summary>A disc whose colour tells its class, as a JPEG file.</summary>
    private static byte[] Draw(int index)
    {
        var random = new Random(index);
        using var bitmap = new SKBitmap(new SKImageInfo(160, 160, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { Color = SKColor.FromHsv(index % Classes * 36, 90, 90) };
        canvas.Clear(SKColor.FromHsv(random.Next(360), 20, 40));
        canvas.DrawCircle(random.Next(60, 100), random.Next(60, 100), 40, paint);
        canvas.Flush();
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 85);
        return data.ToArray();
    }
}
