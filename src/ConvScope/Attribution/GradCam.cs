using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace ConvScope.Attribution;

/// <summary>
/// Grad-CAM: a map's weight is the mean of the logit's gradient over its pixels. Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", 2017, equations 1 and 2.
/// </summary>
public sealed record GradCam : ActivationMap
{
    /// <inheritdoc />
    [JsonIgnore]
    public override string Name => "Grad-CAM";

    private protected override Tensor Weights(Tensor maps, Tensor gradient) => gradient.mean([2, 3], keepdim: true);
}
