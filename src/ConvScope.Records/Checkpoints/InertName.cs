namespace ConvScope.Records.Checkpoints;

/// <summary>A class or function that a pickle names and that is not known here: only its name, never looked up.</summary>
/// <param name="Module">Its Python module: <c>argparse</c>.</param>
/// <param name="Name">Its name in there: <c>Namespace</c>; dots lead into a class.</param>
public sealed record InertName(string Module, string Name)
{
    /// <summary>Module and name: <c>argparse.Namespace</c>.</summary>
    public override string ToString() => $"{Module}.{Name}";
}
