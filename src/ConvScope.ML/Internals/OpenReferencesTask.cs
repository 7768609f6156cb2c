// An MSBuild task, compiled and run by OpenReferences.targets; it is no part of the library.
using System;
using System.IO;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an assembly and makes its internal types and members public in the copy, for the compiler only: the flags of the metadata tables TypeDef, Field and
/// MethodDef are patched in place. What is private stays private. The runtime keeps loading the original. Numbers in brackets are sections of ECMA-335.
/// </summary>
public sealed class OpenReferences : Task
{
    private const int TypeRef = 1, TypeDef = 2, Field = 4, MethodDef = 6, Param = 8, ModuleRef = 26, TypeSpec = 27, AssemblyRef = 35;

    private byte[] _image;
    private int[] _rows;

    [Required]
    public ITaskItem[] Assemblies { get; set; }

    [Required]
    public string Folder { get; set; }

    public override bool Execute()
    {
        Directory.CreateDirectory(Folder);
        foreach (var assembly in Assemblies)
        {
            _image = File.ReadAllBytes(assembly.ItemSpec);
            OpenTables(FindTableStream(FindMetadata()));
            File.WriteAllBytes(Path.Combine(Folder, Path.GetFileName(assembly.ItemSpec)), _image);
        }

        return true;
    }

    /// <summary>The metadata root, by way of the PE header's fifteenth data directory and the CLI header [II.25].</summary>
    private int FindMetadata()
    {
        var pe = Int32(0x3C);
        var isPlus = Int16(pe + 24) == 0x20B;
        var cliHeader = Offset(pe, Int32(pe + 24 + (isPlus ? 112 : 96) + 14 * 8));
        return Offset(pe, Int32(cliHeader + 8));
    }

    private int Offset(int pe, int address)
    {
        var section = pe + 24 + Int16(pe + 20);
        for (var i = 0; i < Int16(pe + 6); i++, section += 40)
        {
            if (address >= Int32(section + 12) && address < Int32(section + 12) + Int32(section + 16))
                return address - Int32(section + 12) + Int32(section + 20);
        }

        throw new BadImageFormatException("An address lies in no section.");
    }

    /// <summary>The stream named #~ [II.24.2.2].</summary>
    private int FindTableStream(int root)
    {
        var header = root + 16 + Int32(root + 12) + 4;
        for (var i = 0; i < Int16(header - 2); i++)
        {
            if (Int16(header + 8) == ('#' | '~' << 8))
                return root + Int32(header);
            var name = header + 8;
            while (_image[name] != 0)
                name++;
            header = header + 8 + (name - header - 8 + 4) / 4 * 4;
        }

        throw new BadImageFormatException("There is no stream of tables.");
    }

    /// <summary>The tables lie one after another; the sizes of those up to MethodDef are all that is needed [II.24.2.6, II.22].</summary>
    private void OpenTables(int stream)
    {
        var present = BitConverter.ToUInt64(_image, stream + 8);
        var position = stream + 24;
        _rows = new int[64];
        for (var table = 0; table < 64; table++)
        {
            if ((present >> table & 1) != 0)
            {
                _rows[table] = Int32(position);
                position += 4;
            }
        }

        int text = (_image[stream + 6] & 1) != 0 ? 4 : 2, guid = (_image[stream + 6] & 2) != 0 ? 4 : 2, blob = (_image[stream + 6] & 4) != 0 ? 4 : 2;
        int[] sizes =
        {
            2 + text + 3 * guid,
            Coded(0, ModuleRef, AssemblyRef, TypeRef) + 2 * text,
            4 + 2 * text + Coded(TypeDef, TypeRef, TypeSpec) + Index(Field) + Index(MethodDef),
            Index(Field),
            2 + text + blob,
            Index(MethodDef),
            8 + text + blob + Index(Param),
        };
        for (var table = 0; table <= MethodDef; position += _rows[table] * sizes[table], table++)
        {
            for (var row = 0; row < _rows[table]; row++)
            {
                var start = position + row * sizes[table];
                if (table == TypeDef)
                    _image[start] = OpenType(_image[start]);
                else if (table == Field)
                    _image[start] = OpenMember(_image[start]);
                else if (table == MethodDef)
                    _image[start + 6] = OpenMember(_image[start + 6]);
            }
        }
    }

    /// <summary>Internal to public, nested internal to nested public [II.23.1.15].</summary>
    private static byte OpenType(byte flags)
    {
        var visibility = flags & 7;
        return (byte)(visibility == 0 ? flags | 1 : visibility >= 5 ? flags & ~7 | 2 : flags);
    }

    /// <summary>Internal, and internal with family, to public [II.23.1.5, II.23.1.10].</summary>
    private static byte OpenMember(byte flags)
    {
        var visibility = flags & 7;
        return (byte)(visibility == 2 || visibility == 3 || visibility == 5 ? flags & ~7 | 6 : flags);
    }

    private int Index(int table)
    {
        return _rows[table] < 1 << 16 ? 2 : 4;
    }

    /// <summary>A coded index over up to four tables has two tag bits.</summary>
    private int Coded(params int[] tables)
    {
        return Array.TrueForAll(tables, table => _rows[table] < 1 << 14) ? 2 : 4;
    }

    private int Int32(int offset)
    {
        return BitConverter.ToInt32(_image, offset);
    }

    private int Int16(int offset)
    {
        return BitConverter.ToUInt16(_image, offset);
    }
}
