using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Tests.Networks;

public sealed class NetworkSpecTests
{
    private static readonly NetworkSpec _small = new("small", new Shape(2, 8, 6), new Normalization(0.5, [0, 0.25], [1, 2]),
        [new Conv2dLayer("conv", 4, 3, Stride: 2, Padding: 1), new ReluLayer("relu"), new MaxPool2dLayer("pool", 2, 1), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);

    private static readonly string _json = """
        {"name":"small","input":[2,8,6],"normalization":{"scale":0.5,"mean":[0,0.25],"standardDeviation":[1,2]},"layers":[
        {"type":"conv2d","outChannels":4,"kernel":3,"stride":2,"padding":1,"groups":1,"bias":true,"name":"conv"},
        {"type":"relu","name":"relu"},
        {"type":"maxpool2d","kernel":2,"stride":1,"padding":0,"ceilMode":false,"name":"pool"},
        {"type":"flatten","name":"flatten"},
        {"type":"linear","outputs":3,"name":"fc"}]}
        """.ReplaceLineEndings("");

    private static IEnumerable<TestCaseData> Misfits()
    {
        yield return Misfit(new Shape(4), new Conv2dLayer("conv", 1, 1), "Layer 'conv' expects maps [C, H, W]; it got 4.");
        yield return Misfit(new Shape(4), new MaxPool2dLayer("pool", 1), "Layer 'pool' expects maps [C, H, W]; it got 4.");
        yield return Misfit(new Shape(1, 2, 2), new LinearLayer("fc", 1), "Layer 'fc' expects flat features; it got 1x2x2. Put a FlattenLayer before it.");
        yield return Misfit(new Shape(1, 2, 9), new Conv2dLayer("conv", 1, 3), "Layer 'conv' has a window of 3x3 and padding 0; its input 1x2x9 is smaller.");
        yield return Misfit(new Shape(1, 9, 2), new MaxPool2dLayer("pool", 3), "Layer 'pool' has a window of 3x3 and padding 0; its input 1x9x2 is smaller.");
        yield return Misfit(new Shape(1, 8, 8), new Conv2dLayer("conv", 0, 3), "Layer 'conv' needs filters of at least 1; it got 0.");
        yield return Misfit(new Shape(1, 8, 8), new Conv2dLayer("conv", 1, 0), "Layer 'conv' needs a kernel of at least 1; it got 0.");
        yield return Misfit(new Shape(1, 8, 8), new Conv2dLayer("conv", 1, 3, Stride: 0), "Layer 'conv' needs a stride of at least 1; it got 0.");
        yield return Misfit(new Shape(1, 8, 8), new Conv2dLayer("conv", 1, 3, Padding: -1), "Layer 'conv' needs padding of at least 0; it got -1.");
        yield return Misfit(new Shape(1, 8, 8), new MaxPool2dLayer("pool", 0), "Layer 'pool' needs a window of at least 1; it got 0.");
        yield return Misfit(new Shape(1, 8, 8), new MaxPool2dLayer("pool", 1, -1), "Layer 'pool' needs a stride of at least 0; it got -1.");
        yield return Misfit(new Shape(4), new LinearLayer("fc", 0), "Layer 'fc' needs outputs of at least 1; it got 0.");
    }

    [Test]
    public void ToJson_SmallNetwork_IsThisText() => Assert.That(_small.ToJson(), Is.EqualTo(_json));

    [Test]
    public void FromJson_OfToJson_GivesTheSameDescription()
    {
        var read = NetworkSpec.FromJson(_json);
        Assert.That(read.Layers, Is.EqualTo(_small.Layers));
        Assert.That(read.ToJson(), Is.EqualTo(_json));
        Assert.That(read.ToString(), Is.EqualTo(_small.ToString()));
    }

    [Test]
    public void FromJson_WithoutWhatLaterVersionsAdded_TakesTheDefaults()
    {
        var older = _json.Replace(",\"groups\":1,\"bias\":true", "", StringComparison.Ordinal).Replace(",\"padding\":0,\"ceilMode\":false", "", StringComparison.Ordinal);
        Assert.That(NetworkSpec.FromJson(older).ToJson(), Is.EqualTo(_json));
    }

    [TestCase("", "The input does not contain any JSON tokens.")]
    [TestCase("{\"name\":", "")]
    [TestCase("null", "The text is empty.")]
    [TestCase("[]", "")]
    public void FromJson_TextThatIsNoDescription_SaysSo(string text, string reason) =>
        Assert.That(Error(text), Does.StartWith("The text is no description of a network: " + reason));

    [TestCase("\"type\":\"relu\"", "\"type\":\"gelu\"", "gelu")]
    [TestCase("\"type\":\"relu\",", "", "type")]
    [TestCase("\"outputs\":3,", "", "outputs")]
    [TestCase("\"outChannels\":4,", "", "outChannels")]
    [TestCase("\"name\":\"small\",", "", "name")]
    [TestCase("\"input\":[2,8,6],", "", "input")]
    [TestCase("\"input\":[2,8,6]", "\"input\":null", "input")]
    [TestCase("\"input\":[2,8,6]", "\"input\":[2,0,6]", "it got [2, 0, 6]")]
    [TestCase("\"input\":[2,8,6]", "\"input\":[]", "A shape needs at least one axis.")]
    [TestCase("\"input\":[2,8,6]", "\"input\":\"2x8x6\"", "A shape is an array of whole numbers, such as [1, 28, 28].")]
    [TestCase("\"scale\":0.5,", "", "scale")]
    [TestCase("\"scale\":0.5", "\"scale\":0", "The scale of a normalisation is positive; it got 0.")]
    [TestCase("\"name\":\"relu\"", "\"name\":null", "name")]
    public void FromJson_ValueMissingOrWrong_NamesIt(string text, string replacement, string named)
    {
        Assert.That(_json, Does.Contain(text));
        Assert.That(Error(_json.Replace(text, replacement, StringComparison.Ordinal)), Does.StartWith("The text is no description of a network: ").And.Contains(named));
    }

    [Test]
    public void FromJson_LayersThatDoNotFit_NamesTheLayer() =>
        Assert.That(Error(_json.Replace("\"kernel\":2", "\"kernel\":7", StringComparison.Ordinal)),
            Is.EqualTo("Layer 'pool' has a window of 7x7 and padding 0; its input 4x4x3 is smaller."));

    [Test]
    public void FromJson_LayerThatIsNull_SaysWhichOne() =>
        Assert.That(Error(_json.Replace("{\"type\":\"relu\",\"name\":\"relu\"}", "null", StringComparison.Ordinal)),
            Is.EqualTo("Network 'small' has a layer that is null, the one at index 1."));

    [Test]
    public void FromJson_OptionalValuesLeftOut_TakeTheirDefaults() =>
        Assert.That(NetworkSpec.FromJson(_json.Replace(",\"stride\":2,\"padding\":1", "", StringComparison.Ordinal)).Layers[0], Is.EqualTo(new Conv2dLayer("conv", 4, 3)));

    [TestCase("relu", "relu")]
    [TestCase("", "")]
    [TestCase(" ", " ")]
    public void Constructor_LayerNameEmptyOrTwice_NamesIt(string name, string text) =>
        Assert.That(Assert.Throws<NetworkException>(() => Describe(new Shape(1, 2, 2), new ReluLayer("relu"), new ReluLayer(name), new FlattenLayer("flatten")))!.Message,
            Is.EqualTo($"Network 'net' needs a name of its own for each layer; '{text}' is empty, has an empty part or occurs twice."));

    [TestCaseSource(nameof(Misfits))]
    public void OutputShape_InputThatDoesNotFit_NamesTheLayer(Shape input, LayerSpec layer, string message) =>
        Assert.That(Assert.Throws<NetworkException>(() => layer.OutputShape(input))!.Message, Is.EqualTo(message));

    [Test]
    public void Constructor_LayersThatDoNotFit_NamesTheLayer() =>
        Assert.That(Assert.Throws<NetworkException>(() => Describe(new Shape(1, 2, 2), new ReluLayer("relu"), new LinearLayer("fc", 2)))!.Message,
            Is.EqualTo("Layer 'fc' expects flat features; it got 1x2x2. Put a FlattenLayer before it."));

    [Test]
    public void Constructor_NoLayers_SaysSo() =>
        Assert.That(Assert.Throws<NetworkException>(() => Describe(new Shape(1, 2, 2)))!.Message, Is.EqualTo("Network 'net' has no layers."));

    [Test]
    public void Constructor_LastLayerGivesMaps_NamesIt() =>
        Assert.That(Assert.Throws<NetworkException>(() => Describe(new Shape(1, 2, 2), new ReluLayer("relu")))!.Message,
            Is.EqualTo("Network 'net' must end in one value a class; its last layer 'relu' gives 1x2x2."));

    [Test]
    public void Constructor_FlatInput_SaysWhatIsNeeded() =>
        Assert.That(Assert.Throws<NetworkException>(() => Describe(new Shape(4), new LinearLayer("fc", 2)))!.Message,
            Is.EqualTo("Network 'net' expects images of shape [C, H, W]; it got 4."));

    [Test]
    public void Constructor_NormalizationOfOtherChannels_NamesBoth() =>
        Assert.That(Assert.Throws<NetworkException>(() => Describe(new Shape(3, 2, 2), new FlattenLayer("flatten")))!.Message,
            Is.EqualTo("Network 'net' takes 3 channels; its normalisation has 1."));

    [Test]
    public void Constructor_LayerListChangedAfterwards_KeepsItsOwn()
    {
        var layers = new List<LayerSpec> { new FlattenLayer("flatten") };
        var network = new NetworkSpec("net", new Shape(1, 2, 2), Normalization.Centred(1), layers);
        layers.Clear();
        Assert.That(network.Layers, Has.Count.EqualTo(1));
        Assert.That(network.ClassCount, Is.EqualTo(4));
    }

    [Test]
    public void CheckInput_OtherShape_NamesBoth()
    {
        Assert.DoesNotThrow(() => _small.CheckInput(new Shape(2, 8, 6)));
        Assert.That(Assert.Throws<NetworkException>(() => _small.CheckInput(new Shape(2, 6, 8)))!.Message, Is.EqualTo("Network 'small' expects images of 2x8x6; it got 2x6x8."));
    }

    // Sizes that a hostile description may hold: none of them may wrap round and reach native code.
    [TestCase(int.MaxValue, 3, 1, "Layer 'conv' is too large: 2147483647x8x8 is more than 2147483647 values.")]
    [TestCase(4, 3, int.MaxValue, "Layer 'conv' is too large: padding 2147483647 makes an axis of more than 2147483647.")]
    [TestCase(4, 65536, 32768, "Layer 'conv' is too large: 4x1x65536x65536 is more than 2147483647 values.")]
    [TestCase(4, int.MaxValue, 0, "Layer 'conv' has a window of 2147483647x2147483647 and padding 0; its input 1x8x8 is smaller.")]
    public void Constructor_ConvolutionTooLarge_NamesTheLayer(int filters, int kernel, int padding, string message) =>
        Assert.That(Assert.Throws<NetworkException>(() => Describe(new Shape(1, 8, 8), new Conv2dLayer("conv", filters, kernel, 1, padding), new FlattenLayer("flatten")))!.Message,
            Is.EqualTo(message));

    [Test]
    public void Constructor_LinearLayerTooLarge_NamesTheLayer() =>
        Assert.That(Assert.Throws<NetworkException>(() => Describe(new Shape(1, 8, 8), new FlattenLayer("flatten"), new LinearLayer("fc", int.MaxValue)))!.Message,
            Is.EqualTo("Layer 'fc' is too large: 2147483647x64 is more than 2147483647 values."));

    private static NetworkSpec Describe(Shape input, params LayerSpec[] layers) => new("net", input, Normalization.Centred(1), layers);

    private static TestCaseData Misfit(Shape input, LayerSpec layer, string message) => new TestCaseData(input, layer, message).SetArgDisplayNames(message);

    private static string Error(string json) => Assert.Throws<NetworkException>(() => NetworkSpec.FromJson(json))!.Message;
}
