using Microsoft.ML.Runtime;

namespace ConvScope.ML.Internals;

/// <summary>The environment that an ML.NET catalog belongs to, which ML.NET keeps internal.</summary>
internal static class CatalogEnvironment
{
    /// <summary>The environment of a catalog of trainers.</summary>
    public static IHostEnvironment Environment(this TrainCatalogBase.CatalogInstantiatorBase catalog) => CatalogUtils.GetEnvironment(catalog);

    /// <summary>The environment of a catalog of transforms.</summary>
    public static IHostEnvironment Environment(this TransformsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);

    /// <summary>The environment of the catalog of data.</summary>
    public static IHostEnvironment Environment(this DataOperationsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);
}
