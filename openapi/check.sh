#!/usr/bin/env bash
# Checks the contract with Node's tools: lint, readiness score, breaks since the last release, a TypeScript client
# generated and compiled strictly, and the packages, each installed in a clean folder.
# Usage: openapi/check.sh [CONTRACT]; prints a line per step, and the whole output of a step that fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

contract=${1:-openapi.json}
floor=83 # each further filter of a table, member of a form and named act costs some; it was 85.9 with 222 operations
client=clients/typescript
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true NO_UPDATE_NOTIFIER=1

step() {
    local name=$1
    shift
    if "$@" >"$log" 2>&1; then
        echo "contract: $name: ok$(result)"
    else
        echo "contract: $name: FAILED" >&2
        cat "$log" >&2
        exit 1
    fi
}

result() { sed -n 's/^RESULT / — /p' "$log"; }

install() {
    [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --ignore-scripts
}

present() { [ -s "$contract" ] || { echo "$contract is missing: write it with 'pinpai openapi'" && false; }; }

lint() { node_modules/.bin/redocly lint "$contract" --config redocly.yaml; }

workflows() { node_modules/.bin/redocly lint workflows.arazzo.yaml --extends recommended-strict; }

score() {
    node_modules/.bin/redocly score "$contract" --config redocly.yaml --format=json 2>/dev/null | node -e '
        const score = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
        const figures = Object.entries(score.subscores).map(([name, value]) => `${name} ${Math.round(value * 100)}`);
        console.log(`RESULT ${score.agentReadiness} of at least ${process.argv[1]}`);
        console.log(figures.join("\n"));
        process.exitCode = score.agentReadiness >= Number(process.argv[1]) ? 0 : 1;
    ' "$floor"
}

generate() { node "$client/gen.mjs" "$contract" "$client/generated/contract.ts"; }

changes() { node changes.mjs "$contract"; }

compile() { node_modules/.bin/tsc -p "$client"; }

step "document" present
step "install" install
step "lint" lint
step "workflows" workflows
step "score" score
step "changes" changes
step "client generated" generate
step "client compiled" compile
step "packages built and tried" bash packages.sh
