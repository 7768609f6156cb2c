using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.ML.Scoring;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Training;
using ConvScope.Training.Images;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace ConvScope.Benchmarks.Contests;

/// <summary>The sides of contests that are .NET: ConvScope, TorchSharp as a user writes it, and ONNX Runtime.</summary>
internal static class Contestant
{
    /// <summary>Says that it is ready, and runs once for each line that it reads.</summary>
    public static void Run(string[] arguments)
    {
        if (arguments[0] == "torchsharp")
            LoadTorch();
        else
            TorchRuntime.Load();
        var (folder, batch, count) = (arguments[1], int.Parse(arguments[2], CultureInfo.InvariantCulture), int.Parse(arguments[3], CultureInfo.InvariantCulture));
        var form = "";
        Func<int, Outcome> run;
        if (arguments is [var side, _, _, _, var forms])
            (form, run) = Fastest(forms.Split(','), count, name => side == "torchsharp" ? Bare(folder, batch, name) : Train(folder, batch, name));
        else
            run = arguments[0] == "onnxruntime" ? PredictOnnx(folder, batch) : Predict(folder, batch);
        if (form.Length == 0)
            run(Math.Max(2, count / 10));
        Console.WriteLine($"ready {form}");
        while (Console.ReadLine() is not null)
            Console.WriteLine(JsonSerializer.Serialize(run(count), JsonSerializerOptions.Web));
    }

    /// <summary>TorchSharp alone would not get the memory that ConvScope keeps: it runs as it comes.</summary>
    private static void LoadTorch()
    {
        AppContext.SetSwitch("ConvScope.KeepMemory", false);
        TorchRuntime.Load();
    }

    private static (string Form, Func<int, Outcome> Run) Fastest(string[] forms, int count, Func<string, Func<int, Outcome>> create)
    {
        var runs = forms.ToDictionary(form => form, create);
        var few = Math.Max(3, count / 5);
        var fastest = runs.MinBy(entry => Enumerable.Range(0, 2).Min(_ => entry.Value(few).Seconds));
        return (fastest.Key, fastest.Value);
    }

    private static Func<int, Outcome> Train(string folder, int batch, string form)
    {
        var (network, pixels, labels, _) = ContestFolder.Read(folder);
        var all = LabeledImages.Create(pixels, labels, network.Input);
        var options = new TrainingOptions
        {
            Epochs = 1,
            BatchSize = batch,
            LearningRate = ContestFolder.LearningRate,
            Seed = ContestFolder.OrderSeed,
            Precision = form.StartsWith("mixed", StringComparison.Ordinal) ? Precision.Mixed : Precision.Full,
            ChannelsLast = form.EndsWith("-last", StringComparison.Ordinal),
        };
        return steps =>
        {
            using var module = ContestFolder.Module(folder, network);
            using var part = steps * batch < labels.Length ? LabeledImages.Create(pixels[..(steps * batch * network.Input.Count)], labels[..(steps * batch)], network.Input) : null;
            var clock = Stopwatch.GetTimestamp();
            var result = new Trainer(options).Train(module, part ?? all);
            return new Outcome(Stopwatch.GetElapsedTime(clock).TotalSeconds, result.Epochs[0].TrainLoss);
        };
    }

