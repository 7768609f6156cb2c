using ConvScope.Datasets;
using ConvScope.Records.Networks;
using ConvScope.Training.Images;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

public sealed class LabeledImagesTests
{
    private static readonly Shape _shape = new(2, 2, 3);

    [Test]
    public void Create_Bytes_LaysTheImagesOutInOrder()
    {
        using var data = LabeledImages.Create([.. Enumerable.Range(0, 24).Select(value => (byte)value)], [7, 2], _shape);
        Assert.That(data.Images.shape, Is.EqualTo(new long[] { 2, 2, 2, 3 }));
        Assert.That(data.Images.dtype, Is.EqualTo(ScalarType.Byte));
        using var corner = data.Images[1, 1, 0, 2];
        Assert.That(corner.item<byte>(), Is.EqualTo(12 + 6 + 2));
        Assert.That(data.Labels.data<long>().ToArray(), Is.EqualTo(new long[] { 7, 2 }));
        Assert.That(data.Count, Is.EqualTo(2));
    }

    [Test]
    public void Create_DataSet_HoldsItsImagesAndLabels()
    {
        byte[] pixels = [.. Enumerable.Range(0, 24).Select(value => (byte)value)];
        using var data = LabeledImages.Create(new ImageSet("toy", pixels, [1, 0], 2, 2, 3, ["no", "yes"]));
        Assert.That(data.Images.shape, Is.EqualTo(new long[] { 2, 2, 2, 3 }));
        Assert.That(data.Images.data<byte>().ToArray(), Is.EqualTo(pixels));
        Assert.That(data.Labels.data<long>().ToArray(), Is.EqualTo(new long[] { 1, 0 }));
    }

    [Test]
    public void Create_Floats_KeepsThem()
    {
        float[] pixels = [.. Enumerable.Range(0, 12).Select(value => value / 7f)];
        using var data = LabeledImages.Create(pixels, [0], _shape);
        Assert.That(data.Images.data<float>().ToArray(), Is.EqualTo(pixels));
    }

    [Test]
    public void Create_NoLabels_SaysSo() =>
        Assert.That(Assert.Throws<ArgumentException>(() => LabeledImages.Create(Array.Empty<byte>(), [], _shape))!.Message, Is.EqualTo("There are no images. (Parameter 'labels')"));

    [TestCase(23)]
    [TestCase(25)]
    [TestCase(0)]
    public void Create_PixelsThatDoNotFit_NamesBothCounts(int count) =>
        Assert.That(Assert.Throws<ArgumentException>(() => LabeledImages.Create(new byte[count], [0, 1], _shape))!.Message,
            Is.EqualTo($"2 images of 2x2x3 need 24 pixels; there are {count}. (Parameter 'pixels')"));

    // −100 is what PyTorch's cross-entropy leaves out in silence.
    [TestCase(-1)]
    [TestCase(-100)]
    public void Create_NegativeLabel_NamesTheImage(long label) =>
        Assert.That(Assert.Throws<ArgumentException>(() => LabeledImages.Create(new byte[36], [0, 1, label], _shape))!.Message,
            Is.EqualTo($"Labels are class indices from 0; that of image 2 is {label}. (Parameter 'labels')"));

    [Test]
    public void Create_NullArgument_NamesIt()
    {
        Assert.That(Assert.Throws<ArgumentNullException>(() => LabeledImages.Create((byte[])null!, [0], _shape))!.ParamName, Is.EqualTo("pixels"));
        Assert.That(Assert.Throws<ArgumentNullException>(() => LabeledImages.Create((float[])null!, [0], _shape))!.ParamName, Is.EqualTo("pixels"));
        Assert.That(Assert.Throws<ArgumentNullException>(() => LabeledImages.Create(new byte[12], null!, _shape))!.ParamName, Is.EqualTo("labels"));
        Assert.That(Assert.Throws<ArgumentNullException>(() => LabeledImages.Create(new byte[12], [0], null!))!.ParamName, Is.EqualTo("shape"));
    }

    [Test]
    public void Dispose_InsideACallersScope_LeavesNoNativeTensor() => Assert.That(NativeTensors.LeftBehindBySecond(
        () =>
        {
            using var scope = NewDisposeScope();
            using (LabeledImages.Create(new byte[12], [0], _shape)) { }
        }), Is.Zero);

    [Test]
    public void Create_InsideAScopeThatEnds_KeepsItsTensors()
    {
        LabeledImages data;
        using (NewDisposeScope())
            data = LabeledImages.Create(new byte[12], [1], _shape);
        using (data)
            Assert.That(data.Labels.data<long>().ToArray(), Is.EqualTo(new long[] { 1 }));
    }
}
