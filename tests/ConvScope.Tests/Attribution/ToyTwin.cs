using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Attribution;

/// <summary>The toy network written down once more as loops in double precision; it knows nothing of gradients.</summary>
internal sealed class ToyTwin
{
    private const int Side = 8, MapSide = 6, Maps = 6;

    private readonly Dictionary<string, double[]> _weights;

    public ToyTwin(nn.Module network)
    {
        using var scope = NewDisposeScope();
        _weights = network.state_dict().ToDictionary(entry => entry.Key, entry => ToyTraining.Values(entry.Value));
    }

    /// <summary>Logits of one image of raw pixels.</summary>
    public double[] Logits(double[] image) => Head(Convolved(image));

    /// <summary>The output of <c>conv</c>, 6×6×6.</summary>
    public double[] Convolved(double[] image)
    {
        var maps = new double[Maps * MapSide * MapSide];
        for (var map = 0; map < Maps; map++)
        {
            for (var row = 0; row < MapSide; row++)
            {
                for (var column = 0; column < MapSide; column++)
                {
                    var sum = _weights["conv.bias"][map];
                    for (var y = 0; y < 3; y++)
                    {
                        for (var x = 0; x < 3; x++)
                            sum += _weights["conv.weight"][map * 9 + y * 3 + x] * (image[(row + y) * Side + column + x] / 255 - 0.5) / 0.5;
                    }

                    maps[(map * MapSide + row) * MapSide + column] = sum;
                }
            }
        }

        return maps;
    }

    /// <summary>Logits for the output of <c>conv</c>; the rectifier cuts at zero before or after the pooling alike.</summary>
    public double[] Head(double[] maps)
    {
        var pooled = new double[Maps * 9];
        for (var map = 0; map < Maps; map++)
        {
            for (var row = 0; row < 3; row++)
            {
                for (var column = 0; column < 3; column++)
                {
                    var corner = (map * MapSide + row * 2) * MapSide + column * 2;
                    pooled[map * 9 + row * 3 + column] = new[] { maps[corner], maps[corner + 1], maps[corner + MapSide], maps[corner + MapSide + 1], 0 }.Max();
                }
            }
        }

        var hidden = Linear("fc1", pooled).Select(value => Math.Max(value, 0)).ToArray();
        return Linear("fc2", hidden);
    }

    /// <summary>The slope of a function at a point along each axis, by central differences.</summary>
    public static double[] Slopes(Func<double[], double> function, double[] point, double distance)
    {
        var slopes = new double[point.Length];
        for (var index = 0; index < point.Length; index++)
        {
            double[] higher = [.. point], lower = [.. point];
            higher[index] += distance;
            lower[index] -= distance;
            slopes[index] = (function(higher) - function(lower)) / (2 * distance);
        }

        return slopes;
    }

    /// <summary>Enlarges a 6×6 map to 8×8: pixel centres are half pixels, the edge is repeated.</summary>
    public static double[] Enlarged(double[] map)
    {
        var large = new double[Side * Side];
        for (var row = 0; row < Side; row++)
        {
            for (var column = 0; column < Side; column++)
            {
                double y = Math.Max((row + 0.5) * MapSide / Side - 0.5, 0), x = Math.Max((column + 0.5) * MapSide / Side - 0.5, 0);
                int top = (int)y, left = (int)x, bottom = Math.Min(top + 1, MapSide - 1), right = Math.Min(left + 1, MapSide - 1);
                large[row * Side + column] = (1 - (y - top)) * ((1 - (x - left)) * map[top * MapSide + left] + (x - left) * map[top * MapSide + right])
                    + (y - top) * ((1 - (x - left)) * map[bottom * MapSide + left] + (x - left) * map[bottom * MapSide + right]);
            }
        }

        return large;
    }

    private double[] Linear(string layer, double[] input)
    {
        double[] weight = _weights[$"{layer}.weight"], bias = _weights[$"{layer}.bias"];
        return [.. bias.Select((value, output) => value + input.Select((x, index) => x * weight[output * input.Length + index]).Sum())];
    }
}