    /// <summary>The loop that a user of TorchSharp writes: images normalised once, a dispose scope a step.</summary>
    private static Func<int, Outcome> Bare(string folder, int batch, string form)
    {
        var (network, pixels, labels, order) = ContestFolder.Read(folder);
        var (images, targets, rows) = (Normalized(network, pixels), tensor(labels), tensor(order));
        var isLast = form.EndsWith("-last", StringComparison.Ordinal);
        if (isLast)
            images = images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2); // TorchSharp names no memory format
        return steps =>
        {
            using var module = new BareNetwork(ContestFolder.Module(folder, network), network);
            module.train();
            using var optimizer = optim.SGD(module.parameters(), ContestFolder.LearningRate, 0.9);
            var clock = Stopwatch.GetTimestamp();
            using var total = zeros(1, ScalarType.Float64);
            using var right = zeros(1, ScalarType.Int64);
            for (var step = 0; step < steps; step++)
            {
                using var scope = NewDisposeScope();
                var chosen = rows.narrow(0, (long)step * batch, batch);
                var (x, y) = (images.index_select(0, chosen), targets.index_select(0, chosen));
                optimizer.zero_grad();
                var outputs = module.call(x);
                var loss = nn.functional.cross_entropy(outputs, y);
                loss.backward();
                optimizer.step();
                using var untracked = no_grad();
                total.add_(loss.detach() * batch);
                right.add_(outputs.argmax(1).eq(y).sum());
            }

            var mean = total.item<double>() / ((double)steps * batch);
            _ = right.item<long>();
            return new Outcome(Stopwatch.GetElapsedTime(clock).TotalSeconds, mean);
        };
    }

    /// <summary>As a user predicts: one image through a prediction engine, many through a view.</summary>
    private static Func<int, Outcome> Predict(string folder, int batch)
    {
        var (network, pixels, _, _) = ContestFolder.Read(folder);
        var context = new MLContext(1);
        var file = Path.Combine(folder, "model.zip");
        using (var made = ConvNetTransformer.Create(ConvNetModel.FromCheckpoint(network, Path.Combine(folder, "weights.pth"))))
            context.Model.Save(made, null, file);
        var model = context.Model.Load(file, out _);
        var batches = Batches(pixels, network.Input.Count).Select(image => new Pixels { Features = image }).Chunk(batch).Where(rows => rows.Length == batch).ToArray();
        var schema = SchemaDefinition.Create(typeof(Pixels));
        schema[nameof(Pixels.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Byte, network.Input.Channels, network.Input.Height, network.Input.Width);
        var engine = context.Model.CreatePredictionEngine<Pixels, Scores>(model, inputSchemaDefinition: schema);
        return calls =>
        {
            var check = 0.0;
            var clock = Stopwatch.GetTimestamp();
            for (var call = 0; call < calls; call++)
            {
                var rows = batches[call % batches.Length];
                float[][] scores = batch == 1 ? [engine.Predict(rows[0]).Score] : [.. model.Transform(context.Data.LoadFromEnumerable(rows, schema)).GetColumn<float[]>("Score")];
                if (call == calls - 1)
                    check = scores.Sum(row => row.Sum(score => (double)score * score)) / batch;
            }

            return new Outcome(Stopwatch.GetElapsedTime(clock).TotalSeconds, check);
        };
    }

    private static Func<int, Outcome> PredictOnnx(string folder, int batch)
    {
        var (network, pixels, _, _) = ContestFolder.Read(folder);
        using (var model = ConvNetModel.FromCheckpoint(network, Path.Combine(folder, "weights.pth")))
            model.ExportOnnx(Path.Combine(folder, "model.onnx"));
        var session = new InferenceSession(Path.Combine(folder, "model.onnx"));
        var batches = Batches(pixels, network.Input.Count * batch).Select(bytes => bytes.Select(pixel => (float)pixel).ToArray()).ToArray();
        int[] shape = [batch, network.Input.Channels, network.Input.Height, network.Input.Width];
        return calls =>
        {
            var check = 0.0;
            var clock = Stopwatch.GetTimestamp();
            for (var call = 0; call < calls; call++)
            {
                using var results = session.Run([NamedOnnxValue.CreateFromTensor("Features", new DenseTensor<float>(batches[call % batches.Length], shape))]);
                if (call == calls - 1)
                    check = results[0].AsEnumerable<float>().Sum(score => (double)score * score) / batch;
            }

            return new Outcome(Stopwatch.GetElapsedTime(clock).TotalSeconds, check);
        };
    }

    private sealed class Pixels
    {
        public byte[] Features { get; set; } = [];
    }

    private sealed class Scores
    {
        public float[] Score { get; set; } = [];
    }

    private static byte[][] Batches(byte[] pixels, int size) => [.. Enumerable.Range(0, Math.Max(1, pixels.Length / size)).Select(index => pixels.AsSpan(index * size, size).ToArray())];

    private static Tensor Normalized(NetworkSpec network, byte[] pixels)
    {
        var normalization = network.Normalization;
        var input = network.Input;
        using var scope = NewDisposeScope();
        Tensor PerChannel(IEnumerable<double> values) => tensor(values.Select(value => (float)value).ToArray()).reshape(1, input.Channels, 1, 1);
        var images = tensor(pixels).reshape(-1, input.Channels, input.Height, input.Width).to(ScalarType.Float32).mul(normalization.Scale);
        return images.sub(PerChannel(normalization.Mean)).div(PerChannel(normalization.StandardDeviation)).MoveToOuterDisposeScope();
    }
}
