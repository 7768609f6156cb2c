namespace ConvScope.Training;

/// <summary>How far a regression's predictions are off.</summary>
/// <param name="RootMeanSquared">Root of the mean squared difference between prediction and label, in the label's unit.</param>
/// <param name="RSquared">Share of the labels' variance that the predictions explain: 1 less the squared errors over the squared distances of the labels from their mean; 1 is perfect, 0 as good as that mean, negative worse. NaN where all labels are the same.</param>
public sealed record RegressionError(double RootMeanSquared, double RSquared);
