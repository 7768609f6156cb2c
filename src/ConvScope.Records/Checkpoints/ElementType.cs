using System.Diagnostics.CodeAnalysis;

namespace ConvScope.Records.Checkpoints;

/// <summary>What the elements of a tensor in a file are. All are little-endian.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The names of the types are what this is about.")]
public enum ElementType
{
    /// <summary>32-bit float.</summary>
    Float32,

    /// <summary>64-bit float.</summary>
    Float64,

    /// <summary>16-bit float with 5 bits of exponent, IEEE 754 binary16.</summary>
    Float16,

    /// <summary>16-bit float with the 8 bits of exponent of a 32-bit one.</summary>
    BFloat16,

    /// <summary>Unsigned byte.</summary>
    UInt8,

    /// <summary>Signed byte.</summary>
    Int8,

    /// <summary>16-bit signed integer.</summary>
    Int16,

    /// <summary>32-bit signed integer.</summary>
    Int32,

    /// <summary>64-bit signed integer.</summary>
    Int64,

    /// <summary>Truth value in one byte, 0 or 1.</summary>
    Bool,

    /// <summary>Two 32-bit floats, real part first.</summary>
    Complex64,

    /// <summary>Two 64-bit floats, real part first.</summary>
    Complex128,

    /// <summary>Two 16-bit floats, real part first.</summary>
    Complex32,

    /// <summary>16-bit unsigned integer.</summary>
    UInt16,

    /// <summary>32-bit unsigned integer.</summary>
    UInt32,

    /// <summary>64-bit unsigned integer.</summary>
    UInt64,

    /// <summary>8-bit float of 4 bits of exponent (bias 7) and 3 of fraction, without infinities.</summary>
    Float8E4M3FN,

    /// <summary>8-bit float of 5 bits of exponent (bias 15) and 2 of fraction, with infinities: the upper half of a binary16.</summary>
    Float8E5M2,

    /// <summary>8-bit float of 4 bits of exponent (bias 8) and 3 of fraction, without infinities and negative zero.</summary>
    Float8E4M3FNUZ,

    /// <summary>8-bit float of 5 bits of exponent (bias 16) and 2 of fraction, without infinities and negative zero.</summary>
    Float8E5M2FNUZ,

    /// <summary>A power of two: 8 bits of exponent (bias 127), no sign, no fraction; a scale of other numbers.</summary>
    Float8E8M0FNU,

    /// <summary>Two 4-bit floats in a byte; it is listed, and its numbers are not taken apart.</summary>
    Float4E2M1FNx2,
}
