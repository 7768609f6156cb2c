using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using ConvScope.Records.Files;
using ConvScope.Records.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ConvScope.Dashboard;

/// <summary>What every request passes before it is answered: host name, token, method, number of requests at a time; and what every answer carries.</summary>
internal static class RequestGuards
{
    private const string Cookie = "convscope-token";
    private const int RequestsAtATime = 32;
    private const int WaitingRequests = 512;

    /// <summary>Adds the framework's own guards.</summary>
    public static void AddDashboardGuards(this IServiceCollection services, DashboardOptions options)
    {
        var address = options.Address.ToString();
        services.AddHostFiltering(filtering => filtering.AllowedHosts = ["localhost", "127.0.0.1", "[::1]", address.Contains(':') ? $"[{address}]" : address, .. options.HostNames]);
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => context.Request.Path == "/api/events"
                ? RateLimitPartition.GetConcurrencyLimiter("pages", _ => new ConcurrencyLimiterOptions { PermitLimit = options.MostPages })
                : RateLimitPartition.GetConcurrencyLimiter("requests", _ => new ConcurrencyLimiterOptions { PermitLimit = RequestsAtATime, QueueLimit = WaitingRequests }));
        });
    }

    /// <summary>Puts the guards before everything else.</summary>
    public static void UseDashboardGuards(this WebApplication application, string? token)
    {
        var logger = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ConvScope.Dashboard");
        application.Use((context, next) =>
        {
            AddHeaders(context.Response.Headers);
            return next(context);
        });
        application.UseHostFiltering();
        application.Use((context, next) => HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            ? next(context)
            : Answer(context, StatusCodes.Status405MethodNotAllowed, "The dashboard only reads: it answers GET."));
        if (token is not null)
            application.Use((context, next) => CheckToken(context, next, token));
        application.UseRateLimiter();
        application.Use((context, next) => Explain(context, next, logger));
    }

    /// <summary>Answers with an error in words.</summary>
    public static Task Answer(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { status, detail }, context.RequestAborted);
    }

    private static void AddHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    private static Task CheckToken(HttpContext context, RequestDelegate next, string token)
    {
        if (context.Request.Query.TryGetValue("token", out var given) && IsEqual(given.ToString(), token))
        {
            context.Response.Cookies.Append(Cookie, token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, IsEssential = true });
            context.Response.Redirect(context.Request.Path); // the token does not stay in the address
            return Task.CompletedTask;
        }

        return context.Request.Cookies.TryGetValue(Cookie, out var kept) && IsEqual(kept, token)
            ? next(context)
            : Answer(context, StatusCodes.Status401Unauthorized, "Open the address that the dashboard printed when it started: it carries a token.");
    }

    private static bool IsEqual(string given, string token) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(token));

    private static async Task Explain(HttpContext context, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(context).ConfigureAwait(false);
            if (context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false })
                await Answer(context, StatusCodes.Status404NotFound, "There is nothing at this address.").ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // the page is gone
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            var (status, detail) = exception switch
            {
                BadRequestException or BadHttpRequestException => (StatusCodes.Status400BadRequest, exception.Message),
                FileNotFoundException or DirectoryNotFoundException => (StatusCodes.Status404NotFound, "That run or file is no longer there."),
                NewerRecordException => (StatusCodes.Status422UnprocessableEntity, "The record was written by a newer version of ConvScope."),
                InvalidDataException or DamagedFileException or SqliteException { SqliteErrorCode: 11 or 26 } => (StatusCodes.Status422UnprocessableEntity, "The record or a snapshot of it is damaged."),
                SqliteException => (StatusCodes.Status503ServiceUnavailable, "The record is busy; ask again."),
                _ => (StatusCodes.Status500InternalServerError, "The dashboard failed on this request; its log says why."),
            };
            DashboardLog.RequestFailed(logger, context.Request.Path, status, exception.Message, exception);
            await Answer(context, status, detail).ConfigureAwait(false);
        }
    }
}
