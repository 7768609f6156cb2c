namespace ConvScope.Reporting.Tests;

public sealed class AssemblyReferencesTests
{
    [Test]
    public void Reporting_Assembly_DoesNotReferenceTorchSharp() =>
        Assert.That(typeof(RunFigures).Assembly.GetReferencedAssemblies().Select(name => name.Name), Has.None.EqualTo("TorchSharp"));
}
