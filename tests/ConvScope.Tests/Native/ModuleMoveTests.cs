using ConvScope.Native;
using ConvScope.Networks.Weights;
using ConvScope.Tests.Networks;
using ConvScope.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Tests.Native;

/// <summary>
/// What a move to a device or another type does to modules of the user's own. Another type takes the same path as another device.
/// </summary>
public sealed class ModuleMoveTests
{
    private static IEnumerable<TestCaseData> Faulty =>
    [
        Case<OwnModules.Misnamed>("keeps parameter 'weight' in field '_w'", "add [ComponentName(Name = \"weight\")] to the field"),
        Case<OwnModules.MisnamedBuffer>("keeps buffer 'mask' in field '_mask'", "add [ComponentName(Name = \"mask\")] to the field"),
        Case<OwnModules.InArray>("keeps parameter 'w0' among the elements of field '_weights'", "get_parameter(\"w0\")"),
        Case<OwnModules.InDictionary>("keeps parameter 'first' among the elements of field '_weights'", "get_parameter(\"first\")"),
        Case<OwnModules.Holder>("Module '_inner' (Misnamed)", "keeps parameter 'weight' in field '_w'"),
        Case<OwnModules.Automatic>("keeps parameter 'weight' in a property of that name", "[ComponentName(Name = \"weight\")]"),
        Case<OwnModules.Unset>("keeps parameter 'weight' in a property of that name", "[ComponentName(Name = \"weight\")]"),
        Case<OwnModules.Doubled>("two members called 'weight'", ""),
        Case<OwnModules.Shared>("'weight' of module '_first'", "'weight' of module '_second'"),
    ];

    private static IEnumerable<Func<nn.Module>> Sound =>
    [
        () => new OwnModules.Found(), () => new OwnModules.Named(), () => new OwnModules.LookedUp(),
        () => nn.Linear(2, 3), () => nn.Conv1d(2, 3, 3), () => nn.Conv2d(2, 3, 3), () => nn.Conv3d(2, 3, 3), () =>
            nn.ConvTranspose2d(2, 3, 3), () => nn.BatchNorm1d(3), () => nn.BatchNorm2d(3),
        () => nn.LayerNorm(3), () => nn.GroupNorm(1, 3), () => nn.InstanceNorm2d(3, affine: true, track_running_stats: true), () =>
            nn.Embedding(4, 3), () => nn.Bilinear(2, 2, 2), () => nn.PReLU(3),
        () => nn.LSTM(2, 3), () => nn.GRU(2, 3), () => nn.RNN(2, 3), () => nn.MultiheadAttention(4, 2), () =>
            nn.Sequential(nn.Linear(2, 3), nn.Dropout(), nn.Linear(3, 2)),
        () => nn.ParameterList(new Parameter(rand(3))), () => nn.ModuleList(nn.Linear(2, 3)),
    ];

    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [TestCaseSource(nameof(Faulty))]
    public void WhyNot_KeptWhereNoMoveFindsIt_NamesModuleParameterAndField(Func<nn.Module<Tensor, Tensor>> create, string what,
        string advice)
    {
        using var module = create();
        Assert.That(ModuleMove.WhyNot(module), Does.Contain(what).And.Contain(advice));
    }

    [TestCaseSource(nameof(Faulty))]
    public void To_KeptWhereNoMoveFindsIt_ChangesNothing(Func<nn.Module<Tensor, Tensor>> create, string what, string advice)
    {
        using var module = create();
        Assert.That(() => ModuleMove.To(module, META), Throws.InvalidOperationException.With.Message.Contain(what)
            .And.Message.Contain(advice));
        using var output = module.call(ones([1, 3]));
        Assert.That(output.device_type, Is.EqualTo(DeviceType.CPU));
    }

    [TestCaseSource(nameof(Sound))]
    public void WhyNotAndLost_KeptWhereAMoveFindsIt_SayNothing(Func<nn.Module> create)
    {
        using var module = create();
        Assert.That(ModuleMove.WhyNot(module), Is.Null);
        module.to(ScalarType.Float64);
        module.to(ScalarType.Float32);
        Assert.That(ModuleMove.Lost(module), Is.Null);
    }

    [Test]
    public void Lost_AfterAMove_NamesModuleParameterAndField([Values(typeof(OwnModules.Misnamed), typeof(OwnModules.MisnamedBuffer),
        typeof(OwnModules.InArray), typeof(OwnModules.Automatic))] Type type)
    {
        using var module = Moved(type);
        var name = type == typeof(OwnModules.MisnamedBuffer) ? "mask" : type == typeof(OwnModules.InArray) ? "_weights" : "weight";
        Assert.That(ModuleMove.Lost(module), Does.Contain($"'own' ({type.Name})").And.Contain($"'{name}'"));
    }

