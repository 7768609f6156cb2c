namespace ConvScope.Training;

/// <summary>An image that was classified wrong.</summary>
/// <param name="Row">The image's row in its set, from 0.</param>
/// <param name="Label">Its class, from 0.</param>
/// <param name="Predicted">The class it was taken for.</param>
/// <param name="Probability">Probability that the network gave to <paramref name="Predicted"/>, 0 to 1.</param>
/// <param name="Loss">Cross-entropy of the image, in nats.</param>
public sealed record Mistake(long Row, int Label, int Predicted, double Probability, double Loss);
