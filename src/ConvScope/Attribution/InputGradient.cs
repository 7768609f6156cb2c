using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace ConvScope.Attribution;

/// <summary>
/// The gradient of the logit by the raw pixels: how much the logit grows where a pixel grows by one. Of several channels the value of largest magnitude counts, with its sign.
/// Simonyan et al., "Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency Maps", 2014, section 3, which takes magnitudes.
/// </summary>
public sealed record InputGradient : AttributionMethod
{
    /// <inheritdoc />
    [JsonIgnore]
    public override string Name => "input gradient";

    internal override Tensor Map(ObservedNetwork network, Tensor images, Tensor? classes)
    {
        var gradient = GradientByPixels(network, images, classes); // [N, C, H, W]
        return gradient.gather(1, gradient.abs().argmax(1, keepdim: true)).squeeze(1);
    }
}
