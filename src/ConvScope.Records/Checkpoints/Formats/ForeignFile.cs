using System.Text;

namespace ConvScope.Records.Checkpoints.Formats;

/// <summary>Files that people take for checkpoints, told from their first bytes, with what to do.</summary>
internal static class ForeignFile
{
    /// <summary>Why a file is none of ours.</summary>
    public static string Reason(ReadOnlySpan<byte> first)
    {
        var text = Encoding.ASCII.GetString(first).TrimStart();
        if (first.IsEmpty)
            return "the file is empty";
        if (first is [0x89, (byte)'H', (byte)'D', (byte)'F', ..])
            return "the file is HDF5, as Keras writes .h5; load it there and save its arrays with numpy.savez, which is read";
        if (first.StartsWith("GGUF"u8))
            return "the file is GGUF, quantised weights for llama.cpp, which are not read; the model's safetensors file is";
        if (text.StartsWith("version https://git-lfs", StringComparison.Ordinal))
            return "the file is a pointer of Git LFS and not the weights; fetch them with 'git lfs pull'";
        if (text.StartsWith('<'))
            return "the file is a web page (HTML or XML) and not the weights; the download asked for a login or failed";
        if (first is [0x1f, 0x8b, ..])
            return "the file is compressed with gzip; unpack it first";
        return $"the file begins with the bytes {Convert.ToHexStringLower(first[..Math.Min(9, first.Length)])}, and neither a PyTorch file nor safetensors does so";
    }
}
