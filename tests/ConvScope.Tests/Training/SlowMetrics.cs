using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>Cross-entropy and right answers in plain loops over doubles: the slow twin of what trainer and evaluator measure.</summary>
internal static class SlowMetrics
{
    /// <summary>Summed loss in nats and number of right answers of logits <c>[N, K]</c>.</summary>
    public static (double Loss, int Right) Sums(Tensor outputs, Tensor labels)
    {
        var logits = outputs.data<float>().ToArray();
        var classes = labels.data<long>().ToArray();
        var width = logits.Length / classes.Length;
        var (loss, right) = (0.0, 0);
        for (var n = 0; n < classes.Length; n++)
        {
            var row = logits[(n * width)..((n + 1) * width)];
            loss += Math.Log(row.Sum(logit => Math.Exp(logit))) - row[classes[n]];
            right += Array.IndexOf(row, row.Max()) == classes[n] ? 1 : 0;
        }

        return (loss, right);
    }
}
