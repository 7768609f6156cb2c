namespace ConvScope.ML.Tests;

/// <summary>Something that ML.NET offers, tried with a network.</summary>
/// <param name="Name">What ML.NET calls it.</param>
/// <param name="Try">Tries it, and checks what comes of it.</param>
/// <param name="Refusal">A part of the sentence that refuses it for a kind of features; null where it works.</param>
internal sealed record MlNetFeature(string Name, Action<MlNetRig> Try, Func<string, string?>? Refusal = null)
{
    public override string ToString() => Name;
}
