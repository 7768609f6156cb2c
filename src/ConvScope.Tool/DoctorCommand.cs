using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvScope.Native;
using ConvScope.Native.Kernels;
using TorchSharp;

namespace ConvScope.Tool;

/// <summary><c>convscope doctor</c>: which libtorch, whether its kernels are right, which device, and why not CUDA.</summary>
internal static class DoctorCommand
{
    private const int MostFaults = 10;
    private const string Driver = "/proc/driver/nvidia/version";

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var command = new Command("doctor", "Says which libtorch and which device are used, computes whether its kernels are right, and says what stands in the way of CUDA. Ends with 1 where nothing can train.") { json };
        command.SetWork(async (result, _) =>
        {
            var facts = new Dictionary<string, string>
            {
                ["ConvScope"] = typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
                [".NET"] = RuntimeInformation.FrameworkDescription,
                ["system"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors",
                ["CONVSCOPE_LIBTORCH"] = Environment.GetEnvironmentVariable("CONVSCOPE_LIBTORCH") ?? "not set",
                ["cache"] = CacheFolder.Path,
            };
            TorchLoadException? failure = null;
            try
            {
                var library = TorchRuntime.Load();
                facts["libtorch"] = library.Description;
                facts["libtorch version"] = library.Warning ?? (library.Version is { } version ? $"{version}, for which TorchSharp was built" : "not known");
                facts["kernels"] = library.Kernels;
                failure = CheckKernels(facts);
                facts["native numbers"] = LateScalars.AreOn ? "kept until no call reads them" : "freed by the garbage collector, also while a call reads them";
                facts["torch threads"] = $"{torch.get_num_threads()}";
                facts["CUDA"] = Cuda();
                facts["TensorFloat-32"] =
                    $"in {TensorFloat32.Read()}, on GPUs from Ampere on; TrainingOptions.AllowTensorFloat32 changes it";
            }
            catch (TorchLoadException exception)
            {
                failure = exception;
                facts["libtorch"] = "cannot be loaded";
            }

            foreach (var line in result.GetValue(json) ? [JsonSerializer.Serialize(facts)] : facts.Select(fact => $"{fact.Key,-20} {fact.Value}"))
                await result.InvocationConfiguration.Output.WriteLineAsync(line).ConfigureAwait(false);
            if (failure is not null)
                throw failure;
        });
        return command;
    }

    /// <summary>Computes the whole grid of kernels, some seconds long; loading checks only a small one.</summary>
    private static TorchLoadException? CheckKernels(Dictionary<string, string> facts)
    {
        var faults = new KernelCheck().Faults(KernelGrid.Whole).ToList();
        facts["convolutions"] = faults.Count == 0 ? "right" : "wrong";
        facts["checked"] = $"{KernelGrid.Whole.Count} convolutions, poolings, linear layers and normalisations against 64-bit floats; {faults.Count} are wrong";
        for (var fault = 0; fault < Math.Min(faults.Count, MostFaults); fault++)
            facts[$"wrong {fault + 1}"] = faults[fault].ToString();
        return faults.Count == 0 ? null : new TorchLoadException($"libtorch computes wrong numbers on this machine: {faults[0]}.");
    }

    private static string Cuda()
    {
        if (torch.cuda.is_available())
            return $"{torch.cuda.device_count()} GPUs; choose one with --gpu or MLContext.GpuDeviceId";
        if (OperatingSystem.IsLinux() && !File.Exists(Driver) && !NativeLibrary.TryLoad("libcuda.so.1", out _))
            return "not available: this machine has no NVIDIA driver";
        return "not available: this libtorch is built for the CPU, or does not know the driver; build with --backend=cuda, or let CONVSCOPE_LIBTORCH name a CUDA libtorch 2.10";
    }
}
