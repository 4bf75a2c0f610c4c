#!/usr/bin/env bash
# Runs a workflow of workflows.arazzo.yaml against a server. Usage: openapi/workflows.sh ADDRESS WORKFLOW INPUTS, as JSON
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true NO_UPDATE_NOTIFIER=1
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --ignore-scripts --silent
exec node_modules/.bin/redocly respect workflows.arazzo.yaml --workflow "$2" --input "$3" --server "contract=$1"
