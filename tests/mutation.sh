#!/usr/bin/env bash
# Mutation testing of the core; see docs/mutation.md. Arguments as of "run" in tests/Mutation.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build tests/Mutation --configuration Release >/dev/null
exec dotnet tests/Mutation/bin/Release/net10.0/MeshSim.Mutation.dll run "$@"
