using System.Text.Json;
using ConvScope.Datasets;
using ConvScope.ML.Labels;
using ConvScope.ML.Scoring;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Networks;
using Microsoft.ML.Data.IO;
using Microsoft.ML.Runtime;

namespace ConvScope.ML.Internals;

/// <summary>
/// A network's entries in an ML.NET model file, the same for every transformer that has one: the description and the decoding of image files as JSON, the weights as safetensors, and the values of the label. Device, folders and
/// observers are not kept.
/// </summary>
internal static class ModelEntries
{
    private const string Weights = "weights.safetensors";
    private const string Description = "network.json";
    private const string LabelValues = "labels";
    private const string ClassNames = "classes.json";
    private const string Decoding = "decoding.json";

    /// <summary>Version of a transformer's entry. The file names this assembly, so <c>Model.Load</c> finds the loader in a fresh process without a registration.</summary>
    public static VersionInfo Version(string loaderSignature) => new(
        modelSignature: "CONVSCOP",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderSignature: loaderSignature,
        loaderAssemblyName: typeof(ModelEntries).Assembly.FullName!);

    /// <summary>Writes a network.</summary>
    public static void Save(ModelSaveContext context, ConvNetModel model)
    {
        context.SaveTextStream(Description, writer => writer.Write(model.Network.ToJson()));
        context.SaveTextStream(Decoding, writer => writer.Write(model.Decoding.ToJson()));
        context.SaveBinaryStream(Weights, writer => Safetensors.Write(writer.BaseStream, model.Weights));
        if (model.Labels.KnownNames is { } names)
            context.SaveTextStream(ClassNames, writer => writer.Write(JsonSerializer.Serialize(names))); // for readers without ML.NET
        if (model.Labels is { Type: { } type, Values: { } values })
            context.SaveBinaryStream(LabelValues, writer => SaveValues(writer.BaseStream, type, values));
    }

    /// <summary>
    /// Reads a network. It goes to the CPU unless the context asks for a GPU. Weights that are not finite are refused where they are to
    /// predict: ML.NET would hide what is said here.
    /// </summary>
    /// <param name="environment">The context that loads.</param>
    /// <param name="context">The place in the file.</param>
    /// <param name="hasValues">Whether the label's values were saved.</param>
    /// <exception cref="InvalidDataException">An entry is missing or damaged.</exception>
    public static ConvNetModel Load(IHostEnvironment environment, ModelLoadContext context, bool hasValues)
    {
        var network = NetworkSpec.FromJson(ReadText(context, Description));
        var labels = hasValues ? LoadValues(environment, ReadBytes(context, LabelValues)) : ClassLabels.Of(network);
        if (labels.Count != network.ClassCount)
            throw new InvalidDataException($"The model's network tells {network.ClassCount} classes apart; it names {labels.Count}.");

        var decoding = new ImageDecoding(); // of files from before there was one
        context.TryLoadTextStream(Decoding, reader => decoding = ImageDecoding.FromJson(reader.ReadToEnd()));
        var weights = Safetensors.ReadTensors(ReadBytes(context, Weights), Weights);
        var log = new EnvironmentLog(environment);
        if ((environment as IHostEnvironmentInternal)?.GpuDeviceId is not { } gpu)
            return new ConvNetModel(network, weights, labels) { Decoding = decoding, Log = log };
        TorchRuntime.Load();
        var device = DeviceChoice.Resolve(gpu, fallbackToCpu: true).Device;
        var module = network.CreateModule(seed: 0);
        try
        {
            ModuleWeights.Load(module, weights);
            ModuleMove.To(module, device);
            return new ConvNetModel(network, module, device, labels) { Decoding = decoding, Log = log };
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    private static string ReadText(ModelLoadContext context, string name)
    {
        var text = "";
        return context.TryLoadTextStream(name, reader => text = reader.ReadToEnd()) ? text : throw Missing(name);
    }

    private static byte[] ReadBytes(ModelLoadContext context, string name)
    {
        using var copy = new MemoryStream();
        return context.TryLoadBinaryStream(name, reader => reader.BaseStream.CopyTo(copy)) ? copy.ToArray() : throw Missing(name);
    }

    private static InvalidDataException Missing(string name) => new($"The model file lacks '{name}'.");

    private static void SaveValues(Stream stream, VectorDataViewType type, object values)
    {
        var saver = new BinarySaver(new MLContext(), new BinarySaver.Arguments { Silent = true });
        var write = typeof(BinarySaver).GetMethod(nameof(BinarySaver.TryWriteTypeAndValue))
            ?? typeof(BinarySaver).GetMethod(nameof(BinarySaver.TryWriteTypeAndValue), System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!;
        object?[] arguments = [stream, type, values, 0];
        if (!(bool)write.MakeGenericMethod(values.GetType()).Invoke(saver, arguments)!)
            throw new NotSupportedException($"The label's values of type {type} cannot be saved.");
    }

    private static ClassLabels LoadValues(IHostEnvironment environment, byte[] bytes)
    {
        var saver = new BinarySaver(environment, new BinarySaver.Arguments { Silent = true });
        return saver.TryLoadTypeAndValue(new MemoryStream(bytes), out var type, out var values) && type is VectorDataViewType vector
            ? ClassLabels.Create(vector, values)
            : throw new InvalidDataException("The label's values in the model file cannot be read.");
    }
}
