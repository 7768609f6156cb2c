using System.Text.RegularExpressions;

namespace ConvScope;

/// <summary>The web service of <c>pipelines/mnist-service.cs</c>, running on a free port of the loopback.</summary>
public sealed partial class ServedMnist : IDisposable
{
    private ServedMnist(RunningPipeline program, Uri address)
    {
        Program = program;
        Address = address;
    }

    public RunningPipeline Program { get; }

    public Uri Address { get; }

    /// <summary>Starts the service.</summary>
    /// <param name="model">The model file that it serves.</param>
    public static async Task<ServedMnist> StartAsync(string model)
    {
        var (program, line) = await RunningPipeline.StartAsync("mnist-service.cs", line => Listening().IsMatch(line), "--model", model, "--urls", "http://127.0.0.1:0");
        return new ServedMnist(program, new Uri(Listening().Match(line).Groups[1].Value));
    }

    public void Dispose() => Program.Dispose();

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
