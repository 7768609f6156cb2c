using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ConvScope.Records.Recording;
using ConvScope.Reporting;

namespace ConvScope.ML.Tests;

/// <summary>The rules of the design, held against the sources and the built assemblies. A failure lists every violation.</summary>
public sealed class ArchitectureTests
{
    /// <summary>The folders of each project in the order in which data meet them: each uses only those before it. The files beside them, the front door, stand where the empty name does.</summary>
    private static readonly Dictionary<string, string[]> _folders = new()
    {
        ["ConvScope.Records"] = ["Files", "Networks", "Checkpoints", "Recording", "Diagnosis"],
        ["ConvScope"] = ["Native", "Datasets", "Networks", "Augmentation", "Attribution", "Training", "Quantities", "Measuring", "Inspection", ""],
        ["ConvScope.Reporting"] = ["Palettes", "Curves", "Figures", "Comparison", "Checkpoints", "", "Views", "Html"],
        ["ConvScope.Dashboard"] = [""],
        ["ConvScope.ML"] = ["Labels", "Onnx", "Scoring", "Mapping", "Internals", "Heads", "", "Loading"],
        ["ConvScope.Tool"] = [""],
    };

    private static readonly Assembly[] _libraries = [typeof(RunRecord).Assembly, typeof(Scope).Assembly, typeof(RunFigures).Assembly, typeof(ConvNetTrainer).Assembly];

    private static readonly string _root = Root();

    private static readonly (string Path, string Text)[] _sources =
        [.. Directory.EnumerateFiles(Path.Combine(_root, "src"), "*.cs", SearchOption.AllDirectories).Select(file => (Path.GetRelativePath(_root, file).Replace('\\', '/'), File.ReadAllText(file)))];

    private static readonly Lazy<Dictionary<string, string[]>> _fronts = new(() => _folders.Keys.ToDictionary(project => project, project => _sources
        .Where(source => Folder(source.Path) == project).SelectMany(source => Regex.Matches(source.Text, @"^(?:public|internal) .*?\b(?:class|struct|record|interface|enum) (\w+)", RegexOptions.Multiline))
        .Select(match => match.Groups[1].Value).ToArray()));

    [Test]
    public void Sources_AreFound() => Assert.That(_sources.Select(source => source.Path), Has.Member("src/ConvScope.Records/Recording/RunRecord.cs"));

    [Test]
    public void Namespace_OfEachFile_IsItsFolder()
    {
        string[] exceptions =
        [
            "src/ConvScope.ML/Internals/IgnoresAccessChecksToAttribute.cs", // the runtime knows it by its full name
            "src/ConvScope.ML/Internals/OpenReferencesTask.cs", // run by the build, part of no assembly
        ];
        Assert.That(_sources.Where(source => !exceptions.Contains(source.Path) && !source.Text.Contains($"\nnamespace {Folder(source.Path).Replace('/', '.')};\n", StringComparison.Ordinal)
            && !source.Text.StartsWith($"namespace {Folder(source.Path).Replace('/', '.')};\n", StringComparison.Ordinal)).Select(source => source.Path), Is.Empty);
    }

    [Test]
    public void Folders_OfEachProject_AreThoseOfTheDesign() => Assert.That(
        _sources.Where(source => Path.GetExtension(source.Path) == ".cs" && !IsOfTheBuild(source.Path)).Select(source => (Project(source.Path), Room(source.Path))).Distinct()
            .Where(place => !_folders.TryGetValue(place.Item1, out var rooms) || !rooms.Contains(place.Item2)),
        Is.Empty);

    /// <summary>Rooms are told by the namespaces that a file names; those that come before the front must not name its types either, for which they need no namespace.</summary>
    [Test]
    public void Folders_OfEachProject_UseOnlyFoldersBeforeThem()
    {
        var violations = from source in _sources
                         let project = Project(source.Path)
                         let order = _folders[project]
                         where !IsOfTheBuild(source.Path)
                         let own = Array.IndexOf(order, Room(source.Path))
                         let folders = Regex.Matches(source.Text, $@"(?<![\w.]){Regex.Escape(project)}\.(\w+)").Select(match => match.Groups[1].Value)
                         from used in folders.Concat(own < Array.IndexOf(order, "") ? _fronts.Value[project].Where(name => Regex.IsMatch(Code(source.Text), $@"(?<![\w.]){name}\b")).Select(_ => "") : [])
                         where Array.IndexOf(order, used) > own
                         select $"{source.Path} uses {(used.Length == 0 ? "the front" : used)}";
        Assert.That(violations, Is.Empty);
    }

