using System.CommandLine;
using System.Net;
using ConvScope.Dashboard;

namespace ConvScope.Tool;

/// <summary><c>convscope serve FOLDER</c>: the live dashboard, until it is interrupted.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The folder that holds the runs, at any depth.", DefaultValueFactory = _ => "artifacts/reports" };
        var port = new Option<int>("--port") { Description = "TCP port; 0 takes a free one.", DefaultValueFactory = _ => 8097 };
        var address = new Option<string>("--address") { Description = "Address to listen on. On another than this machine's own a token is asked for.", DefaultValueFactory = _ => "127.0.0.1" };
        var token = new Option<string?>("--token") { Description = "The token; without it one is made and printed." };
        var hosts = new Option<string[]>("--host") { Description = "A further name under which the dashboard may be asked for." };
        var command = new Command("serve", """
            Shows runs in the browser while they grow, until it is interrupted.

            Example:
              convscope serve artifacts/reports --port 8097
            """) { folder, port, address, token, hosts };
        command.SetWork(async (result, cancellation) =>
        {
            if (!IPAddress.TryParse(result.GetValue(address), out var ip))
                throw new ArgumentException($"'{result.GetValue(address)}' is not an IP address.");
            var options = new DashboardOptions { Port = result.GetValue(port), Address = ip, Token = result.GetValue(token), HostNames = result.GetValue(hosts) ?? [] };
            await using var dashboard = await DashboardHost.StartAsync(result.GetValue(folder)!, options).ConfigureAwait(false);
            await result.InvocationConfiguration.Output.WriteLineAsync($"ConvScope shows {result.GetValue(folder)} at {dashboard.Url}").ConfigureAwait(false);
            await result.InvocationConfiguration.Output.FlushAsync(cancellation).ConfigureAwait(false);
            await dashboard.WaitAsync(cancellation).ConfigureAwait(false);
        });
        return command;
    }
}
