using ConvScope.Inspection;
using ConvScope.Measuring;
using ConvScope.Native;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using Microsoft.Extensions.Logging;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Tests;

/// <summary>What a loop hands to a scope may be of no use: it costs itself, is named in the record, and the rest goes on.</summary>
public sealed class HandedScopeTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Step_TensorsThatWereDisposed_CostThatStep()
    {
        var scope = Train((step, tensors) => tensors[step % 4 % 3].Dispose(), out var record);
        using (record)
        {
            Assert.That(scope.Failure, Is.Null);
            Assert.That(scope.Failures.Select(part => (part.Part, part.Step)), Is.EqualTo(new[] { ("the loss of some steps", 0L), ("the outputs of some steps", 1L), ("the labels of some steps", 2L) }));
            Assert.That(record.Read(QuantityNames.Loss).Select(reading => reading.Step), Is.EqualTo(new long[] { 1, 2, 5, 6 }));
            Assert.That(record.Read(QuantityNames.GradientNorm, "0.weight"), Has.Count.EqualTo(8));
        }
    }

    [Test]
    public void Step_OptimizerWithoutGroups_CostsItsLearningRate()
    {
        var scope = Train(null, out var record, optimizer: network => new OwnOptimizer(network.parameters()));
        using (record)
        {
            Assert.That(scope.Failure, Is.Null);
            Assert.That(scope.Failures.Select(part => part.Part), Is.EqualTo(new[] { "the learning rate of the optimizer" }));
            Assert.That(record.Read(QuantityNames.Loss), Has.Count.EqualTo(8));
            Assert.That(record.Read(QuantityNames.LearningRate), Is.Empty);
        }
    }

    [Test]
    public void Step_LogThatThrows_IsNobodysConcern()
    {
        var scope = Train((step, tensors) => tensors[0].mul_(step == 3 ? float.NaN : 1), out var record, new ThrowingLogger());
        using (record)
        {
            Assert.That(scope.Failure, Is.Null);
            Assert.That(scope.Findings.Select(finding => finding.Rule), Does.Contain("non-finite"));
            Assert.That(record.ReadMetadata()[MetadataNames.Status], Is.EqualTo("ended"));
        }
    }

    [Test]
    public void Step_ParametersWithoutNumbers_CostTheirOwn()
    {
        var scope = Train(null, out var record, optimizer: network =>
        {
            network.append("odd", new OddParameters());
            return optim.SGD(network.parameters().Where(parameter => parameter.requires_grad), 0.1);
        });
        using (record)
        {
            Assert.That(scope.Failures.Select(part => part.Part), Is.EqualTo(new[] { "the numbers of the parameter 'odd.none'", "the numbers of the parameter 'odd.places'" }));
            Assert.That(record.Read(QuantityNames.GradientMax, "0.weight"), Has.Count.EqualTo(8));
            Assert.That(record.Read(QuantityNames.WeightNorm, "0.weight"), Has.Count.EqualTo(8));
        }
    }

    [Test]
    public void Step_NetworkThatWasDisposed_StillHasItsLosses()
    {
        var networks = new List<Sequential>();
        var scope = Train((step, _) => (step == 4 ? networks[0] : null)?.Dispose(), out var record, optimizer: network =>
        {
            networks.Add(network);
            return optim.SGD(network.parameters(), 0.1);
        }, steps: 5, after: 3);
        using (record)
        {
            Assert.That(scope.Failure, Is.Null);
            Assert.That(record.Read(QuantityNames.Loss), Has.Count.EqualTo(8));
            Assert.That(record.ReadMetadata()[MetadataNames.LeftOut], Does.Contain("weight norm"));
        }
    }

    [Test]
    public void Take_CallsOfOtherThreads_AreKeptApartFromTheTrainings()
    {
        using var network = nn.Linear(4, 2);
        using var call = new LastCall(network, () => false);
        using var ours = ones(3, 4);
        var others = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            using var untracked = no_grad();
            for (var count = 0; count < 500; count++)
            {
                using var scope = NewDisposeScope();
                network.call(zeros(1, 4));
            }
        })).ToList();
        others.ForEach(thread => thread.Start());
        for (var count = 0; count < 500; count++)
        {
            using var scope = NewDisposeScope();
            network.call(ours);
            using var taken = call.Take();
            Assert.That(taken?.shape[0], Is.EqualTo(3));
        }

        others.ForEach(thread => thread.Join());
    }

    private static Scope Train(
        Action<int, Tensor[]>? disturb, out RunRecord record, ILogger? logger = null, Func<Sequential, optim.Optimizer>? optimizer = null, int steps = 8, int after = 0)
    {
        using var folder = new TemporaryFolder();
        manual_seed(4).Dispose();
        var network = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3));
        using var updates = optimizer?.Invoke(network) ?? optim.SGD(network.parameters(), 0.1);
        using var scope = Scope.Attach(network, updates, new InspectionOptions(folder.File("run")) { Schedule = Schedule.Every(1), Budget = null, Figures = false, Report = false }, logger);
        for (var step = 0; step < steps + after; step++) // of those after, the network is another one
        {
            using var tensors = NewDisposeScope();
            updates.zero_grad();
            using var stand = step < steps ? null : nn.Linear(6, 3);
            var (outputs, labels) = ((stand ?? (nn.Module<Tensor, Tensor>)network).call(randn(9, 6)), arange(9, dtype: ScalarType.Int64).remainder(3));
            var loss = nn.functional.cross_entropy(outputs, labels);
            loss.backward();
            if (step < steps)
                updates.step();
            loss = loss.detach();
            disturb?.Invoke(step, [loss, outputs, labels]);
            scope.Step(loss, outputs, labels);
        }

        scope.Dispose();
        network.Dispose();
        record = RunRecord.Open(folder.File("run"));
        return scope;
    }

    private sealed class OddParameters : nn.Module<Tensor, Tensor>
    {
        public OddParameters()
            : base("odd")
        {
            register_parameter("none", nn.Parameter(zeros(0, 3)));
            register_parameter("places", nn.Parameter(arange(4), requires_grad: false));
        }

        public override Tensor forward(Tensor input) => input.alias();
    }

    private sealed class OwnOptimizer(IEnumerable<Parameter> parameters) : optim.Optimizer(IntPtr.Zero)
    {
        private readonly List<Parameter> _parameters = [.. parameters];

        public override IEnumerable<ParamGroup> ParamGroups => [];

        public override Tensor step(Func<Tensor>? closure = null)
        {
            using var untracked = no_grad();
            foreach (var parameter in _parameters)
                parameter.sub_(parameter.grad! * 0.1f);
            return closure?.Invoke()!;
        }

        public override void zero_grad() => _parameters.ForEach(parameter => parameter.grad = null);

        public override IEnumerable<Parameter> parameters() => _parameters;

        protected override void Dispose(bool disposing) => base.Dispose(disposing: false); // there is no native part
    }

    private sealed class ThrowingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new InvalidOperationException("no scope");

        public bool IsEnabled(LogLevel logLevel) => throw new InvalidOperationException("no level");

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => throw new InvalidOperationException("no log");
    }
}
