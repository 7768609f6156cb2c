using ConvScope.Records.Diagnosis.Rules;

namespace ConvScope.Records.Diagnosis;

/// <summary>The rules of the diagnosis.</summary>
public static class DefaultRules
{
    /// <summary>All rules.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        new UninitializedParameterRule(),
        new NonFiniteRule(), new InitialLossRule(), new StagnationRule(), new DivergenceRule(), new OscillationRule(), new SlowLearningRule(),
        new VanishingGradientRule(), new ExplodingGradientRule(), new UpdateRatioRule(), new UnchangedParameterRule(),
        new DeadUnitsRule(), new SaturationRule(), new SymmetryRule(), new ConstantInitializationRule(), new MissingNonlinearityRule(), new DoubleSoftmaxRule(), new OutputActivationRule(),
        new InputScaleRule(), new ConstantImagesRule(), new ClassImbalanceRule(), new UnrelatedLabelsRule(), new UnshuffledRule(), new SharedImagesRule(),
        new OverfittingRule(), new OvertrainingRule(),
        new OneBatchRule(), new InputDependenceRule(), new BatchMixingRule(),
    ];
}
