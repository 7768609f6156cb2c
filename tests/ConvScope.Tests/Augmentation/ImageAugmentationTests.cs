using ConvScope.Augmentation;
using ConvScope.Networks;
using ConvScope.Records.Networks.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Augmentation;

/// <summary>Each augmentation against slow loops that are told nothing but the numbers drawn: they are drawn again from the same seed.</summary>
internal sealed class ImageAugmentationTests
{
    private const long Seed = 3, Step = 17;

    private static readonly ImageAugmentation[] _all =
    [
        new Shift(2), new Flip(), new RotateAndScale(15, 0.1), new ColorJitter(0.3, 0.4, 0.5), new RandomErasing(), RandomErasing.CutOut(0.25), new MixUp(0.4),
    ];

    private static readonly object[] _bad =
    [
        new Shift(0), new Flip(0), new Flip(1.5), new RotateAndScale(200), new RotateAndScale(5, 1), new ColorJitter(2, 0, 0), new ColorJitter(0, 0, 0, 0), new RandomErasing { Probability = 0 },
        new RandomErasing { SmallestArea = 0.5, LargestArea = 0.4 }, new RandomErasing { Aspect = 0.5 }, new MixUp(0.6),
    ];

    private Tensor _images = null!; // [20, 3, 9, 7]
    private Tensor _labels = null!;

    [OneTimeSetUp]
    public void Create()
    {
        using var generator = new Generator(1);
        _images = rand([20, 3, 9, 7], generator: generator).mul(255);
        _labels = arange(20, ScalarType.Int64);
    }

    [OneTimeTearDown]
    public void Free()
    {
        _images.Dispose();
        _labels.Dispose();
    }

    [Test]
    public void Shift_SlowTwin_Agrees()
    {
        using var scope = NewDisposeScope();
        using var draws = new Draws(Seed, Step, CPU);
        long[] down = draws.Integers(20, 2).data<long>().ToArray(), right = draws.Integers(20, 2).data<long>().ToArray();
        Assert.That(down.Concat(right).Distinct(), Is.EquivalentTo(new long[] { -2, -1, 0, 1, 2 }));
        AssertPixels(new Shift(2), (image, channel, row, column) => At(image, channel, row + (int)down[image], column + (int)right[image]), 0);
    }

    [Test]
    public void Flip_SlowTwin_Agrees()
    {
        using var scope = NewDisposeScope();
        using var draws = new Draws(Seed, Step, CPU);
        var numbers = draws.Uniform(20, 0, 1).data<float>().ToArray();
        Assert.That(numbers.Count(number => number < 0.5f), Is.InRange(3, 17));
        AssertPixels(new Flip(), (image, channel, row, column) => At(image, channel, row, numbers[image] < 0.5f ? 6 - column : column), 0);
    }

    [Test]
    public void RotateAndScale_SlowTwin_Agrees()
    {
        using var scope = NewDisposeScope();
        using var draws = new Draws(Seed, Step, CPU);
        float[] angles = draws.Uniform(20, -30, 30).data<float>().ToArray(), scales = draws.Uniform(20, 0.8, 1.2).data<float>().ToArray();
        AssertPixels(new RotateAndScale(30, 0.2), (image, channel, row, column) =>
        {
            double angle = angles[image] * Math.PI / 180, y = row - 4, x = column - 3;
            double fromX = (Math.Cos(angle) * x - Math.Sin(angle) * y) / scales[image] + 3, fromY = (Math.Sin(angle) * x + Math.Cos(angle) * y) / scales[image] + 4;
            int top = (int)Math.Floor(fromY), left = (int)Math.Floor(fromX);
            double low = fromY - top, across = fromX - left;
            return (1 - low) * ((1 - across) * At(image, channel, top, left) + across * At(image, channel, top, left + 1))
                + low * ((1 - across) * At(image, channel, top + 1, left) + across * At(image, channel, top + 1, left + 1));
        }, 0.02);
    }

