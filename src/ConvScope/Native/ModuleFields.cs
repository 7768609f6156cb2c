using System.Collections;
using System.Reflection;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ConvScope.Native;

/// <summary>Where one module keeps its parameters and buffers, as TorchSharp's <c>Module.to</c> will look for them.</summary>
/// <param name="path">Path of the module in the network, for messages.</param>
/// <param name="module">The module.</param>
internal sealed class ModuleFields(string path, nn.Module module)
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const string Advice = "TorchSharp's to() disposes what it replaces and finds fields by their component names alone: add";

    private static readonly FieldInfo? _registry = typeof(nn.Module).GetField("_internal_params", Own);

    private string Text => $"'{path}' ({module.GetType().Name})";

    /// <summary>What a move would lose, a line each.</summary>
    public IEnumerable<string> Unmovable()
    {
        if (IsTorchSharps(module.GetType()))
            return []; // its modules know how to move themselves
        return Doubled()
            .Select(name => $"Module {Text} has two members called '{name}' for TorchSharp's to(), which then fails: "
                + "give one of them another name or [ComponentName].")
            .Concat(Registered().SelectMany(entry => Unmovable(entry.Name, entry.Tensor, entry.Kind)));
    }

    /// <summary>What a move that was made has lost, a line each.</summary>
    public IEnumerable<string> Lost()
    {
        foreach (var (name, parameter) in Entries())
        {
            if (parameter is { IsInvalid: true })
            {
                yield return $"Parameter '{name}' of module {Text} is disposed. Was it shared with another module when that one was moved? "
                    + "Let them share it after the move.";
            }
            else if (KeptByProperty(name) is { IsInvalid: false } kept && kept.Handle != parameter?.Handle)
            {
                yield return $"Property '{name}' of module {Text} and its registered parameter are two tensors since it was moved: "
                    + $"what is trained is not what is used. Keep it in a field, and {Attribute(name)} on that.";
            }
        }

        foreach (var field in Fields())
        {
            if (IsLost(field.GetValue(module)))
                yield return Lost(field);
            else if (Elements(field).Any(element => element is Parameter { IsInvalid: true }))
            {
                yield return $"Module {Text} keeps a disposed parameter among the elements of field '{field.Name}': "
                    + "TorchSharp's to() has replaced it. Keep it in a ParameterList, or ask for get_parameter where it is used.";
            }
        }
    }

    private IEnumerable<string> Unmovable(string name, Tensor tensor, string kind)
    {
        if (module.GetType().GetProperty(name) is { } property)
        {
            if (!property.CanWrite || IsAutomatic(property))
            {
                yield return $"Module {Text} keeps {kind} '{name}' in a property of that name, which TorchSharp's to() cannot replace: "
                    + $"keep it in a field, and {Attribute(name)} on that.";
            }

            yield break;
        }

        foreach (var field in Fields().Where(field => Component(field) != name && ReferenceEquals(field.GetValue(module), tensor)))
            yield return $"Module {Text} keeps {kind} '{name}' in field '{field.Name}'. {Advice} {Attribute(name)} to the field.";
        foreach (var field in Fields().Where(field => Elements(field).Any(element => ReferenceEquals(element, tensor))))
        {
            yield return $"Module {Text} keeps {kind} '{name}' among the elements of field '{field.Name}', "
                + $"which TorchSharp's to() does not replace: keep it in a ParameterList, or ask for get_parameter(\"{name}\") each time.";
        }
    }

    /// <summary>Parameters and buffers under the names by which they are registered.</summary>
    private IEnumerable<(string Name, Tensor Tensor, string Kind)> Registered() =>
    [
        .. module.named_parameters(recurse: false).Select(pair => (pair.name, (Tensor)pair.parameter, "parameter")),
        .. module.named_buffers(recurse: false).Select(pair => (pair.name, pair.buffer, "buffer")),
    ];

    /// <summary>The registered parameters with those that are disposed, which TorchSharp does not list.</summary>
    private IEnumerable<(string Name, Parameter? Parameter)> Entries() =>
        _registry?.GetValue(module) is IEnumerable<(string Name, Parameter Parameter)> entries
            ? entries.Select(entry => (entry.Name, (Parameter?)entry.Parameter))
            : module.named_parameters(recurse: false).Select(pair => (pair.name, (Parameter?)pair.parameter));

    /// <summary>The fields of the module's own types, those of its base types included, TorchSharp's not.</summary>
    private IEnumerable<FieldInfo> Fields()
    {
        for (var type = module.GetType(); type is not null && !IsTorchSharps(type); type = type.BaseType)
        {
            foreach (var field in type.GetFields(Own))
                yield return field;
        }
    }

    /// <summary>Names that TorchSharp would find twice.</summary>
    private IEnumerable<string> Doubled() =>
    [
        .. Fields().DistinctBy(field => field.Name).GroupBy(Component).Where(group => group.Count() > 1).Select(group => group.Key),
        .. module.GetType().GetProperties().GroupBy(property => property.Name).Where(group => group.Count() > 1).Select(group => group.Key),
    ];

    /// <summary>What is registered and no field holds, the one that is called like the field first, is what the field has lost.</summary>
    private string Lost(FieldInfo field)
    {
        var held = Fields().Select(other => other.GetValue(module)).OfType<Tensor>().Where(tensor => !tensor.IsInvalid);
        var handles = held.Select(tensor => tensor.Handle).ToHashSet();
        var homeless = Registered().Where(entry => !handles.Contains(entry.Tensor.Handle)).ToArray();
        var plain = field.Name.Trim('_');
        var first = homeless.FirstOrDefault();
        var lost = homeless.FirstOrDefault(entry => entry.Name.Equals(plain, StringComparison.OrdinalIgnoreCase), first);
        var name = lost.Name ?? plain;
        return $"Module {Text} keeps {lost.Kind ?? "parameter"} '{name}' in field '{field.Name}', "
            + "which holds what was disposed when the module was moved to a device or another type. "
            + $"{Advice} {Attribute(name)} to the field.";
    }

    /// <summary>Whether a field holds a parameter that was disposed, or a buffer: other tensors come and go as the module likes.</summary>
    private bool IsLost(object? value) => value switch
    {
        Parameter parameter => parameter.IsInvalid,
        Tensor { IsInvalid: true } => Registered().Any(entry => entry.Kind == "buffer" && !IsHeld(entry.Tensor)),
        _ => false,
    };

    private bool IsHeld(Tensor tensor) => Fields().Any(field => ReferenceEquals(field.GetValue(module), tensor));

    /// <summary>The tensors of a field that holds an array, list or dictionary of them.</summary>
    private IEnumerable<object?> Elements(FieldInfo field) => field.GetValue(module) switch
    {
        nn.Module => [],
        IDictionary dictionary when HoldsTensors(dictionary, typeof(IDictionary<,>)) => dictionary.Values.Cast<object?>(),
        IEnumerable collection when HoldsTensors(collection, typeof(IEnumerable<>)) => collection.Cast<object?>(),
        _ => [],
    };

    private static bool HoldsTensors(object collection, Type definition) => collection.GetType().GetInterfaces()
        .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == definition)
        .Any(type => type.GetGenericArguments()[^1].IsAssignableTo(typeof(Tensor)));

    /// <summary>What an automatic property of a parameter's name holds; null where there is none.</summary>
    private Parameter? KeptByProperty(string name) => BackingField(name)?.GetValue(module) as Parameter;

    private bool IsAutomatic(PropertyInfo property) => !IsTorchSharps(property.DeclaringType!) && BackingField(property.Name) is not null;

    private FieldInfo? BackingField(string property) => Fields().FirstOrDefault(field => field.Name == $"<{property}>k__BackingField");

    private static bool IsTorchSharps(Type type) => type.Assembly == typeof(torch).Assembly;

    private static string Component(FieldInfo field) => field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;

    private static string Attribute(string name) => $"[ComponentName(Name = \"{name}\")]";
}
