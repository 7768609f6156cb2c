using System.Linq.Expressions;
using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>Hooks of modules of any inputs and outputs: TorchSharp's take a function of the module's own types. What a module gets and gives is left as it is.</summary>
internal static class ForwardHooks
{
    private static readonly MethodInfo _invoke = typeof(Action<object?[], object?>).GetMethod(nameof(Action<object?[], object?>.Invoke))!;

    /// <summary>Calls back before a module's <c>call</c>.</summary>
    /// <returns>Takes the hook away; null for a module without hooks.</returns>
    public static Action? Before(nn.Module module, Action<object?[]> callback) => Register(module, "register_forward_pre_hook", (inputs, _) => callback(inputs), hasResult: false);

    /// <summary>Calls back after a module's <c>call</c>, with what it got and gave.</summary>
    /// <inheritdoc cref="Before" path="/returns" />
    public static Action? After(nn.Module module, Action<object?[], object?> callback) => Register(module, "register_forward_hook", callback, hasResult: true);

    /// <summary>The first tensor in a value: itself, or a part of a tuple, list or dictionary; null where there is none.</summary>
    public static Tensor? Tensor(object? value) => value switch
    {
        Tensor tensor => tensor,
        System.Runtime.CompilerServices.ITuple tuple => Enumerable.Range(0, tuple.Length).Select(index => Tensor(tuple[index])).FirstOrDefault(part => part is not null),
        System.Collections.IDictionary dictionary => Tensor(dictionary.Values),
        string => null,
        System.Collections.IEnumerable parts => parts.Cast<object?>().Select(Tensor).FirstOrDefault(part => part is not null),
        _ => null,
    };

    private static Action? Register(nn.Module module, string name, Action<object?[], object?> callback, bool hasResult)
    {
        if (module.GetType().GetMethods().FirstOrDefault(method => method.Name == name && method.GetParameters().Length == 1) is not { } register)
            return null;
        var type = register.GetParameters()[0].ParameterType;
        var signature = type.GetMethod("Invoke")!;
        ParameterExpression[] parameters = [.. signature.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType))];
        var inputs = parameters[1..^(hasResult ? 1 : 0)];
        Expression last = hasResult ? parameters[^1] : Expression.Constant(null);
        var call = Expression.Call(
            Expression.Constant(callback), _invoke, Expression.NewArrayInit(typeof(object), inputs.Select(input => Expression.Convert(input, typeof(object)))), Expression.Convert(last, typeof(object)));
        Expression unchanged = hasResult ? parameters[^1] : inputs is [var only] && only.Type == signature.ReturnType ? only : Expression.Default(signature.ReturnType);
        var hook = Expression.Lambda(type, Expression.Block(call, unchanged), parameters).Compile();
        var remover = register.Invoke(module, [hook])!;
        var remove = remover.GetType().GetMethod("remove")!;
        return () => remove.Invoke(remover, null);
    }
}
