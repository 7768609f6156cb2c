namespace ConvScope.Datasets;

/// <summary>Which labels of CIFAR-100 are taken.</summary>
public enum CifarLabels
{
    /// <summary>The hundred kinds of things, such as <c>apple</c>.</summary>
    Fine,

    /// <summary>The twenty groups of five kinds, such as <c>fruit_and_vegetables</c>.</summary>
    Coarse,
}
