namespace ConvScope.ML.Labels;

/// <summary>Where labels come from, as messages say it.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Set">The set in words: <c>training set</c>.</param>
/// <param name="Labels">Its classes; null where there are none.</param>
internal sealed record LabelSource(string Name, string Set, ClassLabels? Labels = null);
