#!/usr/bin/env bash
# Packs the libraries, and does what README says with nothing but these packages and the machine's usual feeds: a new project, three packages, a training with its report, a prediction in another
# process, once with libtorch alone and once through ONNX Runtime.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=0.1.0-consume.$(date +%s) # never one that the package cache has
for project in ConvScope.Records ConvScope.Reporting ConvScope ConvScope.Dashboard ConvScope.ML; do
    dotnet pack "$root/src/$project" -c Release -o "$work/feed" -p:PackageVersion="$version" -p:TorchBackend="${1:-cpu}" -v q -nologo
done
ls -l "$work/feed" | awk 'NR > 1 { printf "%s %.1f MB\n", $9, $5 / 1000000 }'

mkdir "$work/app" && cd "$work/app"
dotnet new console --no-restore -n digits -o . > /dev/null
cp "$root/tests/consumer/Program.cs" .
sed -i 's|</PropertyGroup>|  <RuntimeIdentifier>linux-x64</RuntimeIdentifier>\n    <SelfContained>false</SelfContained>\n    <InvariantGlobalization>true</InvariantGlobalization>\n  </PropertyGroup>|' digits.csproj
cat > nuget.config << CONFIG
<configuration>
  <packageSources><add key="consume" value="$work/feed" /></packageSources>
</configuration>
CONFIG
dotnet add package ConvScope.ML --version "$version" > /dev/null
dotnet add package TorchSharp-cpu --version "$(sed -n 's/.*"TorchSharp-cpu" Version="\([^"]*\)".*/\1/p' "$root/Directory.Packages.props")" > /dev/null
dotnet build -c Release -v q -nologo
du -sm bin/Release | awk '{ print "output", $1, "MB" }'
dotnet run -c Release --no-build
dotnet run -c Release --no-build -- predict
dotnet add package Microsoft.ML.OnnxRuntime --version "$(sed -n 's/.*"Microsoft.ML.OnnxRuntime" Version="\([^"]*\)".*/\1/p' "$root/Directory.Packages.props")" > /dev/null
dotnet remove package TorchSharp-cpu > /dev/null
rm -rf bin obj
dotnet build -c Release -v q -nologo
du -sm bin/Release | awk '{ print "output of a program that only predicts", $1, "MB" }'
dotnet run -c Release --no-build -- predict
rm -rf ~/.nuget/packages/convscope*/"$version"
