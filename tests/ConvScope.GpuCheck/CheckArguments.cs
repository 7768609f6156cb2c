using System.Globalization;

namespace ConvScope.GpuCheck;

/// <summary>What the program was asked for.</summary>
internal sealed record CheckArguments
{
    private const string Usage = "ConvScope.GpuCheck OUT [--device cuda|cpu] [--scale 1] [--seconds 240] [check ...]";

    /// <summary>The folder for results, as a whole path.</summary>
    public required string Output { get; init; }

    /// <summary>Whether the first GPU is checked; else the CPU, against itself.</summary>
    public bool IsCuda { get; init; } = true;

    /// <summary>By what numbers of steps and images are multiplied; above 0.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>No check is begun after this time.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>Names of the checks to run.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>Reads the program's arguments.</summary>
    /// <param name="arguments">As the program got them.</param>
    /// <param name="checks">Names of the checks that there are; all of them are run where none is named.</param>
    /// <exception cref="ArgumentException">An argument is unknown, or its value is not allowed; the message is for the user.</exception>
    public static CheckArguments Parse(IReadOnlyList<string> arguments, IReadOnlyList<string> checks)
    {
        var names = new List<string>();
        var read = new CheckArguments { Output = "" };
        for (var at = 0; at < arguments.Count; at++)
        {
            if (!arguments[at].StartsWith("--", StringComparison.Ordinal))
                names.Add(arguments[at]);
            else if (at + 1 < arguments.Count)
                read = read.With(arguments[at][2..], arguments[++at]);
            else
                throw new ArgumentException($"'{arguments[at]}' has no value.");
        }

        if (names is not [var output, .. var chosen])
            throw new ArgumentException($"The folder for results is missing: {Usage}");
        if (chosen.Except(checks).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"There is no check '{unknown}'; there are {string.Join(", ", checks)}.");
        return read with { Output = Path.GetFullPath(output), Checks = chosen.Count > 0 ? chosen : checks };
    }

    private CheckArguments With(string option, string value) => option switch
    {
        "device" when value is "cuda" or "cpu" => this with { IsCuda = value == "cuda" },
        "device" => throw new ArgumentException($"--device is '{value}'; it may be cuda or cpu."),
        "scale" => this with { Scale = Positive(option, value) },
        "seconds" => this with { Limit = TimeSpan.FromSeconds(Positive(option, value)) },
        _ => throw new ArgumentException($"There is no option --{option}; there are --device, --scale and --seconds."),
    };

    private static double Positive(string option, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number > 0
            ? number
            : throw new ArgumentException($"--{option} is '{value}'; it must be a number above 0.");
}
