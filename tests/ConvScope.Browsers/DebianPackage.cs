namespace ConvScope.Browsers;

/// <summary>Debian's Chromium with a font, where packages may be installed.</summary>
public sealed class DebianPackage : BrowserSource
{
    /// <inheritdoc />
    public override string Name => "debian";

    /// <inheritdoc />
    public override string Description => "Debian's package chromium";

    /// <inheritdoc />
    public override string? Obstacle(Machine machine) =>
        machine.Platform != Platform.Linux || !machine.HasFile("/usr/bin/apt-get") ? "there is no apt-get"
        : machine.IsRoot ? null
        : "only root installs packages";

    /// <inheritdoc />
    public override void Get(Machine machine)
    {
        Run(machine, "apt-get", "update", "-qq");
        Run(machine, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core");
    }

    /// <inheritdoc />
    public override IEnumerable<FoundBrowser> Browsers(Machine machine) => BrowserFinder.Installed(machine);
}
