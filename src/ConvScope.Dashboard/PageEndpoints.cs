using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using ConvScope.Reporting.Html;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ConvScope.Dashboard;

/// <summary>The page itself, and the stream of changes that keeps it up to date.</summary>
internal static class PageEndpoints
{
    private static readonly TimeSpan _heartbeat = TimeSpan.FromSeconds(15);

    public static void MapPage(this WebApplication application)
    {
        application.MapGet("/", () => Asset("index.html"));
        application.MapGet("/app.js", () => Asset("app.js"));
        application.MapGet("/app.css", () => Asset("app.css"));
        application.MapGet("/api/events", (ChangeFeed feed, CancellationToken cancellation) => TypedResults.ServerSentEvents(Changes(feed, cancellation)));
    }

    private static IResult Asset(string name) => WebAssets.Find(name) is var (mediaType, content) ? Results.Bytes(content, mediaType) : Results.NotFound();

    private static async IAsyncEnumerable<SseItem<string>> Changes(ChangeFeed feed, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var page = feed.Join();
        try
        {
            yield return new SseItem<string>("{}"); // so that the page knows at once that it is connected
            while (!cancellation.IsCancellationRequested)
            {
                using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                wait.CancelAfter(_heartbeat);
                string message;
                try
                {
                    message = await page.Reader.ReadAsync(wait.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    message = "{}"; // finds out whether the page is still there
                }

                yield return new SseItem<string>(message);
            }
        }
        finally
        {
            feed.Leave(page);
        }
    }
}
