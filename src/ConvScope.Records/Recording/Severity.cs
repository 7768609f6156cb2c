namespace ConvScope.Records.Recording;

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>Worth knowing; nothing is wrong with the training.</summary>
    Information,

    /// <summary>The training is harmed or wastes its time.</summary>
    Warning,

    /// <summary>The training does not learn, or what it has learned is lost.</summary>
    Failure,
}