    /// <summary>A second decoder would see other pixels than the training did.</summary>
    [Test]
    public void ImageFiles_AreDecodedInOnePlace()
    {
        var pipelines = Directory.EnumerateFiles(Path.Combine(_root, "pipelines"), "*.cs").Select(file => (Path: Path.GetRelativePath(_root, file), Text: File.ReadAllText(file)));
        Assert.That(_sources.Concat(pipelines).Where(source => Regex.IsMatch(source.Text, @"\bSKCodec\b|\bSK(Bitmap|Image)\.(Decode|FromEncodedData)\b")).Select(source => Path.GetDirectoryName(source.Path)).Distinct(),
            Is.EqualTo(new[] { "src/ConvScope/Datasets/Decoding" }));
    }

    [Test]
    public void Assemblies_DependInOneDirection()
    {
        Assert.That(Own(typeof(RunRecord)), Is.Empty);
        Assert.That(Own(typeof(Scope)), Is.EqualTo(new[] { "ConvScope.Records", "ConvScope.Reporting" }));
        Assert.That(Own(typeof(RunFigures)), Is.EqualTo(new[] { "ConvScope.Records" }));
        Assert.That(Own(typeof(ConvNetTrainer)), Is.SubsetOf(new[] { "ConvScope", "ConvScope.Records", "ConvScope.Reporting" }));
        Assert.That(References(typeof(RunRecord)), Has.None.EqualTo("TorchSharp").And.None.EqualTo("SkiaSharp").And.None.StartsWith("Microsoft.ML"));
        Assert.That(References(typeof(Scope)), Has.None.StartsWith("Microsoft.ML"));
        Assert.That(References(typeof(RunFigures)), Has.None.StartsWith("Microsoft.ML").And.None.EqualTo("TorchSharp"));
    }

