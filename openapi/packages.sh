#!/usr/bin/env bash
# Builds the contract's packages, @pinpai/contract for npm and pinpai-contract for PyPI, and tries each in a clean folder.
# Usage: openapi/packages.sh [FOLDER]; the archives go to FOLDER, by default dist/contract. Nothing comes from a network.
set -euo pipefail
folder=$(realpath -m "${1:-$(dirname "${BASH_SOURCE[0]}")/../dist/contract}")
cd "$(dirname "${BASH_SOURCE[0]}")"

python=$(realpath -s "${PYTHON:-../.venv/bin/python}")
tsc=$PWD/node_modules/.bin/tsc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export NO_UPDATE_NOTIFIER=1 PIP_DISABLE_PIP_VERSION_CHECK=1
rm -rf "$folder"
mkdir -p "$folder" "$work"/{npm,trial,no-types}

common() { # FOLDER: what both packages have
    cp README.md CHANGELOG.md ../LICENSE "$1"
}

for_npm() {
    node packages/data.mjs openapi.json "$work/npm"
    node packages/npm.mjs openapi.json "$work/npm" "$work/npm"
    node clients/typescript/gen.mjs openapi.json "$work/npm/contract.ts"
    "$tsc" "$work"/npm/*.ts --declaration --strict --target ES2022 --module NodeNext --moduleResolution NodeNext \
        --lib ES2022,DOM --typeRoots "$work/no-types" --outDir "$work/npm"
    cp openapi.json counting.json "$work/npm"
    common "$work/npm"
    (cd "$work/npm" && npm pack --silent --pack-destination "$folder" >/dev/null)
}

for_python() {
    cp -r packages/python "$work/python"
    node packages/data.mjs openapi.json "$work/python/pinpai_contract/data"
    cp openapi.json counting.json "$work/python/pinpai_contract/data"
    touch "$work/python/pinpai_contract/py.typed"
    common "$work/python"
    (cd "$work/python" && "$python" -m hatchling build -d "$folder" >/dev/null 2>&1)
}

tried_by_npm() {
    cp packages/use.ts "$work/trial"
    cd "$work/trial"
    echo '{"type": "module", "private": true}' >package.json
    npm install --offline --no-audit --no-fund --ignore-scripts --silent "$folder"/*.tgz
    "$tsc" use.ts --strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --target ES2022 --module NodeNext \
        --moduleResolution NodeNext --resolveJsonModule --lib ES2022,DOM --typeRoots "$work/no-types"
    node --no-warnings use.js
}

tried_by_python() {
    "$python" -m pip install --quiet --no-index --no-deps --target "$work/trial/python" "$folder"/*.whl
    cd "$work/trial/python"
    "$python" -I -c '
import sys
sys.path.insert(0, ".")
import pinpai_contract as contract

submit = contract.actions()["ApplicationActions"]["submit"]
assert "unit" in contract.operations()["submitApplication"]["roles"]
assert contract.counting()["examples"]
words = [each["ApplicationStatus"]["draft"] for each in (contract.labels(), contract.labels_en())]
print(contract.version(), *words, ",".join(submit["operations"]))
'
}

for_npm &
npm=$!
for_python
wait "$npm"
said=$(tried_by_npm)
[ "$said" = "$(tried_by_python)" ] || { echo "the packages differ" >&2; exit 1; }
echo "RESULT $said: $(cd "$folder" && ls | paste -sd ' ')"
