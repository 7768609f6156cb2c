"""Which symbols of TorchSharp's bridge does a libtorch lack?  symbols.py BRIDGE.so LIBTORCH_FOLDER [out.json]

Reads ELF files itself: needs no binutils. 'atLoad' are those that the loader resolves when the bridge is loaded (data, vtables, typeinfo,
pointers to functions): one of them missing, and dlopen fails with a message. 'atCall' are resolved at their first call: one of them missing
ends the process ("symbol lookup error", exit code 127) when that function is called, and no exception says so.
"""
import json, mmap, os, struct, subprocess, sys


class Elf:
    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.m = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        assert self.m[:6] == b"\x7fELF\x02\x01", path
        offset, = struct.unpack_from("<Q", self.m, 0x28)
        size, count = struct.unpack_from("<HH", self.m, 0x3A)
        self.sections = [struct.unpack_from("<IIQQQQIIQQ", self.m, offset + i * size) for i in range(count)]

    def of_type(self, kind):
        return [s for s in self.sections if s[1] == kind]

    def text(self, section, at):
        start = self.sections[section][4] + at
        return self.m[start:self.m.find(b"\0", start)].decode("latin1")

    def symbols(self):
        """(index, name, defined, weak)"""
        for s in self.of_type(11):  # SHT_DYNSYM
            strings = self.sections[s[6]]
            names = self.m[strings[4]:strings[4] + strings[5]]
            for i, (name, info, _, index, _, _) in enumerate(struct.iter_unpack("<IBBHQQ", self.m[s[4]:s[4] + s[5]])):
                if name:
                    yield i, names[name:names.index(b"\0", name)].decode("latin1"), index != 0, info >> 4 == 2

    def dynamic(self):
        found = {}
        for s in self.of_type(6):
            for tag, value in struct.iter_unpack("<QQ", self.m[s[4]:s[4] + s[5]]):
                if tag in (1, 14, 15, 29):
                    found.setdefault({1: "needed", 14: "soname", 15: "rpath", 29: "runpath"}[tag], []).append(self.text(s[6], value))
                elif tag == 24 or tag == 30 and value & 8 or tag == 0x6FFFFFFB and value & 1:
                    found["bindNow"] = True
        return found

    def eager(self):
        """Indices of symbols that a relocation other than JUMP_SLOT names."""
        tables = (struct.iter_unpack("<QQq", self.m[s[4]:s[4] + s[5]]) for s in self.of_type(4))
        return {info >> 32 for table in tables for _, info, _ in table if info >> 32 and info & 0xFFFFFFFF != 7}

    def needs(self):
        """Versions that it needs: {library: [version]}"""
        result = {}
        for s in self.of_type(0x6FFFFFFE):
            at = s[4]
            for _ in range(s[7]):
                _, count, file, aux, after = struct.unpack_from("<HHIII", self.m, at)
                entry, versions = at + aux, result.setdefault(self.text(s[6], file), [])
                for _ in range(count):
                    _, flags, _, name, next_entry = struct.unpack_from("<IHHII", self.m, entry)
                    versions.append(self.text(s[6], name) + (" (weak)" if flags & 2 else ""))
                    entry += next_entry
                at += after
        return result

    def gives(self):
        result = []
        for s in self.of_type(0x6FFFFFFD):
            at = s[4]
            for _ in range(s[7]):
                _, _, _, count, _, aux, after = struct.unpack_from("<HHHHIII", self.m, at)
                result.append(self.text(s[6], struct.unpack_from("<II", self.m, at + aux)[0]))
                at += after
        return result


def system(name):
    """Where the system's loader finds a library."""
    path = {**os.environ, "PATH": "/sbin:/usr/sbin:" + os.environ.get("PATH", "")}
    lines = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, env=path).stdout.splitlines()
    return next((line.split("=> ")[1] for line in lines if line.strip().startswith(name + " ") and "x86-64" in line), None)


bridge, folder = Elf(sys.argv[1]), sys.argv[2]
given, libraries = set(), {}
for name in ["libc10.so", "libtorch_cpu.so", "libtorch.so", "libc10_cuda.so", "libtorch_cuda.so"]:
    path = os.path.join(folder, name)
    if os.path.exists(path):
        elf = Elf(path)
        libraries[name] = {"bytes": os.path.getsize(path), **elf.dynamic()}
        if "cuda" not in name:
            given |= {symbol for _, symbol, defined, _ in elf.symbols() if defined}
versions = {}
for name in ["libstdc++.so.6", "libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"]:
    path = system(name)
    if path:
        elf = Elf(os.path.realpath(path))
        versions[name] = set(elf.gives())
        given |= {symbol for _, symbol, defined, _ in elf.symbols() if defined}
missing = [(i, name) for i, name, defined, weak in bridge.symbols() if not defined and not weak and name not in given]
eager = bridge.eager()
total = sum(1 for _, _, defined, _ in bridge.symbols() if not defined)
result = {
    "bridge": bridge.dynamic(), "libraries": libraries, "undefined": total,
    "missingAtLoad": sorted(name for i, name in missing if i in eager),
    "missingAtCall": sorted(name for i, name in missing if i not in eager),
    "missingVersions": {library: [v for v in wanted if v.split(" ")[0] not in versions.get(library, ())]
                        for library, wanted in bridge.needs().items()},
}
if len(sys.argv) > 3:
    with open(sys.argv[3], "w") as file:
        json.dump(result, file, indent=1)
shown = "\n".join(result["missingAtLoad"] + result["missingAtCall"])
try:
    shown = subprocess.run(["c++filt"], input=shown, capture_output=True, text=True).stdout
except FileNotFoundError:
    pass  # as they are
print(f"symbols: {total} undefined in the bridge, missing at load {len(result['missingAtLoad'])}, at call {len(result['missingAtCall'])}; "
      f"versions missing: {({k: v for k, v in result['missingVersions'].items() if v})}")
print(shown)
sys.exit(1 if result["missingAtLoad"] else 0)
