using System.Globalization;
using System.Runtime.Loader;
using System.Text.Json;
using ConvScope.NUnitRun;
using NUnit.Framework.Api;
using NUnit.Framework.Internal;

// Runs the tests of an assembly:  ConvScope.NUnitRun ASSEMBLY.dll [FILTER in NUnit's XML [OUT.json]]
if (args.Length == 0)
{
    Console.Error.WriteLine("The assembly is missing: ConvScope.NUnitRun ASSEMBLY.dll [FILTER in NUnit's XML [OUT.json]]");
    return 2;
}

var assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.GetFullPath(args[0]));
var filter = args.Length > 1 && args[1].Length > 0 ? TestFilter.FromXml(args[1]) : TestFilter.Empty;
var runner = new NUnitTestAssemblyRunner(new DefaultTestAssemblyBuilder());
runner.Load(assembly, new Dictionary<string, object> { ["NumberOfTestWorkers"] = 0, ["DefaultTimeout"] = 120_000 });
var failures = new FailureList(Console.WriteLine);
var result = runner.Run(failures, filter);
if (args.Length > 2)
{
    var (passed, failed, skipped) = (result.PassCount, result.FailCount, result.SkipCount);
    var sums = new { passed, failed, skipped, seconds = result.Duration, failures = failures.Messages };
    File.WriteAllText(args[2], JsonSerializer.Serialize(sums));
}

var seconds = result.Duration.ToString("F1", CultureInfo.InvariantCulture);
Console.WriteLine($"Tests: {result.PassCount} passed, {result.FailCount} failed, {result.SkipCount} skipped, in {seconds} s");
return result.FailCount == 0 && result.PassCount > 0 ? 0 : 1;
