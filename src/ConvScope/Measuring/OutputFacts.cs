using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Quantities.Batch;
using ConvScope.Records.Networks.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// What a training's outputs mean, as it was stated or, in a loop that does not say, as its first step shows: labels that are classes of the outputs make a classifier, and the loss is known where it is what a task computes
/// from outputs and labels. What does not show is not known: outputs alone are no classes.
/// </summary>
/// <param name="stated">The task; null to see it from the first step.</param>
/// <param name="areChecked">Whether outputs and labels are known to fit the task, as those of our trainer are.</param>
internal sealed class OutputFacts(LearningTask? stated = null, bool areChecked = false)
{
    /// <summary>What a class index is replaced by that is none, as cross-entropy leaves it out.</summary>
    public const long NoClass = -100;

    private const double Tolerance = 1e-3; // of a loss that was computed in another order, or in half precision

    private readonly string? _lossUnit = stated?.LossUnit;
    private readonly bool _isStated = stated is not null;
    private bool _isSeen = stated is not null;
    private bool _areNumbers;

    /// <summary>What the outputs mean; null where it is not known.</summary>
    public LearningTask? Task { get; private set; } = stated;

    /// <summary>Number of classes; 0 before the first outputs, where they are not known, and where there are none.</summary>
    public int ClassCount { get; private set; }

    /// <summary>Number of classes whose cross-entropy the loss is, so that a network that knows nothing has a loss of ln K; else 0.</summary>
    public int ClassesOfLoss { get; private set; }

    /// <summary>Number of classes for what is told of a training: 0 too where labels are 0 and 1 as numbers, which may say real and fake.</summary>
    public int NamedClasses => _areNumbers ? 0 : ClassCount;

    /// <summary>Rows of outputs a step, such as images; 0 before the first outputs.</summary>
    public long BatchSize { get; private set; }

    /// <summary>What can be said of a step's outputs and labels: rows with a class or number each.</summary>
    /// <param name="outputs">The outputs, <c>[N, K]</c>, or <c>[N, K, …]</c> with labels <c>[N, …]</c>; null where they are not known.</param>
    /// <param name="labels">Class indices of any integer type, or numbers; null where they are not known.</param>
    /// <param name="loss">Loss of the batch, one element; looked at once, at the first step. Null where it is not known.</param>
    /// <returns>
    /// Outputs <c>[M, K]</c> and labels <c>[M]</c> on one device, indices that are no class replaced by <see cref="NoClass"/>; null for what does not fit. They may belong to the dispose scope that is open.
    /// </returns>
    public StepRows Rows(Tensor? outputs, Tensor? labels, Tensor? loss)
    {
        using var untracked = no_grad();
        if (outputs is null || !outputs.is_floating_point() || outputs.dim() < 2 || outputs.NumberOfElements == 0)
            return default;
        var rows = areChecked ? new StepRows(outputs.detach(), labels, IsPerPixel: false) : StepRows.Of(outputs.detach(), labels?.detach().to(outputs.device));
        if (!_isSeen)
        {
            _isSeen = true;
            See(rows, loss);
        }

        if (rows.Outputs is null)
            return default;
        if (BatchSize == 0)
        {
            var count = (int)rows.Outputs.shape[1];
            (BatchSize, ClassCount) = (rows.Outputs.shape[0], Task?.ClassCount(count) ?? 0);
            if (_isStated)
                ClassesOfLoss = ClassCount;
        }

        return areChecked ? rows : rows with { Labels = Fitting(rows) };
    }

    /// <summary>Unit of a quantity; that of the loss belongs to the task.</summary>
    public string Unit(Quantity quantity) => quantity is not BatchLoss ? quantity.Unit
        : _lossUnit ?? (ClassesOfLoss == 0 ? "1" : quantity.Unit);

    /// <summary>Labels as the task has them; null where they are others.</summary>
    private Tensor? Fitting(StepRows rows) => (Task, rows.Labels) switch
    {
        (null, _) or (_, null) => null,
        (RegressionTask, { } numbers) => numbers.is_floating_point() ? numbers : null,
        (_, { } numbers) when numbers.is_floating_point() => Task is BinaryTask ? numbers.to(ScalarType.Int64) : null,
        (_, { } classes) => classes.masked_fill(classes.lt(0).logical_or(classes.ge(ClassCount)), NoClass),
    };

    /// <summary>Looks at the first step; waits for the device.</summary>
    private void See(StepRows rows, Tensor? loss)
    {
        if (rows is not { Outputs: { } outputs, Labels: { } labels })
            return;
        var (count, value) = ((int)outputs.shape[1], loss?.to(ScalarType.Float64).item<double>());
        var all = labels.NumberOfElements;
        if (labels.is_floating_point())
        {
            if (count == 1 && IsLoss(new RegressionTask(), outputs, labels, value, all))
                Task = new RegressionTask();
            else if (count == 1 && IsLoss(new BinaryTask(), outputs, labels, value, all) && labels.eq(0).logical_or(labels.eq(1)).all().item<bool>())
                (Task, ClassesOfLoss, _areNumbers) = (new BinaryTask(), 2, true);
            return;
        }

        var implied = LearningTask.Implied(count);
        var classes = Math.Max(2, count);
        var isClass = labels.ge(0).logical_and(labels.lt(classes));
        if (!isClass.any().item<bool>() || labels.masked_select(isClass.logical_not()).unique().output.NumberOfElements > 1)
            return; // numbers of another kind; one that stands for "no class" is usual
        Task = implied;
        var known = labels.masked_fill(isClass.logical_not(), NoClass);
        if (count > 1 && IsLoss(implied, outputs, known, value, isClass.sum().item<long>()))
            ClassesOfLoss = classes;
        else if (count == 1 && IsLoss(implied, outputs, labels, value, all))
            ClassesOfLoss = classes;
    }

    /// <summary>Whether a value is the mean or the sum of a task's loss.</summary>
    private static bool IsLoss(LearningTask task, Tensor outputs, Tensor labels, double? value, long count)
    {
        if (value is not { } known)
            return false;
        var mean = task.Loss(outputs.to(ScalarType.Float32), labels).to(ScalarType.Float64).item<double>();
        return IsNear(known, mean) || IsNear(known, mean * count);
    }

    private static bool IsNear(double value, double expected) => !double.IsFinite(expected) ? double.IsNaN(value) == double.IsNaN(expected) && !double.IsFinite(value) : Math.Abs(value - expected) <= Tolerance * (1 + Math.Abs(expected));
}
