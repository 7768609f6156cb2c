using ConvScope.Native;
using ConvScope.Native.Kernels;

namespace ConvScope.Tests.Native.Kernels;

/// <summary>Which kernels are chosen, on machines that are described to it.</summary>
public sealed class KernelGuardTests
{
    private static readonly KernelFault _fault = new("convolution 1→6, 5×5", "output", double.NaN);

    private TemporaryFolder _folder = null!;
    private List<KernelCure> _applied = null!;
    private int _checks;

    [SetUp]
    public void MakeFolder() => (_folder, _applied, _checks) = (new TemporaryFolder(), [], 0);

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Decide_RightKernels_AreLeftAsTheyAre()
    {
        var verdict = Decide(hides: false, isRight: _ => true);
        Assert.That((verdict.Cure, verdict.IsRemembered, _checks), Is.EqualTo((KernelCure.None, false, 1)));
        Assert.That(verdict.Describe(null), Is.EqualTo("as they are; checked now"));
    }

    [Test]
    public void Decide_HiddenCaches_TellsTheirSizesBeforeAnythingIsComputed()
    {
        var verdict = Decide(hides: true, isRight: cure => cure != KernelCure.None);
        Assert.That(_applied, Is.EqualTo(new[] { KernelCure.CacheSizes }));
        Assert.That(verdict.Describe(null), Is.EqualTo(
            "oneDNN with usual cache sizes, because this machine hides the sizes of its caches, without which oneDNN computes wrong convolutions; checked now"));
    }

    [Test]
    public void Decide_HiddenCachesOfWhichOneDnnCannotBeTold_GoesWithoutItThoughTheCheckWouldPass()
    {
        var verdict = Decide(hides: true, isRight: _ => true, canApply: cure => cure != KernelCure.CacheSizes);
        Assert.That(verdict.Cure, Is.EqualTo(KernelCure.WithoutOneDnn));
    }

    [Test]
    public void Decide_ToldButStillWrong_GoesWithoutOneDnn()
    {
        var verdict = Decide(hides: true, isRight: cure => cure == KernelCure.WithoutOneDnn);
        Assert.That(_applied, Is.EqualTo(new[] { KernelCure.CacheSizes, KernelCure.WithoutOneDnn }));
        Assert.That(verdict.Describe("AVX2"), Is.EqualTo(
            "without oneDNN, because with it the output of a convolution 1→6, 5×5, is not finite; limited to AVX2 by ONEDNN_MAX_CPU_ISA; checked now"));
    }

    [Test]
    public void Decide_WrongForAnotherReason_GoesWithoutOneDnn()
    {
        var verdict = Decide(hides: false, isRight: cure => cure == KernelCure.WithoutOneDnn);
        Assert.That(_applied, Is.EqualTo(new[] { KernelCure.None, KernelCure.WithoutOneDnn }));
        Assert.That(verdict.Cure, Is.EqualTo(KernelCure.WithoutOneDnn));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Decide_NothingHelps_FailsAndRemembersNothing(bool hides)
    {
        Assert.That(() => Decide(hides, isRight: _ => false), Throws.TypeOf<TorchLoadException>().With.Message.StartsWith(
            "libtorch computes wrong numbers on this machine, and no cure that is known helps: the output of a convolution 1→6, 5×5, is not finite. "));
        Assert.That(Directory.Exists(_folder.File("kernels")), Is.False);
    }

    [Test]
    public void Decide_NoSwitch_FailsAndSaysSo() =>
        Assert.That(() => Decide(hides: true, isRight: _ => true, canApply: _ => false), Throws.TypeOf<TorchLoadException>().With.Message.Contains("could not be switched"));

    [Test]
    public void Decide_ASecondTime_AppliesTheCureAndChecksNothing()
    {
        Decide(hides: true, isRight: _ => true);
        (_applied, _checks) = ([], 0);
        var verdict = Decide(hides: true, isRight: _ => true);
        Assert.That((verdict.Cure, verdict.IsRemembered, _checks), Is.EqualTo((KernelCure.CacheSizes, true, 0)));
        Assert.That(_applied, Is.EqualTo(new[] { KernelCure.CacheSizes }));
        Assert.That(verdict.Describe(null), Does.EndWith("checked by an earlier process"));
    }

    [Test]
    public void Decide_RememberedCureThatCannotBeAppliedNow_DecidesAnew()
    {
        Decide(hides: true, isRight: _ => true);
        var verdict = Decide(hides: true, isRight: _ => true, canApply: cure => cure == KernelCure.WithoutOneDnn);
        Assert.That((verdict.Cure, verdict.IsRemembered), Is.EqualTo((KernelCure.WithoutOneDnn, false)));
    }

    [Test]
    public void Decide_OtherCircumstances_ChecksAnew()
    {
        Decide(hides: false, isRight: _ => true);
        Decide(hides: false, isRight: _ => true, circumstances: "ONEDNN_MAX_CPU_ISA=AVX2");
        Assert.That(_checks, Is.EqualTo(2));
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[1]")]
    [TestCase("null")]
    [TestCase("{\"circumstances\":\"a machine\",\"cure\":\"7\",\"reason\":\"\"}")]
    [TestCase("{\"circumstances\":\"another\",\"cure\":\"None\",\"reason\":\"\"}")]
    public void Decide_DamagedMemory_ChecksAnew(string content)
    {
        Decide(hides: false, isRight: _ => true);
        File.WriteAllText(Directory.GetFiles(_folder.File("kernels")).Single(), content);
        Assert.That(Decide(hides: false, isRight: _ => true).IsRemembered, Is.False);
        Assert.That(Decide(hides: false, isRight: _ => true).IsRemembered, Is.True, "and is mended");
    }

    [Test]
    public void Decide_CacheThatCannotBeWritten_DecidesAllTheSame()
    {
        File.WriteAllText(_folder.File("kernels"), "a file where the folder should be");
        Assert.That(Decide(hides: false, isRight: _ => true).Cure, Is.EqualTo(KernelCure.None));
    }

    private KernelVerdict Decide(bool hides, Func<KernelCure, bool> isRight, Func<KernelCure, bool>? canApply = null, string circumstances = "a machine")
    {
        bool Apply(KernelCure cure)
        {
            if (canApply?.Invoke(cure) == false)
                return false;
            _applied.Add(cure);
            return true;
        }

        KernelFault? Check()
        {
            _checks++;
            return isRight(_applied[^1]) ? null : _fault;
        }

        return new KernelGuard(hides, Apply, Check, new KernelMemory(_folder.File(""), circumstances)).Decide();
    }
}
