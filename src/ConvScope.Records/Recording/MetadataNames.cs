namespace ConvScope.Records.Recording;

/// <summary>The keys of a record's metadata. They are stable: figures, summaries and scripts ask for them.</summary>
public static class MetadataNames
{
    /// <summary>Name of the network's architecture.</summary>
    public const string Network = "network";

    /// <summary>The network's description as JSON; absent for a network that has none.</summary>
    public const string NetworkJson = "network json";

    /// <summary>Name of the data set; absent where it is not known.</summary>
    public const string Dataset = "dataset";

    /// <summary>Number of training images.</summary>
    public const string TrainCount = "train count";

    /// <summary>Number of validation images; 0 without a validation set.</summary>
    public const string ValidationCount = "validation count";

    /// <summary>Optimizer updates an epoch.</summary>
    public const string StepsPerEpoch = "steps per epoch";

    /// <summary>The training options as JSON.</summary>
    public const string Options = "options";

    /// <summary>The steps that were measured, in words.</summary>
    public const string Schedule = "schedule";

    /// <summary>The device that was trained on: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public const string Device = "device";

    /// <summary>
    /// Where a GPU rounds the factors of 32-bit products to TensorFloat-32: <c>convolutions</c>, <c>convolutions and matrix
    /// products</c>, <c>matrix products</c> or <c>nothing</c>; absent on the CPU.
    /// </summary>
    public const string TensorFloat32 = "tf32";

    /// <summary>Versions of ConvScope, .NET and TorchSharp, and the operating system.</summary>
    public const string Versions = "versions";

    /// <summary>Which CPU kernels computed, and why those: right numbers are checked, see <c>TorchLibrary.Kernels</c>; absent in old records.</summary>
    public const string Kernels = "kernels";

    /// <summary>When the training started, in UTC, ISO 8601.</summary>
    public const string Started = "started";

    /// <summary>The run's name, everywhere the same and never twice; its checkpoints carry it too. Absent in records of before 0.2.</summary>
    public const string Run = "run";

    /// <summary>The run that this one goes on from; absent for one that began anew, empty where the checkpoint does not say.</summary>
    public const string ParentRun = "parent run";

    /// <summary>The checkpoint that this run goes on from, relative to the run folder where it lies beside it; absent for one that began anew.</summary>
    public const string ParentCheckpoint = "parent checkpoint";

    /// <summary>The first step of this run, which is the number of steps that were made before it; absent for one that began anew.</summary>
    public const string ParentStep = "parent step";

    /// <summary>When the writing thread last lived, in UTC, ISO 8601: refreshed every ten seconds while the training does. Absent in records of before 0.2.</summary>
    public const string Heartbeat = "heartbeat";

    /// <summary>The space in which the number of <see cref="Process"/> counts, such as that of a container (Linux); absent elsewhere.</summary>
    public const string ProcessSpace = "process space";

    /// <summary>Why the run ended, in words; absent where all epochs were trained.</summary>
    public const string Reason = "reason";

    /// <summary>What ended the inspection before the training was over, in words; absent where it was whole.</summary>
    public const string InspectionFailure = "inspection failure";

    /// <summary><c>running</c>, then <c>completed</c>, <c>stopped</c>, <c>cancelled</c> or <c>failed</c>; <c>ended</c> for a loop of the user's own. A run that was killed stays <c>running</c>.</summary>
    public const string Status = "status";

    /// <summary>Duration of the training in seconds, with all of inspection: also what is done after the last step.</summary>
    public const string TrainingSeconds = "training seconds";

    /// <summary>Part of the duration of the epochs that were completed in which the training thread waited for images to be decoded, in seconds; absent where all images are held in memory.</summary>
    public const string WaitingSeconds = "waiting seconds";

    /// <summary>Training images that were left out because they are corrupt, over all epochs; absent where none were.</summary>
    public const string SkippedImages = "skipped images";

    /// <summary>What the training loss is weighted by, or how images are drawn, in words; absent where each image counts once. What is measured on validation images is not weighted.</summary>
    public const string LossWeights = "loss weights";

    /// <summary>Part of the training's duration that was spent on inspection, in seconds.</summary>
    public const string InspectionSeconds = "inspection seconds";

    /// <summary>What each group of quantities cost, in seconds.</summary>
    public const string InspectionCosts = "inspection costs";

    /// <summary>What was left out so that inspection stays within its budget, in words, separated by semicolons; absent where nothing was.</summary>
    public const string InspectionCuts = "inspection cuts";

    /// <summary>
    /// How the inspection calls the network between the training's own steps: <c>plain</c> for one that keeps nothing and draws nothing in evaluation mode, <c>guarded</c> where all that it holds and every random state is
    /// put back after each call, <c>none</c> where it is not called. Absent in old records.
    /// </summary>
    public const string NetworkCalls = "network calls";

    /// <summary>Parts of the inspection that failed and were left out from then on, as JSON: <c>[{"part":"…","step":3,"reason":"…"}]</c>; absent where none did.</summary>
    public const string LeftOut = "left out";

    /// <summary>What became of snapshots for which <c>InspectionOptions.SnapshotLimit</c> had no room, in words; absent where it had room for all.</summary>
    public const string SnapshotCuts = "snapshot cuts";

    /// <summary>The inspection's level.</summary>
    public const string Level = "level";

    /// <summary>Share of the training's time that inspection may cost; <c>none</c> for a fixed schedule.</summary>
    public const string Budget = "budget";

    /// <summary>Seed of the initial weights and of the order of the images.</summary>
    public const string Seed = "seed";

    /// <summary>SHA-256 over the training images and labels, lower-case hexadecimal.</summary>
    public const string Checksum = "dataset sha256";

    /// <summary>Name of the machine, and its processors.</summary>
    public const string Host = "host";

    /// <summary>Number of the process that trains, and when it began in UTC, ISO 8601: tells a run that was killed from one that goes on.</summary>
    public const string Process = "process";

    /// <summary>The git commit of the working tree that the training ran in; absent outside one.</summary>
    public const string Commit = "commit";

    /// <summary>The layers in the order in which they are called, the input first, as JSON: <c>[{"name":"input","kind":"Input","isDirect":false}]</c>.</summary>
    public const string Layers = "layers";

    /// <summary>What the network's outputs mean: <c>multiclass</c>, <c>binary</c> or <c>regression</c>; absent in a loop of the user's own and in old records.</summary>
    public const string Task = "task";

    /// <summary>Number of classes; absent where it is not known.</summary>
    public const string ClassCount = "class count";

    /// <summary>Names of the classes in the order of their indices, as a JSON array of texts; absent for a regression and where they are not known. See <see cref="RecordedClasses"/>.</summary>
    public const string ClassNames = "class names";
}
