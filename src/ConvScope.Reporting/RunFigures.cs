namespace ConvScope.Reporting;
/// <summary>Stub.</summary>
public static class RunFigures { /// <summary>Stub.</summary>
    public static IReadOnlyList<string> Draw(string runFolder) => []; }