    [Test]
    public void ColorJitter_SlowTwin_Agrees()
    {
        using var scope = NewDisposeScope();
        using var draws = new Draws(Seed, Step, CPU);
        float[][] factors = [draws.Uniform(20, 0.7, 1.3).data<float>().ToArray(), draws.Uniform(20, 0.6, 1.4).data<float>().ToArray(), draws.Uniform(20, 0.5, 1.5).data<float>().ToArray()];
        AssertPixels(new ColorJitter(0.3, 0.4, 0.5), (image, channel, row, column) =>
        {
            double Bright(int part, int y, int x) => Math.Clamp(At(image, part, y, x) * factors[0][image], 0, 255);
            double Grey(Func<int, double> part) => 0.299 * part(0) + 0.587 * part(1) + 0.114 * part(2);
            var mean = Enumerable.Range(0, 63).Average(at => Grey(part => Bright(part, at / 7, at % 7)));
            double Contrasted(int part) => Math.Clamp(Bright(part, row, column) * factors[1][image] + mean * (1 - factors[1][image]), 0, 255);
            return Math.Clamp(Contrasted(channel) * factors[2][image] + Grey(Contrasted) * (1 - factors[2][image]), 0, 255);
        }, 0.01);
    }

    [Test]
    public void RandomErasing_SlowTwin_Agrees()
    {
        using var scope = NewDisposeScope();
        using var draws = new Draws(Seed, Step, CPU);
        float[] Numbers(double low, double high) => draws.Uniform(20, low, high).data<float>().ToArray();
        float[] chances = Numbers(0, 1), areas = Numbers(0.1, 0.4), aspects = Numbers(-Math.Log(2), Math.Log(2)), tops = Numbers(0, 1), lefts = Numbers(0, 1);
        Assert.That(chances.Count(chance => chance < 0.6f), Is.InRange(5, 18));
        AssertPixels(new RandomErasing { Probability = 0.6, SmallestArea = 0.1, LargestArea = 0.4, Aspect = 2 }, (image, channel, row, column) =>
        {
            double area = areas[image] * 63, aspect = Math.Exp(aspects[image]);
            int height = Math.Clamp((int)Math.Round(Math.Sqrt(area * aspect)), 1, 9), width = Math.Clamp((int)Math.Round(Math.Sqrt(area / aspect)), 1, 7);
            int top = (int)(tops[image] * (9 - height + 1)), left = (int)(lefts[image] * (7 - width + 1));
            var isCovered = chances[image] < 0.6f && row >= top && row < top + height && column >= left && column < left + width;
            return isCovered ? 0 : At(image, channel, row, column);
        }, 0);
    }

    [Test]
    public void RandomErasing_Rectangles_HaveTheAreasThatWereAskedFor()
    {
        using var scope = NewDisposeScope();
        var images = ones([400, 1, 20, 30]);
        var erased = ImageAugmentation.Apply([new RandomErasing { Probability = 0.5, SmallestArea = 0.1, LargestArea = 0.3, Aspect = 2 }], images, zeros(400, ScalarType.Int64), Seed, Step).Images;
        var covered = 0;
        for (var image = 0; image < 400; image++)
        {
            var values = erased[image].data<float>().ToArray();
            int[] pixels = [.. Enumerable.Range(0, 600).Where(pixel => values[pixel] == 0)];
            if (pixels.Length == 0)
                continue;
            covered++;
            int height = pixels.Max(pixel => pixel / 30) - pixels.Min(pixel => pixel / 30) + 1, width = pixels.Max(pixel => pixel % 30) - pixels.Min(pixel => pixel % 30) + 1;
            Assert.That(pixels, Has.Length.EqualTo(height * width), "a whole rectangle");
            Assert.That(pixels.Length / 600.0, Is.InRange(0.08, 0.34), "rounded to whole pixels");
            Assert.That((double)height / width, Is.InRange(0.4, 2.4));
        }

        Assert.That(covered, Is.InRange(160, 240));
        var cut = ImageAugmentation.Apply([RandomErasing.CutOut(0.25)], ones([50, 1, 16, 16]), zeros(50, ScalarType.Int64), Seed, Step).Images;
        Assert.That(cut.eq(0).sum([1, 2, 3]).eq(64).all().item<bool>(), Is.True);
    }

