#!/usr/bin/env bash
# Uses the page that shows the contract in a real browser. Usage: openapi/page.sh CHROMIUM ADDRESS USERNAME PASSWORD
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --ignore-scripts --silent
exec node page/try.mjs "$@"
