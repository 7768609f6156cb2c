using NUnit.Framework.Interfaces;

namespace ConvScope.NUnitRun;

/// <summary>Keeps what failed, and says it at once.</summary>
/// <param name="say">Gets a text for each failure.</param>
internal sealed class FailureList(Action<string> say) : ITestListener
{
    private readonly Dictionary<string, string> _messages = new(StringComparer.Ordinal);

    /// <summary>The message of each test that failed, by its name.</summary>
    public IReadOnlyDictionary<string, string> Messages => _messages;

    /// <inheritdoc />
    public void TestStarted(ITest test)
    {
    }

    /// <inheritdoc />
    public void TestFinished(ITestResult result)
    {
        if (result.Test.IsSuite || result.ResultState.Status != TestStatus.Failed)
            return;
        _messages[result.FullName] = result.Message ?? "";
        say($"FAILED {result.FullName}\n  {result.Message?.Split('\n')[0]}");
    }

    /// <inheritdoc />
    public void TestOutput(TestOutput output)
    {
    }

    /// <inheritdoc />
    public void SendMessage(TestMessage message)
    {
    }
}
