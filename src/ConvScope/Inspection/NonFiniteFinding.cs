using ConvScope.Records.Diagnosis.Rules;
using ConvScope.Records.Recording;
using ConvScope.Training.NonFinite;

namespace ConvScope.Inspection;

/// <summary>The finding of a training that is no longer finite, as the training itself saw it.</summary>
internal static class NonFiniteFinding
{
    /// <summary>The finding and the reading that it rests on.</summary>
    /// <param name="state">What was not finite.</param>
    /// <param name="loss">The series of the batches' losses.</param>
    /// <param name="elapsed">Time since the training started.</param>
    public static StepReadings Readings(NonFiniteState state, Series loss, TimeSpan elapsed)
    {
        (Series, double)[] values = state is { Kind: NonFiniteKind.TrainingLoss, Loss: { } value } ? [(loss, value)] : [];
        return new StepReadings(state.Step, state.Epoch, elapsed.TotalSeconds, values) { Finding = Of(state) };
    }

    /// <summary>Makes the finding; its target is the first layer that is not finite, where that is known.</summary>
    public static Finding Of(NonFiniteState state)
    {
        var advice = state.Layer == NonFiniteState.Input ? "Leave such images out, or mend them." : NonFiniteRule.CommonAdvice;
        var quantity = state.Kind == NonFiniteKind.ValidationLoss ? QuantityNames.ValidationLoss : QuantityNames.Loss;
        return new Finding(NonFiniteRule.RuleName, Severity.Failure, state.Layer ?? "", state.Step, state.Step, state.ToString(), advice)
        {
            Evidence = state.Loss is { } loss ? [new Evidence(quantity, "", state.Step, loss)] : [],
        };
    }
}
