using System.Globalization;
using System.Text;
using ConvScope.Records.Checkpoints.Pickle;

namespace ConvScope.Records.Checkpoints;

/// <summary>Values of a pickle as Python would write them, in one line of bounded length, whatever they hold and however they refer to each other.</summary>
internal static class PythonText
{
    private const int Longest = 200;
    private const int Deepest = 6;

    /// <summary>A value in one line.</summary>
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Append(text, value, 0);
        return Cut(text);
    }

    /// <summary>A call in one line.</summary>
    public static string Call(object callable, IReadOnlyList<object?> arguments)
    {
        var text = new StringBuilder(Name(callable)).Append('(');
        List(text, arguments, 1);
        return Cut(text.Append(')'));
    }

    /// <summary>Module and name of what is called; for the result of a call, that call.</summary>
    public static string Name(object? callable) => callable switch
    {
        InertName name => name.ToString(),
        PickleGlobal known => known.Name,
        _ => Of(callable),
    };

    private static void Append(StringBuilder text, object? value, int depth)
    {
        if (text.Length > Longest || depth > Deepest)
        {
            text.Append('…');
            return;
        }

        switch (value)
        {
            case null: text.Append("None"); break;
            case bool truth: text.Append(truth ? "True" : "False"); break;
            case string words: Quote(text, words); break;
            case byte[] bytes: text.Append(CultureInfo.InvariantCulture, $"<{bytes.Length} bytes>"); break;
            case StoredTensor tensor: text.Append(CultureInfo.InvariantCulture, $"<tensor {tensor.Type.TorchName()} {tensor.ShapeText}>"); break;
            case InertName or PickleGlobal: text.Append(Name(value)); break;
            case InertKey key: Append(text, key.Value, depth + 1); break;
            case InertObject made: Object(text, made, depth); break;
            case IReadOnlyDictionary<object, object?> dictionary:
                text.Append('{');
                Pairs(text, dictionary, ": ", depth + 1);
                text.Append('}');
                break;
            case object?[] tuple:
                text.Append('(');
                List(text, tuple, depth + 1);
                text.Append(tuple.Length == 1 ? ",)" : ")");
                break;
            case IReadOnlyList<object?> list:
                text.Append('[');
                List(text, list, depth + 1);
                text.Append(']');
                break;
            case System.Numerics.BigInteger number when number.GetByteCount() > Longest: text.Append(CultureInfo.InvariantCulture, $"<number of {number.GetByteCount()} bytes>"); break;
            default: text.Append(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    private static void Object(StringBuilder text, InertObject made, int depth)
    {
        Append(text, made.Callable, depth + 1);
        text.Append('(');
        List(text, made.Arguments, depth + 1);
        foreach (var part in new[] { made.Keywords, made.State as IReadOnlyDictionary<object, object?> }.OfType<IReadOnlyDictionary<object, object?>>().Where(part => part.Count > 0))
        {
            text.Append(made.Arguments.Count > 0 ? ", " : "");
            Pairs(text, part, "=", depth + 1);
        }

        text.Append(')');
        if (made.Items.Count > 0)
            Append(text, made.Items, depth + 1);
        if (made.Entries.Count > 0)
            Append(text, made.Entries, depth + 1);
    }

    private static void List(StringBuilder text, IReadOnlyList<object?> items, int depth)
    {
        for (var i = 0; i < items.Count && text.Length <= Longest; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Append(text, items[i], depth);
        }
    }

    private static void Pairs(StringBuilder text, IReadOnlyDictionary<object, object?> pairs, string between, int depth)
    {
        var first = true;
        foreach (var (key, value) in pairs)
        {
            if (text.Length > Longest)
                return;
            text.Append(first ? "" : ", ");
            first = false;
            if (between == "=" && key is string name)
                text.Append(name.AsSpan(0, Math.Min(name.Length, Longest)));
            else
                Append(text, key, depth);
            text.Append(between);
            Append(text, value, depth);
        }
    }

    private static void Quote(StringBuilder text, string words)
    {
        text.Append('"');
        foreach (var letter in words.AsSpan(0, Math.Min(words.Length, Longest)))
            text.Append(letter is '"' or '\\' ? $"\\{letter}" : letter == '\n' ? "\\n" : char.IsControl(letter) ? "?" : $"{letter}");
        text.Append(words.Length > Longest ? "…\"" : "\"");
    }

    private static string Cut(StringBuilder text) => text.Length <= 2 * Longest ? text.ToString() : $"{text.ToString(0, 2 * Longest)}…";
}
