using ConvScope.Records.Recording;

namespace ConvScope.Inspection;

/// <summary>A training was ended because of a finding, as <see cref="InspectionOptions.StopOn"/> asked. The message is the finding's.</summary>
public sealed class StoppedByFindingException : OperationCanceledException
{
    /// <summary>Makes the error.</summary>
    public StoppedByFindingException()
    {
    }

    /// <summary>Makes the error with a message.</summary>
    public StoppedByFindingException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with its cause.</summary>
    public StoppedByFindingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes the error for a finding.</summary>
    public StoppedByFindingException(Finding finding)
        : base($"The training was stopped. {finding}") => Finding = finding;

    /// <summary>The finding; null where the error was made without one.</summary>
    public Finding? Finding { get; }
}
