namespace ConvScope.Dashboard;

/// <summary>A request that asks for something out of range; the message is shown to whoever asked.</summary>
internal sealed class BadRequestException(string message) : Exception(message);
