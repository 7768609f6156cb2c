namespace ConvScope.Benchmarks.Contests;

/// <summary>The same work done by several programs in turns: A B C, C B A, …</summary>
/// <param name="Name">What is done, as a table has it.</param>
/// <param name="Start">Starts the sides; the first is ConvScope.</param>
/// <param name="Tolerance">Largest relative difference of what they compute.</param>
internal sealed record Contest(string Name, Func<IReadOnlyList<Side>> Start, double Tolerance)
{
    /// <summary>Runs the sides in turns.</summary>
    /// <param name="rounds">How often each.</param>
    /// <exception cref="InvalidOperationException">They do not compute the same.</exception>
    public IReadOnlyList<ContestLine> Run(int rounds)
    {
        var sides = Start();
        try
        {
            var times = sides.Select(_ => new List<double>()).ToArray();
            var check = double.NaN;
            for (var round = -1; round < rounds; round++)
            {
                foreach (var index in round % 2 == 0 ? Enumerable.Range(0, sides.Count) : Enumerable.Range(0, sides.Count).Reverse())
                {
                    var outcome = sides[index].Run();
                    check = double.IsNaN(check) ? outcome.Check : check;
                    if (Math.Abs(outcome.Check - check) > Tolerance * Math.Abs(check))
                        throw new InvalidOperationException($"{Name}: {sides[index].Name} computed {outcome.Check:R}, {sides[^1].Name} {check:R}.");
                    if (round >= 0)
                        times[index].Add(outcome.Seconds); // the first turn only warms up
                }
            }

            return [.. sides.Index().Skip(1).Select(side => new ContestLine(Name, side.Item.Name, sides[0].Form, side.Item.Form, times[0], times[side.Index]))];
        }
        finally
        {
            foreach (var side in sides)
                side.Dispose();
        }
    }
}
