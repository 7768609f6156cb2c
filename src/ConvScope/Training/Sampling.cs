using ConvScope.Training.Images;

namespace ConvScope.Training;

/// <summary>Which images an epoch takes.</summary>
public enum Sampling
{
    /// <summary>Each once, in random order.</summary>
    EachOnce,

    /// <summary>As many as there are, each drawn with the chance that its weight has among all (<see cref="TrainingImages.Weights"/>), with replacement. The loss is then not weighted as well.</summary>
    ByWeight,

    /// <summary>As many as there are, each class with the same chance, and inside a class each image, with replacement.</summary>
    Balanced,
}
