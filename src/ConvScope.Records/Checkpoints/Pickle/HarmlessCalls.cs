namespace ConvScope.Records.Checkpoints.Pickle;

/// <summary>What Python may call without harm where it loads a file: constructors of plain values that do nothing else. Whatever is not here is told to the user.</summary>
internal static class HarmlessCalls
{
    private static readonly HashSet<string> _names = new(StringComparer.Ordinal)
    {
        "argparse.Namespace", "types.SimpleNamespace", "decimal.Decimal", "fractions.Fraction", "uuid.UUID", "_codecs.encode", "re._compile", "zoneinfo.ZoneInfo._unpickle",
        "copyreg._reconstructor", "copy_reg._reconstructor", "copyreg.__newobj__", "copyreg.__newobj_ex__",
        "collections.OrderedDict", "collections.Counter", "collections.defaultdict", "collections.deque", "collections.ChainMap",
        "datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta", "datetime.timezone", "datetime.tzinfo",
        "pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath", "pathlib.PurePath", "pathlib.PurePosixPath", "pathlib.PureWindowsPath",
        "pathlib._local.Path", "pathlib._local.PosixPath", "pathlib._local.WindowsPath", "pathlib._local.PurePath", "pathlib._local.PurePosixPath", "pathlib._local.PureWindowsPath",
        "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray._reconstruct", "numpy.core.multiarray.scalar", "numpy._core.multiarray._reconstruct", "numpy._core.multiarray.scalar",
        "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer", "numpy.random._pickle.__randomstate_ctor", "numpy.random._pickle.__generator_ctor",
        "numpy.random._pickle.__bit_generator_ctor", "numpy.random.__RandomState_ctor", "numpy.ma.core._mareconstruct",
        "torch.jit._pickle.build_intlist", "torch.jit._pickle.build_doublelist", "torch.jit._pickle.build_boollist", "torch.jit._pickle.build_tensorlist", "torch.jit._pickle.restore_type_tag",
        "torch.Size", "torch.device", "torch.Tensor", "torch.nn.parameter.Parameter", "torch.serialization._get_layout", "torch.storage.UntypedStorage", "torch.UntypedStorage",
    };

    private static readonly string[] _plain = ["set", "frozenset", "list", "tuple", "dict", "int", "float", "bool", "str", "bytes", "bytearray", "complex", "slice", "range", "object", "long", "unicode", "xrange"];
    private static readonly HashSet<string> _dangerous = new(StringComparer.Ordinal)
    {
        "os", "posix", "nt", "sys", "subprocess", "builtins", "__builtin__", "importlib", "runpy", "shutil", "socket", "pty", "ctypes", "code", "commands", "pickle", "_pickle", "marshal", "multiprocessing", "webbrowser",
    };

    /// <summary>Whether a call does no more than make a value.</summary>
    public static bool Contains(object callable, InertKind kind)
    {
        var name = PythonText.Name(callable);
        if (_names.Contains(name) || name.StartsWith("torch._utils._rebuild_", StringComparison.Ordinal)
            || name.StartsWith("torch._tensor._rebuild_", StringComparison.Ordinal) || name.StartsWith("numpy.dtypes.", StringComparison.Ordinal))
            return true;
        if (callable is not (InertName or PickleGlobal))
            return false; // what a call gave is called
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var (module, rest) = (name[..dot], name[(dot + 1)..]);
        if (module is "builtins" or "__builtin__" && _plain.Contains(rest))
            return true;
        return kind == InertKind.New && !_dangerous.Contains(module); // __new__ of a class makes an empty object
    }
}
