#!/usr/bin/env bash
# ./build.sh --target=GpuKit: packs the checks, the tests of the core, the installed .NET runtime and MNIST into .gpu/kit.tar.xz, for a
# machine that has a GPU, a PyTorch and neither .NET nor a network. The kit has no libtorch: it takes the one that is there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../../.."
most=$((60 * 1000 * 1000))
out=$PWD/.gpu stage=$PWD/.gpu/stage
rm -rf "$out" && mkdir -p "$stage/app" "$stage/dotnet/shared/Microsoft.NETCore.App" "$stage/dotnet/host/fxr" "$stage/cache" "$stage/lib"
trap 'rm -rf "$stage"' EXIT

# Artifacts of its own: the others hold a libtorch, which a program for another one must not carry.
for project in ConvScope.Tests ConvScope.NUnitRun ConvScope.GpuCheck; do
    dotnet build "tests/$project" -c Release -p:TorchBackend=external -p:ArtifactsPath="$PWD/artifacts/external" -v q -nologo
    cp -r "artifacts/external/bin/$project/release_linux-x64/." "$stage/app/"
done
find "$stage/app" \( -name '*.pdb' -o -name '*.xml' -o -name '*.dbg' \) -delete
if ls "$stage"/app/libtorch*.so > /dev/null 2>&1; then
    echo "A libtorch lies in the kit." >&2
    exit 1
fi

# The runtime as it is installed, less what only debuggers use.
root=$(dirname "$(readlink -f "$(command -v dotnet)")")
version=$(basename "$(find "$root/shared/Microsoft.NETCore.App" -maxdepth 1 -name '10.*' | sort -V | tail -1)")
cp "$root/dotnet" "$stage/dotnet/"
cp -r "$root/host/fxr/$version" "$stage/dotnet/host/fxr/"
runtime=$stage/dotnet/shared/Microsoft.NETCore.App/$version
cp -r "$root/shared/Microsoft.NETCore.App/$version" "$runtime"
rm -f "$runtime"/{libmscordbi.so,libmscordaccore.so,libclrgcexp.so,libcoreclrtraceptprovider.so,createdump}

# OpenSSL, with which .NET computes checksums: a machine with a Python of its own may have none. run.sh uses it only there.
for library in libssl.so.3 libcrypto.so.3; do
    path=$(PATH=/sbin:/usr/sbin:$PATH ldconfig -p | awk -v name="$library" '$1 == name && /x86-64/ { print $NF; exit }')
    [ -z "$path" ] || cp -L "$path" "$stage/lib/"
done

dotnet exec "$stage/app/ConvScope.GpuCheck.dll" fetch
cp -r "${CONVSCOPE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/convscope}/mnist" "$stage/cache/"
cp "$here"/{run.sh,symbols.py,twin.py} "$stage/"
tar -C "$stage" -cf - . | xz -T2 -6 > "$out/kit.tar.xz"
size=$(stat -c %s "$out/kit.tar.xz")
echo "Packed .gpu/kit.tar.xz: $((size / 1000000)) MB, .NET $version. docs/gpu.md says how to use it."
if [ "$size" -gt "$most" ]; then
    echo "That is more than the $((most / 1000000)) MB that a kit may have." >&2
    exit 1
fi
