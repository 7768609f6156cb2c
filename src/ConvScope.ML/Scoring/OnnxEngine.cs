using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ConvScope.ML.Onnx;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using Microsoft.ML.OnnxRuntime;

namespace ConvScope.ML.Scoring;

/// <summary>
/// Computes a network with ONNX Runtime, without libtorch. It may be used by several threads at once: small work runs on the thread that asks, larger work shares one pool of as many threads as there are cores.
/// </summary>
internal sealed class OnnxEngine : IDisposable
{
    private const long WorthThreads = 3_000_000; // multiply-adds, some 0.1 ms

    private readonly NetworkSpec _network;
    private readonly Lazy<InferenceSession> _alone, _shared;
    private readonly RunOptions _options = new();

    private OnnxEngine(NetworkSpec network, byte[] graph)
    {
        _network = network;
        _alone = new Lazy<InferenceSession>(() => Session(graph, threads: 1));
        _shared = new Lazy<InferenceSession>(() => Session(graph, Environment.ProcessorCount));
    }

    /// <summary>Makes one.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="reason">Why there is none.</param>
    /// <returns>Null where ONNX Runtime is not in the program, or the network has no form in ONNX.</returns>
    public static OnnxEngine? Create(NetworkSpec network, IReadOnlyList<StoredTensor> weights, out string? reason)
    {
        reason = null;
        if (!NativeLibrary.TryLoad("onnxruntime", typeof(InferenceSession).Assembly, null, out _))
        {
            reason = "the package Microsoft.ML.OnnxRuntime is not in the program";
            return null;
        }

        try
        {
            var engine = new OnnxEngine(network, OnnxExport.ToBytes(network, weights));
            _ = engine.Of(1).Value; // what it cannot run shows now
            return engine;
        }
        catch (Exception exception) when (exception is NotSupportedException or OnnxRuntimeException)
        {
            reason = exception.Message;
            return null;
        }
    }

    /// <summary>The network's outputs for the first <paramref name="rows"/> images, or what the task makes of them.</summary>
    /// <param name="pixels">Raw pixels, bytes or floats, image after image.</param>
    /// <param name="rows">Number of images <c>N</c>.</param>
    /// <param name="arePredictions">Whether the task makes predictions of them.</param>
    /// <param name="values">Gets <c>[N, K]</c> values.</param>
    public void Run(Array pixels, int rows, bool arePredictions, Span<float> values)
    {
        var count = rows * _network.Input.Count;
        var rented = pixels is float[] ? null : ArrayPool<float>.Shared.Rent(count);
        if (rented is not null)
            ToFloats(((byte[])pixels).AsSpan(0, count), rented);
        try
        {
            var input = _network.Input;
            using var images = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, (rented ?? (float[])pixels).AsMemory(0, count), [rows, input.Channels, input.Height, input.Width]);
            using var results = Of(rows).Value.Run(_options, [OnnxExport.InputName], [images], [arePredictions ? OnnxExport.OutputName : OnnxExport.RawName]);
            results[0].GetTensorDataAsSpan<float>().CopyTo(values);
        }
        finally
        {
            if (rented is not null)
                ArrayPool<float>.Shared.Return(rented);
        }
    }

    public void Dispose()
    {
        foreach (var session in new[] { _alone, _shared }.Where(session => session.IsValueCreated))
            session.Value.Dispose();
        _options.Dispose();
    }

    private Lazy<InferenceSession> Of(int rows) => rows * _network.MultiplyAdds < WorthThreads ? _alone : _shared;

    private static InferenceSession Session(byte[] graph, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"); // an idle service uses no processor
        return new InferenceSession(graph, options);
    }

    private static void ToFloats(ReadOnlySpan<byte> bytes, Span<float> floats)
    {
        ref var source = ref MemoryMarshal.GetReference(bytes);
        ref var target = ref MemoryMarshal.GetReference(floats);
        var at = 0;
        for (; at <= bytes.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref source, (nuint)at));
            var (a, b) = Vector128.Widen(low);
            var (c, d) = Vector128.Widen(high);
            Vector128.ConvertToSingle(a.AsInt32()).StoreUnsafe(ref target, (nuint)at);
            Vector128.ConvertToSingle(b.AsInt32()).StoreUnsafe(ref target, (nuint)at + 4);
            Vector128.ConvertToSingle(c.AsInt32()).StoreUnsafe(ref target, (nuint)at + 8);
            Vector128.ConvertToSingle(d.AsInt32()).StoreUnsafe(ref target, (nuint)at + 12);
        }

        for (; at < bytes.Length; at++)
            floats[at] = bytes[at];
    }
}
