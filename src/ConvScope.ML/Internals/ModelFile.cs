using System.Runtime.CompilerServices;
using ConvScope.Checkpoints;
using ConvScope.ML;
using ConvScope.ML.Internals;
using ConvScope.Native;
using ConvScope.Networks;
using Microsoft.ML.Data.IO;
using Microsoft.ML.Runtime;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]
[assembly: LoadableClass(typeof(ConvNetTransformer), typeof(ModelFile), null, typeof(SignatureLoadModel), "ConvScope network", ModelFile.LoaderSignature)]

namespace ConvScope.ML.Internals;

/// <summary>
/// A transformer's place in an ML.NET model file: column names, the network's description as JSON, the label's values, and the weights as safetensors. Device, folders
/// and observers are not kept. The file names this assembly, so <c>Model.Load</c> finds it in a fresh process without a registration.
/// </summary>
internal static class ModelFile
{
    public const string LoaderSignature = "ConvScopeNetwork";

    private const string Weights = "weights.safetensors";
    private const string Description = "network.json";
    private const string LabelValues = "labels";

    /// <summary>Writes a transformer.</summary>
    public static void Save(ModelSaveContext context, ConvNetTransformer transformer)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(Version());
        context.SaveNonEmptyString(transformer.FeatureColumnName);
        context.SaveNonEmptyString(transformer.Columns.PredictedLabel);
        context.SaveNonEmptyString(transformer.Columns.Score);
        context.Writer.Write(((VectorDataViewType)transformer.FeatureColumnType).ItemType.RawType == typeof(byte));
        context.Writer.Write(transformer.Columns.Labels.Type is not null);

        context.SaveTextStream(Description, writer => writer.Write(transformer.Model.Network.ToJson()));
        context.SaveBinaryStream(Weights, writer => Safetensors.Write(writer.BaseStream, ModuleWeights.Read(transformer.Model.Module)));
        if (transformer.Columns.Labels is { Type: { } type, Values: { } values })
            context.SaveBinaryStream(LabelValues, writer => SaveValues(writer.BaseStream, type, values));
    }

    /// <summary>Reads a transformer; called by ML.NET, which finds it by name and signature. The network goes to the CPU unless the context asks for a GPU.</summary>
    public static ConvNetTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel(Version());
        var featureColumn = context.LoadNonEmptyString();
        var predictedLabel = context.LoadNonEmptyString();
        var score = context.LoadNonEmptyString();
        var isByte = context.Reader.ReadBoolean();
        var hasValues = context.Reader.ReadBoolean();

        var network = NetworkSpec.FromJson(ReadText(context, Description));
        var labels = hasValues ? LoadValues(environment, ReadBytes(context, LabelValues)) : ClassLabels.Create(network.ClassCount);
        if (labels.Count != network.ClassCount)
            throw new InvalidDataException($"The model's network tells {network.ClassCount} classes apart; it names {labels.Count}.");

        TorchRuntime.Load();
        var hostEnvironment = environment as IHostEnvironmentInternal;
        var device = DeviceChoice.Resolve(hostEnvironment?.GpuDeviceId, fallbackToCpu: true).Device;
        var module = network.CreateModule(seed: 0);
        ModuleWeights.Load(module, Safetensors.ReadTensors(ReadBytes(context, Weights), Weights));
        TorchSharp.ModuleExtensionMethods.to(module, device);
        var itemType = isByte ? NumberDataViewType.Byte : NumberDataViewType.Single;
        return new ConvNetTransformer(
            new ConvNetModel(network, module, device, labels.Names),
            featureColumn,
            new VectorDataViewType(itemType, network.Input.Count),
            new ScoreColumns(predictedLabel, score, labels));
    }

    private static VersionInfo Version() => new(
        modelSignature: "CONVSCOP",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderSignature: LoaderSignature,
        loaderAssemblyName: typeof(ModelFile).Assembly.FullName!);

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
