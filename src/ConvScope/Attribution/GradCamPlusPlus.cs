using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace ConvScope.Attribution;

/// <summary>
/// Grad-CAM++: like <see cref="GradCam"/>, but positive gradients alone count, each pixel by its own share, so that several places of one class show. Chattopadhay et al., "Grad-CAM++: Generalized
/// Gradient-Based Visual Explanations for Deep Convolutional Networks", 2018, equations 5 and 19, with the class score exp(logit) as there; its factor exp(logit), the same for a whole image, is left out.
/// </summary>
public sealed record GradCamPlusPlus : ActivationMap
{
    /// <inheritdoc />
    [JsonIgnore]
    public override string Name => "Grad-CAM++";

    private protected override Tensor Weights(Tensor maps, Tensor gradient)
    {
        var square = gradient.pow(2);
        var below = square.mul(2).add(maps.sum([2, 3], keepdim: true).mul(square.mul(gradient))); // [N, C, h, w]
        var share = where(below.ne(0), square.div(below), zeros_like(below));
        return share.mul(gradient.relu()).sum([2, 3], keepdim: true);
    }
}
