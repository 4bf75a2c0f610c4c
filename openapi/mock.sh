#!/usr/bin/env bash
# Starts a server that answers as the contract's examples do (Prism), for frontends that have no backend at hand.
# Usage: openapi/mock.sh [PORT]; `--try` asks it for every operation instead, and ends.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

mock() { exec mock/node_modules/.bin/prism mock --port "$1" "${@:2}" openapi.json; }

tried() {
    local log
    log=$(mktemp)
    mock 0 >"$log" 2>&1 &
    trap "kill $!; rm -f $log" EXIT
    for _ in {1..240}; do
        address=$(sed -nE 's/.*listening on (http:[^ ]*[0-9]).*/\1/p' "$log")
        [ -z "$address" ] || break
        sleep 0.25
    done
    node mock/try.mjs openapi.json "$address"
}

export NO_UPDATE_NOTIFIER=1
[ mock/node_modules/.package-lock.json -nt mock/package-lock.json ] || npm ci --prefix mock --no-audit --no-fund --ignore-scripts --silent
if [ "${1:-}" = --try ]; then tried; else mock "${1:-4010}" --host 127.0.0.1; fi
