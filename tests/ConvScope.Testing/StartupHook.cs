using ConvScope;

/// <summary>
/// With <c>DOTNET_STARTUP_HOOKS</c> naming this assembly, any program of ours runs as on a machine that hides its caches: <see cref="HiddenCaches"/>. The runtime asks for a type of this name in no namespace.
/// </summary>
internal static class StartupHook
{
    /// <summary>Called before <c>Main</c>.</summary>
    public static void Initialize()
    {
        if (!HiddenCaches.Hide(AppContext.BaseDirectory))
            Console.Error.WriteLine("The caches cannot be hidden from this libtorch.");
    }
}