    [Test]
    public void MixUp_SlowTwin_Agrees()
    {
        using var scope = NewDisposeScope();
        using var draws = new Draws(Seed, Step, CPU);
        var share = 1 - 0.4 * draws.Single();
        var others = draws.Order(20).data<long>().ToArray();
        AssertPixels(new MixUp(0.4), (image, channel, row, column) => share * At(image, channel, row, column) + (1 - share) * At((int)others[image], channel, row, column), 1e-3);
        var batch = ImageAugmentation.Apply([new MixUp(0.4)], _images, _labels, Seed, Step);
        var outputs = rand([20, 20], generator: new Generator(2));
        var expected = share * nn.functional.cross_entropy(outputs, _labels).item<float>() + (1 - share) * nn.functional.cross_entropy(outputs, tensor(others)).item<float>();
        Assert.That(batch.Loss(new MulticlassTask(), outputs, 0).item<float>(), Is.EqualTo(expected).Within(1e-5));
        Assert.That(batch.MixedLabels!.data<long>().ToArray(), Is.EqualTo(others));
    }

    [TestCaseSource(nameof(_all))]
    public void Apply_SameSeedAndStep_SameBatch_OtherStepAnotherOne(ImageAugmentation augmentation)
    {
        using var scope = NewDisposeScope();
        float[] Batch(long seed, long step) => ImageAugmentation.Apply([augmentation], _images, _labels, seed, step).Images.data<float>().ToArray();
        var first = Batch(1, 5);
        manual_seed(99);
        Assert.That(Batch(1, 5), Is.EqualTo(first));
        Assert.That(Batch(1, 6), Is.Not.EqualTo(first));
        Assert.That(Batch(2, 5), Is.Not.EqualTo(first));
    }

    [TestCaseSource(nameof(_all))]
    public void Apply_Batch_LeavesTheArgumentsAndNoTensors(ImageAugmentation augmentation)
    {
        using var before = _images.clone();
        Assert.That(NativeTensors.LeftBehindBySecond(() =>
        {
            using var scope = NewDisposeScope();
            ImageAugmentation.Apply([augmentation], _images, _labels, Seed, Step);
        }), Is.Zero);
        using var equal = _images.eq(before).all();
        Assert.That(equal.item<bool>(), Is.True);
    }

    [Test]
    public void Apply_Bytes_BecomeFloatsAndAnEmptyListLeavesThem()
    {
        using var scope = NewDisposeScope();
        var bytes = _images.to(ScalarType.Byte);
        Assert.That(ImageAugmentation.Apply([new Flip()], bytes, _labels, 1, 0).Images.dtype, Is.EqualTo(ScalarType.Float32));
        Assert.That(ImageAugmentation.Apply([], bytes, _labels, 1, 0).Images, Is.SameAs(bytes));
    }

    [TestCaseSource(nameof(_bad))]
    public void Validate_ValueOutOfRange_IsNamed(ImageAugmentation augmentation) =>
        Assert.That(augmentation.Validate, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("must be"));

    private void AssertPixels(ImageAugmentation augmentation, Func<int, int, int, int, double> twin, double tolerance)
    {
        using var scope = NewDisposeScope();
        var actual = ImageAugmentation.Apply([augmentation], _images, _labels, Seed, Step).Images.data<float>().ToArray();
        var at = 0;
        for (var image = 0; image < 20; image++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                for (var row = 0; row < 9; row++)
                {
                    for (var column = 0; column < 7; column++, at++)
                        Assert.That(actual[at], Is.EqualTo(twin(image, channel, row, column)).Within(tolerance), $"image {image}, channel {channel}, row {row}, column {column}");
                }
            }
        }
    }

    private float[]? _values;

    private double At(int image, int channel, int row, int column)
    {
        _values ??= _images.data<float>().ToArray();
        return row is < 0 or >= 9 || column is < 0 or >= 7 ? 0 : _values[((image * 3 + channel) * 9 + row) * 7 + column];
    }
}
