using ConvScope.Datasets;
using ConvScope.Records.Networks;
using Microsoft.Extensions.Logging;
using Microsoft.ML.Transforms.Image;

namespace ConvScope.ML.Scoring;

/// <summary>Brings the pixels of rows into one contiguous buffer: copied, dense or sparse as they come, or decoded.</summary>
internal abstract class FeatureReader : IDisposable
{
    /// <summary>The buffer: an array of bytes or floats, image after image.</summary>
    public abstract Array Buffer { get; }

    /// <summary>Copies the row's pixels to the place of image <paramref name="index"/>, which must lie in the buffer.</summary>
    /// <returns>Null, or why the row has no pixels that a network can take.</returns>
    /// <exception cref="InvalidOperationException">The vector has another length than its type promised.</exception>
    /// <exception cref="Records.Files.DamagedFileException">The image cannot be decoded, and the decoding says that this is the end; the message names it.</exception>
    public abstract string? Read(int index);

    /// <summary>Changes the number of images that the buffer holds, keeping those that it has.</summary>
    public abstract void Resize(int images);

    /// <summary>A reader over a row.</summary>
    /// <param name="row">Row or cursor in which the column is active.</param>
    /// <param name="column">The feature column.</param>
    /// <param name="images">Number of images that the buffer holds.</param>
    /// <param name="shape">Shape of one image.</param>
    /// <param name="decoding">How images are decoded where the column holds such.</param>
    /// <param name="log">Gets a warning for rows whose image cannot be decoded.</param>
    public static FeatureReader Create(DataViewRow row, DataViewSchema.Column column, int images, Shape shape, ImageDecoding decoding, ILogger? log) => column.Type switch
    {
        TextDataViewType => new PathReader(row, column, images, shape, decoding, log),
        ImageDataViewType => new DecodedReader(row, column, images, shape, decoding, log),
        VectorDataViewType { IsKnownSize: false } => new FileReader(row, column, images, shape, decoding, log),
        VectorDataViewType type when type.ItemType.RawType == typeof(byte) => new Reader<byte>(row, column, images, shape, _ => true),
        _ => new Reader<float>(row, column, images, shape, AllFinite),
    };

    /// <summary>Closes archives that paths led into.</summary>
    public abstract void Dispose();

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                return false;
        }

        return true;
    }

    private delegate bool Check<T>(ReadOnlySpan<T> values);

    private sealed class Reader<T> : FeatureReader
    {
        private readonly string _name;
        private readonly DataViewRow _source;
        private readonly int _size;
        private readonly ValueGetter<VBuffer<T>> _getter;
        private readonly Check<T> _isFinite;
        private readonly int _channels; // of a pixel, where they stand together; else 1
        private readonly T[] _turned;
        private T[] _buffer;
        private VBuffer<T> _row;

        public Reader(DataViewRow row, DataViewSchema.Column column, int images, Shape shape, Check<T> isFinite)
        {
            _channels = FeatureColumn.IsInterleaved(column, shape) ? shape.Channels : 1;
            _name = column.Name;
            _source = row;
            _size = ((VectorDataViewType)column.Type).Size;
            _getter = row.GetGetter<VBuffer<T>>(column);
            _isFinite = isFinite;
            _buffer = NewBuffer(images);
            _turned = _channels > 1 ? new T[_size] : [];
        }

        public override Array Buffer => _buffer;

        public override string? Read(int index)
        {
            _getter(ref _row);
            if (_row.Length != _size)
                throw new InvalidOperationException($"Row {_source.Position} has {_row.Length} values in feature column '{_name}', which promises {_size}. Every row needs all of them: drop it, or mend what makes it.");
            var target = _buffer.AsSpan(index * _size, _size);
            if (_channels == 1)
                _row.CopyTo(target);
            else
                Turn(target);
            return _isFinite(target) ? null : "it has a value that is not a finite number";
        }

        /// <summary>Copies the row with its channels one after another.</summary>
        private void Turn(Span<T> target)
        {
            _row.CopyTo(_turned);
            var pixels = _size / _channels;
            for (var channel = 0; channel < _channels; channel++)
            {
                for (var pixel = 0; pixel < pixels; pixel++)
                    target[channel * pixels + pixel] = _turned[pixel * _channels + channel];
            }
        }

        public override void Resize(int images)
        {
            if (images * (long)_size == _buffer.LongLength)
                return;
            var larger = NewBuffer(images);
            Array.Copy(_buffer, larger, Math.Min(_buffer.LongLength, larger.LongLength));
            _buffer = larger;
        }

        public override void Dispose()
        {
        }

        private T[] NewBuffer(int images) => images * (long)_size <= Array.MaxLength
            ? new T[images * (long)_size]
            : throw new InvalidOperationException($"{images} images of {_size} values are more than one array holds ({Array.MaxLength} values).");
    }
}
