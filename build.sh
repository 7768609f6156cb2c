#!/usr/bin/env bash
# Restores the build tool and hands over every argument: ./build.sh, ./build.sh --target=Test
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
dotnet tool restore > /dev/null
exec dotnet cake build.cake "$@"
