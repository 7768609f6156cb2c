namespace ConvScope.ML.Internals;

/// <summary>The type of a feature column as one byte of a model file.</summary>
internal static class FeatureType
{
    private const byte Singles = 0, Bytes = 1, Paths = 2;

    /// <summary>The byte of a type.</summary>
    public static byte Code(DataViewType type) => type is not VectorDataViewType vector ? Paths : vector.ItemType.RawType == typeof(byte) ? Bytes : Singles;

    /// <summary>The type of a byte.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static DataViewType Of(byte code, int size) => code switch
    {
        Singles => new VectorDataViewType(NumberDataViewType.Single, size),
        Bytes => new VectorDataViewType(NumberDataViewType.Byte, size),
        Paths => TextDataViewType.Instance,
        _ => throw new InvalidDataException($"The model file has features of an unknown kind {code}."),
    };
}
