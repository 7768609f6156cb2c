using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks;

/// <summary>Writes a shape as an array of its axes.</summary>
internal sealed class ShapeJsonConverter : JsonConverter<Shape>
{
    public override Shape Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return new Shape(JsonSerializer.Deserialize<int[]>(ref reader, options));
        }
        catch (JsonException exception)
        {
            throw new JsonException("A shape is an array of whole numbers, such as [1, 28, 28].", exception);
        }
        catch (ArgumentException exception)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, Shape value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Axes.ToArray(), options);
}