    [Test]
    public void Lost_TensorThatTheModuleLetGoOfItself_SaysNothing()
    {
        using var module = new Remembering();
        using (NewDisposeScope())
            module.call(ones([1, 3]));
        Assert.That(ModuleMove.Lost(module), Is.Null);
    }

    [Test]
    public void Lost_SharedParameterOfAHalfMovedNetwork_SaysWhere()
    {
        using var module = new OwnModules.Shared();
        Assert.That(() => module.to(ScalarType.Float64), Throws.InvalidOperationException); // TorchSharp's own "empty handle"
        Assert.That(ModuleMove.Lost(module), Does.Contain("'weight' of module '_second'").And.Contain("shared"));
    }

    [Test]
    public void Stale_OptimizerMadeBeforeTheMove_CountsWhatItLost()
    {
        using var module = nn.Linear(2, 3);
        using var before = optim.SGD(module.parameters().ToArray(), 0.1);
        Assert.That(ModuleMove.Stale(before), Is.Null);
        module.to(ScalarType.Float64);
        Assert.That(ModuleMove.Stale(before), Does.StartWith("2 of the 2 parameters of the optimizer SGD are disposed")
            .And.Contain("after network.to("));
        using var after = optim.SGD(module.parameters().ToArray(), 0.1);
        Assert.That(ModuleMove.Stale(after), Is.Null);
    }

    [Test]
    public void Train_NetworkThatLostAParameter_NamesIt()
    {
        using var module = Moved(typeof(OwnModules.Misnamed));
        using var images = ToyTraining.Images();
        Assert.That(() => new Trainer(new TrainingOptions()).Train(module, images), Throws.ArgumentException
            .With.Message.Contain("keeps parameter 'weight' in field '_w'"));
    }

    [Test]
    public void Attach_NetworkThatLostAParameter_NamesIt()
    {
        using var folder = new TemporaryFolder();
        using var module = Moved(typeof(OwnModules.Misnamed));
        using var optimizer = optim.SGD(module.parameters().ToArray(), 0.1);
        Assert.That(() => ConvScope.Scope.Attach(module, optimizer, folder.File("run")), Throws.ArgumentException
            .With.Message.Contain("keeps parameter 'weight' in field '_w'"));
    }

    [Test]
    public void Attach_OptimizerMadeBeforeTheMove_SaysSo()
    {
        using var folder = new TemporaryFolder();
        using var module = nn.Sequential(nn.Linear(2, 3));
        using var optimizer = optim.Adam(module.parameters().ToArray(), 0.1);
        module.to(ScalarType.Float64);
        Assert.That(() => ConvScope.Scope.Attach(module, optimizer, folder.File("run")), Throws.ArgumentException
            .With.Message.Contain("made before the network was moved"));
    }

    [Test]
    public void Read_NetworkThatLostAParameter_NamesIt()
    {
        using var module = Moved(typeof(OwnModules.Misnamed));
        Assert.That(() => ModuleState.Read(module), Throws.InvalidOperationException.With.Message.Contain("'_w'"));
        Assert.That(() => ModuleWeights.Read(module), Throws.InvalidOperationException.With.Message.Contain("'_w'"));
        Assert.That(() => ModuleWeights.Load(module, []), Throws.InvalidOperationException.With.Message.Contain("'_w'"));
    }

    private static nn.Module<Tensor, Tensor> Moved(Type type)
    {
        var module = (nn.Module<Tensor, Tensor>)Activator.CreateInstance(type)!;
        module.to(ScalarType.Float64);
        return (nn.Module<Tensor, Tensor>)module.to(ScalarType.Float32);
    }

    private static TestCaseData Case<T>(string what, string advice)
        where T : nn.Module<Tensor, Tensor>, new() => new TestCaseData((Func<nn.Module<Tensor, Tensor>>)(() => new T()), what, advice)
            .SetArgDisplayNames(typeof(T).Name);

    private sealed class Remembering : nn.Module<Tensor, Tensor>
    {
        private Tensor? _last;

        public Remembering()
            : base("remembering") => RegisterComponents();

        public override Tensor forward(Tensor input) => _last = input.add(_last is null || _last.IsInvalid ? 0 : 1);
    }
}
