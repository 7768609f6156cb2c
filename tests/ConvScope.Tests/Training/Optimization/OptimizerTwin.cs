using ConvScope.Training.Optimization;

namespace ConvScope.Tests.Training.Optimization;

/// <summary>The optimizers' formulas as loops in double precision, as their papers and PyTorch's documentation write them.</summary>
internal sealed class OptimizerTwin(OptimizerSpec spec, double[] values, bool decays, double learningRate)
{
    private readonly double[] _first = new double[values.Length];
    private readonly double[] _second = new double[values.Length];
    private int _steps;

    public double[] Values { get; } = [.. values];

    public void Step(double[] gradients)
    {
        _steps++;
        var decay = decays ? spec.WeightDecay : 0;
        for (var index = 0; index < Values.Length; index++)
        {
            var gradient = gradients[index];
            switch (spec)
            {
                case SgdOptimizer sgd:
                    gradient += decay * Values[index];
                    _first[index] = _steps == 1 ? gradient : sgd.Momentum * _first[index] + gradient;
                    Values[index] -= learningRate * (sgd.Nesterov ? gradient + sgd.Momentum * _first[index] : _first[index]);
                    break;
                case AdamOptimizer adam:
                    Values[index] -= learningRate * Adam(index, gradient + decay * Values[index], adam.Beta1, adam.Beta2, adam.Epsilon);
                    break;
                case AdamWOptimizer adam:
                    Values[index] -= learningRate * decay * Values[index];
                    Values[index] -= learningRate * Adam(index, gradient, adam.Beta1, adam.Beta2, adam.Epsilon);
                    break;
                case RmsPropOptimizer rms:
                    gradient += decay * Values[index];
                    _second[index] = rms.Alpha * _second[index] + (1 - rms.Alpha) * gradient * gradient;
                    _first[index] = rms.Momentum * _first[index] + gradient / (Math.Sqrt(_second[index]) + rms.Epsilon);
                    Values[index] -= learningRate * _first[index];
                    break;
            }
        }
    }

    private double Adam(int index, double gradient, double beta1, double beta2, double epsilon)
    {
        _first[index] = beta1 * _first[index] + (1 - beta1) * gradient;
        _second[index] = beta2 * _second[index] + (1 - beta2) * gradient * gradient;
        return _first[index] / (1 - Math.Pow(beta1, _steps)) / (Math.Sqrt(_second[index] / (1 - Math.Pow(beta2, _steps))) + epsilon);
    }
}
