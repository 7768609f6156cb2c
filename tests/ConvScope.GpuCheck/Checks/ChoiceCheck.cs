using ConvScope.Native;

namespace ConvScope.GpuCheck.Checks;

/// <summary>Whether a GPU that is there is chosen, and one that is not there is either refused or replaced by the CPU.</summary>
internal sealed class ChoiceCheck : Check
{
    private const int Absent = 99;

    /// <inheritdoc />
    public override string Name => "choice";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var strict = DeviceChoice.Resolve(laboratory.Gpu, fallbackToCpu: false).Description;
        var fallback = DeviceChoice.Resolve(Absent, fallbackToCpu: true);
        string? thrown = null;
        try
        {
            DeviceChoice.Resolve(Absent, fallbackToCpu: false);
        }
        catch (InvalidOperationException exception)
        {
            thrown = exception.Message;
        }

        expectations.That(strict == laboratory.Place.ToString(), $"{laboratory.Place} should be chosen; {strict} was");
        expectations.That(
            fallback is { Description: "cpu", Warning: not null },
            $"the CPU should stand in for GPU {Absent}, with a warning; {fallback.Description} did");
        expectations.That(thrown is not null, $"GPU {Absent} should be refused where nothing may stand in for it");
        return new { strict, fallback = fallback.Description, fallback.Warning, thrown };
    }
}
