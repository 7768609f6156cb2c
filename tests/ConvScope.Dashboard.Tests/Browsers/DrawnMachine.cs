using ConvScope.Browsers;

namespace ConvScope.Dashboard.Tests.Browsers;

/// <summary>A machine that is only described: files, variables, and what its programs say.</summary>
internal sealed class DrawnMachine(Platform platform, params string[] files) : Machine
{
    private readonly HashSet<string> _files = [.. files];

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Programs, by name or path, that fail, with what they say; each other one succeeds and says nothing.</summary>
    public Dictionary<string, string> Failing { get; } = [];

    /// <summary>Files that are there once a command with these words was run.</summary>
    public Dictionary<string, string> Brings { get; } = [];

    /// <summary>What a command does to the real disk, given its arguments.</summary>
    public Action<IReadOnlyList<string>>? OnRun { get; init; }

    /// <summary>Each command that was run, in order; questions for a version are left out.</summary>
    public List<string> Commands { get; } = [];

    public bool HasRoot { get; init; }

    public override Platform Platform => platform;

    public override bool IsX64 => true;

    public override bool IsRoot => HasRoot;

    public override string Home => "/home/ada";

    public override string? Variable(string name) => Variables.GetValueOrDefault(name);

    public override bool HasFile(string path) => _files.Contains(path);

    public override IReadOnlyList<string> Folders(string path)
    {
        var within = _files.Where(file => file.StartsWith($"{path}/", StringComparison.Ordinal));
        return [.. within.Select(file => file[(path.Length + 1)..].Split('/')[0]).Distinct()];
    }

    public override ProgramResult Run(string program, IReadOnlyList<string> arguments, TimeSpan limit)
    {
        var command = $"{program} {string.Join(' ', arguments)}";
        if (arguments is not ["--version"])
            Commands.Add(command);
        if (Failing.TryGetValue(program, out var message))
            return new ProgramResult(false, message);
        OnRun?.Invoke(arguments);
        foreach (var (_, file) in Brings.Where(entry => command.Contains(entry.Key, StringComparison.Ordinal)))
            _files.Add(file);
        return new ProgramResult(true, "");
    }
}
