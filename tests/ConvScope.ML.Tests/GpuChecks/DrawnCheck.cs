using ConvScope.GpuCheck;

namespace ConvScope.ML.Tests.GpuChecks;

/// <summary>A check that does what a test says.</summary>
internal sealed class DrawnCheck(string name, Func<Laboratory, Expectations, object> run) : Check
{
    public override string Name => name;

    public override object Run(Laboratory laboratory, Expectations expectations) => run(laboratory, expectations);
}
