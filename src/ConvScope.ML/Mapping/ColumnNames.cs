namespace ConvScope.ML.Mapping;

/// <summary>Names of the columns that a trained network adds; empty for those that its head does not make.</summary>
/// <param name="Score">The score.</param>
/// <param name="PredictedLabel">The predicted class.</param>
/// <param name="Probability">The probability of yes.</param>
internal sealed record ColumnNames(string Score, string PredictedLabel = "", string Probability = "")
{
    /// <summary>Checks that no two are the same.</summary>
    /// <exception cref="ArgumentException">Two are.</exception>
    public ColumnNames Checked()
    {
        if (Score == PredictedLabel)
            throw new ArgumentException($"Score and predicted label need columns of their own; both are '{Score}'.", nameof(PredictedLabel));
        if (Probability.Length > 0 && (Probability == Score || Probability == PredictedLabel))
            throw new ArgumentException($"The probability needs a column of its own; '{Probability}' is taken.", nameof(Probability));
        return this;
    }
}
