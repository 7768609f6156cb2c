using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConvScope.Reporting.Views;

/// <summary>How views are written as JSON: camel case; numbers that are not finite by name.</summary>
internal static class ViewJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
}
