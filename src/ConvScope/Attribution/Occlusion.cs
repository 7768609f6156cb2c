using System.Text.Json.Serialization;
using ConvScope.Records.Networks;
using static TorchSharp.torch;

namespace ConvScope.Attribution;

/// <summary>
/// Occlusion: how much the logit falls where a window of the image is covered. A pixel's value is the mean over the windows that cover it. Zeiler and Fergus, "Visualizing and Understanding
/// Convolutional Networks", 2014, section 4.2.
/// </summary>
public sealed record Occlusion : AttributionMethod
{
    /// <summary>Side of the square window in pixels, at least 1, no more than the image's sides. Null, the default, for an eighth of the longer side, rounded up.</summary>
    public int? Window { get; init; }

    /// <summary>Pixels between two windows, 1 to the window's side. The last window of a row or column ends at the edge. Null, the default, for half a window.</summary>
    public int? Stride { get; init; }

    /// <summary>Raw value of the covered pixels. Default 0, black.</summary>
    public double Baseline { get; init; }

    /// <inheritdoc />
    [JsonIgnore]
    public override string Name => "occlusion";

    /// <inheritdoc />
    public override void Validate()
    {
        if (Window is < 1)
            throw new ArgumentException($"The window of an occlusion is at least 1 pixel; it got {Window}.", nameof(Window));
        if (Stride is < 1 || Stride > Window)
            throw new ArgumentException($"The stride of an occlusion is 1 pixel to its window; it got {Stride}.", nameof(Stride));
        if (!double.IsFinite(Baseline))
            throw new ArgumentException("The baseline of an occlusion is a finite number.", nameof(Baseline));
    }

    internal override void Check(NetworkSpec network)
    {
        Validate();
        CheckWindow(network.Input.Height, network.Input.Width);
    }

    internal override Tensor Map(ObservedNetwork network, Tensor images, Tensor? classes)
    {
        int height = (int)images.shape[2], width = (int)images.shape[3];
        var window = CheckWindow(height, width);
        var stride = Math.Min(Stride ?? Math.Max(window / 2, 1), window);
        using var untracked = no_grad();
        var logits = network.Logits(images);
        classes ??= logits.argmax(1);
        var whole = Chosen(logits, classes); // [N]
        var sums = zeros(images.shape[0], height, width, device: images.device);
        var counts = zeros(height, width, device: images.device);
        foreach (var top in Starts(height, window, stride))
        {
            foreach (var left in Starts(width, window, stride))
            {
                using var scope = NewDisposeScope();
                var covered = images.clone();
                covered.narrow(2, top, window).narrow(3, left, window).fill_(Baseline);
                var fall = whole.sub(Chosen(network.Logits(covered), classes)); // [N]
                sums.narrow(1, top, window).narrow(2, left, window).add_(fall.reshape(-1, 1, 1));
                counts.narrow(0, top, window).narrow(1, left, window).add_(1);
            }
        }

        return sums.div(counts);
    }

    private int CheckWindow(int height, int width)
    {
        var window = Window ?? (Math.Max(height, width) + 7) / 8;
        return window <= Math.Min(height, width) ? window : throw new ArgumentException($"A window of {window} pixels does not fit images of {height}x{width}.", nameof(height));
    }

    private static IEnumerable<int> Starts(int side, int window, int stride)
    {
        for (var start = 0; start < side - window; start += stride)
            yield return start;
        yield return side - window;
    }
}
