using System.Globalization;
using System.Text;

namespace ConvScope.Records.Networks;

/// <summary>Writes a network's layer table as text in columns.</summary>
internal static class LayerTable
{
    private static readonly string[] _head = ["Layer", "Kind", "Output", "Parameters", "Multiply-adds"];

    public static string Write(NetworkSpec network)
    {
        string[][] rows =
        [
            _head,
            ["input", "", network.Input.ToString(), "", ""],
            .. network.Table.Select(row => (string[])[row.Layer.Name, row.Layer.Kind, row.Output.ToString(), Count(row.ParameterCount), Count(row.MultiplyAdds)]),
            ["total", "", "", Count(network.ParameterCount), Count(network.MultiplyAdds)],
        ];
        var widths = Enumerable.Range(0, _head.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var line = new string('-', widths.Sum() + 2 * (widths.Length - 1));

        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{network.Name}");
        for (var i = 0; i < rows.Length; i++)
        {
            if (i == 1 || i == rows.Length - 1)
                text.Append(line).Append('\n');
            text.Append(string.Join("  ", rows[i].Select((cell, column) => column < 3 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd()).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"memory: {MiB(network.ParameterCount)} of weights, {MiB(network.OutputCount)} of outputs an image\n");
        return text.Replace("\r\n", "\n").ToString();
    }

    private static string MiB(long floats) => string.Create(CultureInfo.InvariantCulture, $"{floats * sizeof(float) / 1048576.0:N2} MiB");

    private static string Count(long value) => value == 0 ? "" : value.ToString("N0", CultureInfo.InvariantCulture);
}
