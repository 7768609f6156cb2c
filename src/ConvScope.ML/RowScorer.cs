namespace ConvScope.ML;

/// <summary>Runs a model over a buffer of images and keeps the probabilities of those rows.</summary>
internal sealed class RowScorer(ConvNetModel model, FeatureReader features, int capacity)
{
    private readonly int _classes = model.Network.ClassCount;
    private readonly float[] _scores = new float[capacity * model.Network.ClassCount];
    private readonly bool[] _finite = new bool[capacity];

    /// <summary>Takes the current row's pixels as image <paramref name="index"/> of the next batch.</summary>
    public void Take(int index) => _finite[index] = features.Read(index);

    /// <summary>Scores the first <paramref name="rows"/> images. A row with a pixel that is no finite number gets NaN for every class.</summary>
    public void Score(int rows)
    {
        if (rows == 0)
            return;
        model.Predict(features.Buffer, rows, _scores);
        for (var row = 0; row < rows; row++)
        {
            if (!_finite[row])
                _scores.AsSpan(row * _classes, _classes).Fill(float.NaN);
        }
    }

    /// <summary>Copies the probabilities of one image, <c>[K]</c>.</summary>
    public void CopyScore(int index, ref VBuffer<float> target)
    {
        var editor = VBufferEditor.Create(ref target, _classes);
        _scores.AsSpan(index * _classes, _classes).CopyTo(editor.Values);
        target = editor.Commit();
    }

    /// <summary>Key of the most probable class, from 1; 0, which is missing, for a row that could not be scored. The first of equals wins.</summary>
    public uint PredictedKey(int index)
    {
        var scores = _scores.AsSpan(index * _classes, _classes);
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best])
                best = i;
        }

        return float.IsNaN(scores[best]) ? 0 : (uint)best + 1;
    }
}
