using System.Globalization;
using System.Runtime.InteropServices;
using ConvScope.Native;
using ConvScope.Records.Recording;
using ConvScope.Training.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Inspection;

/// <summary>Under what conditions a run is made: what is measured, and on what machine.</summary>
internal static class RunConditions
{
    /// <summary>Adds them to a record's metadata at its start.</summary>
    public static void AddTo(Dictionary<string, string> metadata, InspectionOptions options)
    {
        if (metadata.GetValueOrDefault(MetadataNames.Device)?.StartsWith("cuda", StringComparison.Ordinal) == true)
            metadata[MetadataNames.TensorFloat32] = TensorFloat32.Read().ToString();
        metadata[MetadataNames.Level] = options.Level.ToString();
        metadata[MetadataNames.Schedule] = string.Join("; ", options.Plan().Select(group => $"{group.Name} {group.Schedule}"));
        metadata[MetadataNames.Budget] = options.Budget is { } budget ? budget.ToString(CultureInfo.InvariantCulture) : "none";
        metadata[MetadataNames.Versions] = $"ConvScope {typeof(RunConditions).Assembly.GetName().Version}, TorchSharp {typeof(torch).Assembly.GetName().Version}, "
            + $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}";
        metadata[MetadataNames.Kernels] = TorchRuntime.Load().Kernels;
        metadata[MetadataNames.Host] = RecordingProcess.Host;
        metadata[MetadataNames.Process] = RecordingProcess.Describe();
        if (RecordingProcess.Space is { Length: > 0 } space)
            metadata[MetadataNames.ProcessSpace] = space;
        metadata[MetadataNames.Heartbeat] = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        metadata[MetadataNames.Status] = "running";
        if (GitCommit.Find(Environment.CurrentDirectory) is { } commit)
            metadata[MetadataNames.Commit] = commit;
        if (options.Dataset is not null)
            metadata[MetadataNames.Dataset] = options.Dataset;
        if (options.ClassNames is { Count: > 0 } names)
            metadata[MetadataNames.ClassNames] = RecordedClasses.ToText(names);
    }

    /// <summary>What is known of a training in a loop of the user's own at its start.</summary>
    public static Dictionary<string, string> OfLoop(nn.Module module, optim.Optimizer optimizer, InspectionOptions options)
    {
        var metadata = new Dictionary<string, string>
        {
            [MetadataNames.Network] = module.GetName(),
            [MetadataNames.Options] = $"{{\"optimizer\":\"{optimizer.GetType().Name}\"}}",
            [MetadataNames.Device] = module.parameters().FirstOrDefault()?.device.ToString() ?? "cpu",
            [MetadataNames.Started] = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
        };
        if (options.Task is { } task)
            metadata[MetadataNames.Task] = task.Name;
        return metadata;
    }

    /// <summary>Adds what the run is called and goes on from.</summary>
    public static void AddOrigin(Dictionary<string, string> metadata, TrainingOrigin origin, RunDirectory directory)
    {
        metadata[MetadataNames.Run] = origin.Run;
        if (origin.Parent is not { } parent)
            return;
        metadata[MetadataNames.ParentRun] = parent.Run;
        metadata[MetadataNames.ParentCheckpoint] = Path.GetRelativePath(directory.Folder, parent.Checkpoint).Replace('\\', '/');
        metadata[MetadataNames.ParentStep] = parent.Step.ToString(CultureInfo.InvariantCulture);
    }
}
