using Microsoft.ML.Transforms.Image;

namespace ConvScope.ML.Internals;

/// <summary>The type of a feature column as one byte of a model file.</summary>
internal static class FeatureType
{
    private const byte Singles = 0, Bytes = 1, Paths = 2, Files = 3, Images = 4;

    /// <summary>The byte of a type.</summary>
    public static byte Code(DataViewType type) => type switch
    {
        TextDataViewType => Paths,
        ImageDataViewType => Images,
        VectorDataViewType { IsKnownSize: false } => Files,
        VectorDataViewType vector => vector.ItemType.RawType == typeof(byte) ? Bytes : Singles,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Features of this type are not saved."),
    };

    /// <summary>The type of a byte.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static DataViewType Of(byte code, int size) => code switch
    {
        Singles => new VectorDataViewType(NumberDataViewType.Single, size),
        Bytes => new VectorDataViewType(NumberDataViewType.Byte, size),
        Paths => TextDataViewType.Instance,
        Files => new VectorDataViewType(NumberDataViewType.Byte),
        Images => new ImageDataViewType(),
        _ => throw new InvalidDataException($"The model file has features of an unknown kind {code}."),
    };
}
