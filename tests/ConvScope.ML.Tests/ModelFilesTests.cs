using ConvScope.Disk;
using ConvScope.Networks;
using Microsoft.ML;

namespace ConvScope.ML.Tests;

/// <summary>Models that are saved over earlier ones while the disk fails at one call after the other: <see cref="FaultyDisk"/>.</summary>
[Platform("Linux")]
public sealed class ModelFilesTests
{
    [Test]
    public void SaveWhole_DiskThatFailsAtAnyCall_LeavesTheEarlierModelOrTheNewOne([Values] DiskFault fault)
    {
        var context = new MLContext(1);
        using var model = Toy.Fit(context);
        Try(fault, "model.zip", path => context.Model.SaveWhole(model, null, path), path => ((IDisposable)context.Model.Load(path, out _)).Dispose());
    }

    [Test]
    public void ExportOnnx_DiskThatFailsAtAnyCall_LeavesTheEarlierModelOrTheNewOne([Values] DiskFault fault)
    {
        using var model = Toy.Fit(new MLContext(1));
        Try(fault, "model.onnx", path => model.Model.ExportOnnx(path), path => new Microsoft.ML.OnnxRuntime.InferenceSession(path).Dispose());
    }

    private static void Try(DiskFault fault, string name, Action<string> save, Action<string> load)
    {
        Assume.That(FaultyDisk.IsPossible, Is.True, "the calls are replaced on x64");
        using var folder = new TemporaryFolder();
        var path = folder.File(name);
        save(path);
        var whole = new FileInfo(path).Length;
        for (var at = 1; ; at++)
        {
            var isMissing = at % 2 == 0;
            if (isMissing)
                File.Delete(path);
            else
                save(path);
            var failed = false;
            using (FaultyDisk.Watch(folder.Path, at, fault))
            {
                try
                {
                    save(path);
                }
                catch (IOException)
                {
                    failed = true;
                }
            }

            if (FaultyDisk.Calls.Count < at)
                break;
            var call = $"{at}: {FaultyDisk.Calls[at - 1]}";
            if (failed && isMissing && !File.Exists(path))
                continue;
            Assert.That(new FileInfo(path).Length, Is.EqualTo(whole), call);
            load(path);
        }

        Assert.That(FaultyDisk.Calls, Has.Count.GreaterThan(3));
    }
}
