using System.CommandLine;

namespace ConvScope.Tool;

/// <summary>How a command ends that could not do its work.</summary>
internal static class Failure
{
    /// <summary>Says why on the error stream; the exit status is 1.</summary>
    public static async Task<int> Say(ParseResult result, string why)
    {
        await result.InvocationConfiguration.Error.WriteLineAsync($"convscope: {why}").ConfigureAwait(false);
        return 1;
    }
}
