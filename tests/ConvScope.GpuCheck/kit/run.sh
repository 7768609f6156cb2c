#!/usr/bin/env bash
# On the machine with the GPU, after unpacking the kit:  bash run.sh
# Variables: LIMIT (300 seconds), DEVICE (cuda), SCALE (1), OUT (folder for results), CONVSCOPE_LIBTORCH (torch/lib of a Python
# installation; looked for where it is unset).
# Every figure goes to $OUT as JSON; what is printed is short. Leaves the card's settings alone.
set -uo pipefail
kit=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${OUT:-$kit/out}
begin=$SECONDS limit=${LIMIT:-300}
device=${DEVICE:-cuda} scale=${SCALE:-1}
left() { echo $((limit - (SECONDS - begin))); }
mkdir -p "$out" && rm -f "$out/current" && : > "$out/checks.jsonl"

# 1. Which machine this is, and where its libtorch lies: that of python3, else that of an environment below /opt or the home folder.
py=$(command -v python3 || true)
of_python() {
    "$1" -c 'import importlib.util, os
spec = importlib.util.find_spec("torch")
print(os.path.join(os.path.dirname(spec.origin), "lib") if spec else "")' 2> /dev/null
}
lib=${CONVSCOPE_LIBTORCH:-}
[ -n "$lib" ] || [ -z "$py" ] || lib=$(of_python "$py")
if [ -z "$lib" ]; then
    for other in /opt/*/bin/python3 /opt/*/.venv/bin/python3 "${HOME:-/root}"/*/bin/python3 "${HOME:-/root}"/.venv/bin/python3; do
        [ -x "$other" ] && lib=$(of_python "$other") && [ -n "$lib" ] && py=$other && break
    done
fi
export CONVSCOPE_LIBTORCH=$lib CONVSCOPE_CACHE=$kit/cache HOME=${HOME:-/tmp}
PATH=/sbin:/usr/sbin:$PATH ldconfig -p | grep 'libssl\.so' > /dev/null || export LD_LIBRARY_PATH=$kit/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export DOTNET_ROOT=$kit/dotnet PATH=$kit/dotnet:$PATH DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
{
    uname -a; head -2 /etc/os-release; ldd --version 2>&1 | head -1
    nvidia-smi --query-gpu=name,driver_version,memory.total,compute_cap --format=csv,noheader 2>&1
    echo "libtorch: $lib, version $(sed -n "s/^__version__ = '\(.*\)'/\1/p" "$lib/../version.py" 2> /dev/null)"
    ls -l "$lib" 2>&1 | awk '{print $5, $9}' | grep -E 'c10|torch|gomp'
    ls -d "$lib"/../../nvidia/*/lib 2> /dev/null
    # TensorImpl is inlined into TorchSharp's library: where its checks of size and order differ from 2.10's, all bets are off.
    sed -n '/class C10_TensorImpl_Size_Check_Dummy_Class/,$p' "$lib/../include/c10/core/TensorImpl.h" 2> /dev/null
} > "$out/machine.txt" 2>&1
head -5 "$out/machine.txt"

# 2. Symbols, in less than a second: missing at load = our loader fails; missing at call = the process ends when the function is called.
[ -z "$py" ] || timeout 60 "$py" "$kit/symbols.py" "$kit/app/libLibTorchSharp.so" "$lib" "$out/symbols.json" > "$out/symbols.txt" 2>&1
[ -z "$py" ] || head -40 "$out/symbols.txt"

# 3. Does our loader load it as it is? Else with the folders of NVIDIA's wheels on the path.
app() { timeout --signal=TERM "$1" "$kit/dotnet/dotnet" exec "$kit/app/ConvScope.GpuCheck.dll" "${@:2}"; }
loader=plain
app 90 "$out" --device "$device" load > "$out/load.txt" 2>&1
code=$?
if [ $code != 0 ]; then
    loader=LD_LIBRARY_PATH
    mv "$out/checks.jsonl" "$out/load-plain.jsonl"
    LD_LIBRARY_PATH=$lib:$(ls -d "$lib"/../../nvidia/*/lib 2> /dev/null | paste -sd:):${LD_LIBRARY_PATH:-}
    export LD_LIBRARY_PATH
    app 90 "$out" --device "$device" load >> "$out/load.txt" 2>&1
    code=$?
fi
rm -f "$out/current"
echo "loader: $loader, exit code $code"
tail -c 1500 "$out/load.txt"
echo "{\"loader\": \"$loader\", \"exitCode\": $code}" > "$out/loader.json"

# 4. The other checks in order of worth; a process that dies costs its own check and no other. The twin in PyTorch runs beside none of them.
todo="move choice equal fit bits readings resume attribution leak speed"
more="share stream mixed two heads augment scope"
group() {
    local list="$1" code died how
    while [ -n "$list" ] && [ "$(left)" -gt 10 ]; do
        # shellcheck disable=SC2086 # the list is words
        app "$(left)" "$out" --device "$device" --scale "$scale" --seconds "$(($(left) - 10))" $list >> "$out/log.txt" 2>&1
        code=$?
        [ -f "$out/current" ] || break
        died=$(cat "$out/current")
        rm -f "$out/current"
        how="the process died"
        [ "$code" != 124 ] || how="out of time"
        printf '{"check":"%s","status":"%s","seconds":0,"expected":["exit code %s"],"result":"%s"}\n' "$died" "$how" "$code" \
            "$(tail -n 3 "$out/log.txt" | tr '\n"\\' "  /" | cut -c1-600)" >> "$out/checks.jsonl"
        list=" $list "
        list=${list#*" $died "}
    done
}
group "$todo"
[ -z "$py" ] || [ "$(left)" -lt 30 ] || timeout "$(left)" "$py" "$kit/twin.py" "$out/twin.json" "$scale" > "$out/twin.txt" 2>&1
group "$more"

# 5. The tests of the core on the machine's CPU, where time is left.
of_core='<namespace re="1">^ConvScope\.Tests\.(Networks|Native|Checkpoints|Attribution|Training)</namespace>'
[ "$(left)" -lt 30 ] || timeout "$(left)" "$kit/dotnet/dotnet" exec --depsfile "$kit/app/ConvScope.Tests.deps.json" \
    "$kit/app/ConvScope.NUnitRun.dll" "$kit/app/ConvScope.Tests.dll" \
    "<filter><and>$of_core<not><cat>Slow</cat></not></and></filter>" "$out/tests.json" > "$out/tests.txt" 2>&1

# 6. Small files come back whole; the runs themselves do not.
[ ! -f "$out/fit/report.html" ] || cp "$out/fit/report.html" "$out/report.html"
rm -rf "$out"/{fit,bits,share,jpeg,resume,readings,scope}
for part in machine symbols load log twin tests; do
    echo "== $part"
    cat "$out/$part.txt" 2> /dev/null
    rm -f "$out/$part.txt"
done > "$out/run.log"
cut -c1-400 "$out/checks.jsonl"
grep -h '^Tests:' "$out/run.log"
all=$(echo load "$todo" "$more" | wc -w)
echo "$(grep -c '"status":"done"' "$out/checks.jsonl") of $all checks done on $device, in $((SECONDS - begin)) s; results in $out"
