using Microsoft.ML.Runtime;

namespace ConvScope.ML.Internals;

/// <summary>The environment that an ML.NET catalog belongs to, which ML.NET keeps internal.</summary>
internal static class CatalogEnvironment
{
    /// <summary>The environment of a catalog of trainers.</summary>
    public static IHostEnvironment Environment(this TrainCatalogBase.CatalogInstantiatorBase catalog) => CatalogUtils.GetEnvironment(catalog);
}
