using ConvScope.ML.Scoring;

namespace ConvScope.ML.Mapping;

/// <summary>Runs a network over a buffer of images and keeps the numbers of those rows. It serves one cursor or row, and holds no native memory.</summary>
internal sealed class RowValues(AddedColumns columns, FeatureReader features, int capacity) : IDisposable
{
    private readonly int _width = columns.ValueCount;
    private readonly float[] _values = new float[(long)capacity * columns.ValueCount];
    private readonly bool[] _finite = new bool[capacity];

    /// <summary>Takes the current row's pixels as image <paramref name="index"/> of the next batch.</summary>
    public void Take(int index) => _finite[index] = features.Read(index) is null;

    /// <summary>Computes the first <paramref name="rows"/> images. A row without an image, or with a pixel that is no finite number, gets NaN everywhere.</summary>
    public void Compute(int rows)
    {
        if (rows == 0)
            return;
        columns.Compute(features.Buffer, rows, _values.AsSpan(0, rows * _width));
        for (var row = 0; row < rows; row++)
        {
            if (!_finite[row])
                _values.AsSpan(row * _width, _width).Fill(float.NaN);
        }
    }

    /// <summary>The numbers of one image.</summary>
    public ReadOnlySpan<float> Row(int index) => _values.AsSpan(index * _width, _width);

    /// <summary>Copies the numbers of one image.</summary>
    public void Copy(int index, ref VBuffer<float> target)
    {
        var editor = VBufferEditor.Create(ref target, _width);
        Row(index).CopyTo(editor.Values);
        target = editor.Commit();
    }

    public void Dispose() => features.Dispose();
}
