using System.Diagnostics;
using ConvScope.Native;

namespace ConvScope.GpuCheck.Checks;

/// <summary>Our loader, and whether TorchSharp's library fits this libtorch: shapes, strides, values, gradients, exceptions.</summary>
internal sealed class LoadCheck : Check
{
    /// <inheritdoc />
    public override string Name => "load";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var clock = Stopwatch.StartNew();
        var library = TorchRuntime.Load();
        var loaded = clock.Elapsed.TotalSeconds;
        var available = cuda.is_available();
        var facts = (laboratory.IsCuda ? new[] { CPU, laboratory.Place } : [CPU]).Select(place => Look(place, expectations)).ToArray();
        return new
        {
            library.Description, source = library.Source.ToString(), version = torch.__version__, loadSeconds = loaded, available,
            devices = available ? cuda.device_count() : 0, cudnn = available && cuda.is_cudnn_available(), facts,
        };
    }

    private static object Look(Device place, Expectations expectations)
    {
        using var scope = NewDisposeScope();
        var x = ones([2, 3, 8, 8], device: place);
        var w = full([4, 3, 3, 3], 0.5f, device: place, requires_grad: true);
        var y = nn.functional.conv2d(x, w, padding: [1L, 1L]); // [2, 4, 8, 8]
        y.sum().backward();
        var (shape, stride) = (string.Join(",", y.shape), string.Join(",", y.stride()));
        var centre = y[0, 0, 4, 4].item<float>();
        var corner = y[0, 0, 0, 0].item<float>();
        var gradient = w.grad!.sum().item<float>();
        var error = ErrorOf(() => x.mm(x));
        var where = $"a convolution on {place}";
        expectations.That(shape == "2,4,8,8", $"{where} should give the shape 2,4,8,8; it is {shape}");
        expectations.That(stride == "256,64,8,1", $"{where} should give the strides 256,64,8,1; they are {stride}");
        expectations.That(centre == 27 * 0.5f, $"{where} should give 13.5 inside; it gave {centre}");
        expectations.That(corner == 12 * 0.5f, $"{where} should give 6 in the corner; it gave {corner}");
        expectations.That(gradient == 4 * 3 * 2 * (4 * 49 + 4 * 56 + 64), $"{where} should have a gradient of sum 11616; it is {gradient}");
        expectations.That(error is not null, $"a wrong call on {place} should throw an exception");
        return new { device = y.device.ToString(), type = y.dtype.ToString(), shape, stride, centre, corner, gradient, error };
    }

    private static string? ErrorOf(Func<Tensor> call)
    {
        try
        {
            call().Dispose();
            return null;
        }
        catch (Exception exception) // which one is what is looked at
        {
            return $"{exception.GetType().Name}: {exception.Message.Split('\n')[0]}";
        }
    }
}