    [Test]
    public void Classes_AreAbstractSealedOrStatic()
    {
        Assembly[] assemblies = [.. _libraries, typeof(TemporaryFolder).Assembly];
        Assert.That(assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type is { IsClass: true, IsAbstract: false, IsSealed: false } && !IsGenerated(type)), Is.Empty);
    }

    [Test]
    public void StaticFields_AreNeverChanged()
    {
        var changeable = _libraries.SelectMany(assembly => assembly.GetTypes()).Where(type => !IsGenerated(type))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => field is { IsLiteral: false, IsInitOnly: false } && !field.IsDefined(typeof(CompilerGeneratedAttribute)));
        Assert.That(changeable.Select(field => $"{field.DeclaringType}.{field.Name}"), Is.Empty);
    }

    [Test]
    public void StaticProperties_HaveNoPublicSetter() => Assert.That(
        _libraries.SelectMany(assembly => assembly.GetExportedTypes()).SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public)).Where(property => property.SetMethod is { IsPublic: true }),
        Is.Empty);

    [Test]
    public void Libraries_NeverTouchTheConsole() => Assert.That(
        Matching(@"\bConsole\.").Where(path => path != "src/ConvScope.Tool/Terminal.cs"), Is.Empty, "the command asks there");

    /// <summary>An error has a type: nobody tells errors apart by their words.</summary>
    [Test]
    public void Messages_OfExceptions_AreNeverLookedAt() => Assert.That(Matching(@"\.Message\.(StartsWith|Contains|EndsWith|IndexOf)\("), Is.Empty);

    [Test]
    public void Sources_HaveNoRegions() => Assert.That(Matching(@"^\s*#region"), Is.Empty);

    [Test]
    public void Sources_HaveAtMost250Lines() => Assert.That(_sources.Where(source => source.Text.Count(letter => letter == '\n') > 250).Select(source => source.Path), Is.Empty);

    [Test]
    public void IgnoresAccessChecksTo_IsMentionedOnlyInInternals() => Assert.That(
        Matching("IgnoresAccessChecksTo").Where(path => Folder(path) != "ConvScope.ML/Internals"), Is.Empty);

    /// <summary>Read from the compiled code, since a source does not show what is internal in ML.NET.</summary>
    [Test]
    public void InternalsOfMicrosoftML_AreUsedOnlyInInternals()
    {
        var violations = from method in Methods(outside: true)
                         from member in Uses(method)
                         where IsOfMicrosoftML(member) && !IsVisible(member)
                         select $"{method.DeclaringType}.{method.Name} uses {member.DeclaringType}.{member.Name}";
        Assert.That(violations.Distinct(), Is.Empty);
    }

    [Test]
    public void InternalsOfMicrosoftML_UsedInInternals_AreSeenByThisRule() => Assert.That(
        Methods(outside: false).SelectMany(Uses).Any(member => IsOfMicrosoftML(member) && !IsVisible(member)), "else the rule above finds nothing anywhere");

    private static IEnumerable<MethodBase> Methods(bool outside) => typeof(ConvNetTrainer).Assembly.GetTypes().Where(type => type.Namespace is not ("ConvScope.ML.Internals" or "ConvScope.ML.Loading") == outside)
        .SelectMany(type => type.GetMembers(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)).OfType<MethodBase>();

    /// <summary>The types, methods and fields that a method's signature and instructions name.</summary>
    private static IEnumerable<MemberInfo> Uses(MethodBase method)
    {
        foreach (var parameter in method.GetParameters())
            yield return parameter.ParameterType;
        foreach (var implemented in method.DeclaringType!.GetInterfaces().Append(method.DeclaringType.BaseType!))
            yield return implemented;
        if (method.GetMethodBody() is not { } body)
            yield break;
        foreach (var local in body.LocalVariables)
            yield return local.LocalType;
        foreach (var token in Tokens(body.GetILAsByteArray()!))
        {
            var typeArguments = method.DeclaringType.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
            if (method.Module.ResolveMember(token, typeArguments, method.IsGenericMethod ? method.GetGenericArguments() : null) is { } member)
                yield return member;
        }
    }

    /// <summary>The metadata tokens in a method's instructions; sizes of operands as in ECMA-335, partition III.</summary>
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            var instruction = _instructions[value];
            at += instruction.Size;
            if (instruction.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                yield return BitConverter.ToInt32(code, at);
            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }

    private static readonly Dictionary<short, OpCode> _instructions = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(instruction => instruction.Value);

    private static bool IsOfMicrosoftML(MemberInfo member) => member.Module.Assembly.GetName().Name!.StartsWith("Microsoft.ML", StringComparison.Ordinal);

    private static bool IsVisible(MemberInfo member) => member switch
    {
        Type type => type.IsVisible || type.IsGenericParameter,
        MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && method.DeclaringType!.IsVisible,
        FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && field.DeclaringType!.IsVisible,
        _ => true,
    };

    /// <summary>A source without comments and without what stands in messages.</summary>
    private static string Code(string text) => Regex.Replace(Regex.Replace(text, "//[^\n]*", ""), "\"[^\"\n]*\"", "");

    private static IEnumerable<string?> Own(Type type) => References(type).Where(name => name!.StartsWith("ConvScope", StringComparison.Ordinal)).Order();

    private static IEnumerable<string?> References(Type type) => type.Assembly.GetReferencedAssemblies().Select(name => name.Name);

    private static bool IsGenerated(Type type) =>
        type.Name.StartsWith('<') || type.Namespace == "ConvScope.ML.Onnx.Format" /* protoc's */ || type.IsDefined(typeof(CompilerGeneratedAttribute)) || (type.DeclaringType is { } outer && IsGenerated(outer));

    private static IEnumerable<string> Matching(string pattern) =>
        _sources.Where(source => Regex.IsMatch(source.Text, pattern, RegexOptions.Multiline)).Select(source => source.Path);

    /// <summary>The folder below src, such as <c>ConvScope/Recording</c>.</summary>
    private static string Folder(string path) => path["src/".Length..path.LastIndexOf('/')];

    /// <summary>The project of a source, such as <c>ConvScope.Records</c>.</summary>
    private static string Project(string path) => Folder(path).Split('/')[0];

    /// <summary>The folder of a source in its project, such as <c>Recording</c>; empty for the front.</summary>
    private static string Room(string path) => Folder(path).Split('/').ElementAtOrDefault(1) ?? "";

    private static bool IsOfTheBuild(string path) => path.EndsWith("Task.cs", StringComparison.Ordinal) && Folder(path) == "ConvScope.ML/Internals";

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ConvScope.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' holds ConvScope.slnx.");
        return folder.FullName;
    }
}
