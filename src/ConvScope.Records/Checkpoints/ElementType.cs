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
}
