using ConvScope.Training;

namespace ConvScope.Quantities;

/// <summary>
/// What quantities may look at in one measured step. It is made once a step and shared by all of them, so that a parameter's gradient is fetched once.
/// Its tensors live until the end of the step.
/// </summary>
/// <param name="Completed">The step: images, labels, outputs and loss.</param>
/// <param name="Parameters">Every parameter with its gradient, in the network's order.</param>
public sealed record StepContext(StepCompleted Completed, IReadOnlyList<ParameterState> Parameters);
