#!/usr/bin/env bash
# Makes a client of the contract with each of six generators and compiles it as strictly as it can be; two of them then
# go a unit's way against a server, if one is named: PINPAI_ADDRESS, _USERNAME, _PASSWORD, _CATEGORY, _PICTURES.
# Usage: openapi/generators.sh [CONTRACT]; prints a line per client, and the whole output of a step that fails.
# openapi-generator needs Java, and is left out without; $PYTHON has mypy.
set -euo pipefail
contract=$(realpath "${1:-$(dirname "${BASH_SOURCE[0]}")/openapi.json}")
cd "$(dirname "${BASH_SOURCE[0]}")"

python=${PYTHON:-../.venv/bin/python}
out=clients/generated
scratch=$out/venv
export CONTRACT=$contract REDOCLY_TELEMETRY=off DO_NOT_TRACK=1 NO_UPDATE_NOTIFIER=1 PIP_DISABLE_PIP_VERSION_CHECK=1
mkdir -p "$out"

client() {
    local name=$1 log code began=$SECONDS
    log=$out/${name//[ \/]/-}.log
    shift
    set +e # within an `if`, bash would go on after a failure
    (set -e; "$@") >"$log" 2>&1
    code=$?
    set -e
    if [ "$code" = 0 ]; then
        echo "generators: $name: ok ($((SECONDS - began)) s)$(sed -n 's/^RESULT / — /p' "$log")"
    else
        echo "generators: $name: FAILED" >&2
        tail -n 60 "$log" >&2
        return 1
    fi
}

submitted() { # COMMAND: goes a unit's way, if there is a server
    local said
    [ -n "${PINPAI_ADDRESS:-}" ] || return 0
    said=$("$@")
    echo "RESULT $said"
}

strictly() { # FOLDER [OPTION…]: compiles what a generator wrote
    local folder=$1
    shift
    mkdir -p "$out/.types"
    node_modules/.bin/tsc --noEmit --strict --target ES2022 --module ESNext --moduleResolution Bundler \
        --lib ES2022,DOM,DOM.Iterable --typeRoots "$out/.types" "$@" $(find "$out/$folder" -name '*.ts')
}

openapi_fetch() {
    node clients/typescript/gen.mjs "$contract" clients/typescript/generated/contract.ts
    node_modules/.bin/tsc -p clients/typescript
    node_modules/.bin/tsc -p clients/typescript/tsconfig.flow.json
    submitted node clients/typescript/generated/flow.js
}

hey_api() {
    node_modules/.bin/openapi-ts -i "$contract" -o "$out/hey-api" -c @hey-api/client-fetch --silent --no-log-file
    strictly hey-api --noUncheckedIndexedAccess --noImplicitOverride
}

kubb() {
    node_modules/.bin/kubb generate --config clients/typescript/kubb.config.mjs
    strictly kubb --noUncheckedIndexedAccess --exactOptionalPropertyTypes --skipLibCheck
}

tools() {
    [ ! "$scratch/.installed" -nt clients/python/requirements.txt ] || return 0
    "$python" -m venv --clear "$scratch"
    "$scratch/bin/pip" install --quiet --no-cache-dir --require-hashes -r clients/python/requirements.txt
    touch "$scratch/.installed"
}

typed() { "$python" -m mypy --python-executable "$scratch/bin/python" --cache-dir "$out/.mypy_cache" "$@"; }

openapi_python_client() {
    PATH=$PWD/$scratch/bin:$PATH "$scratch/bin/openapi-python-client" generate --path "$contract" --meta setup \
        --config clients/python/openapi-python-client.yaml --output-path "$out/python" --overwrite --fail-on-warning
    "$scratch/bin/pip" install --quiet --no-cache-dir --no-deps --no-build-isolation --force-reinstall "$out/python"
    typed --strict "$out/python/pinpai_client" clients/python/flow.py
    submitted "$scratch/bin/python" clients/python/flow.py
}

# It writes broken code of any `webhooks`, which are no part of a client.
openapi_generator() { # FOLDER LANGUAGE [OPTION…]
    local folder=$out/$1
    shift
    mkdir -p "$folder"
    node -e '
        const { webhooks, ...contract } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
        require("node:fs").writeFileSync(process.argv[2], JSON.stringify(contract));
    ' "$contract" "$folder.json"
    rm -rf "$folder"
    "$scratch/bin/openapi-generator-cli" generate -i "$folder.json" -o "$folder" -g "$@" --global-property \
        models,apis,supportingFiles,modelDocs=false,apiDocs=false,modelTests=false,apiTests=false | { grep -v " INFO " || true; }
}

# Checked with its own settings for mypy: it does not claim to be stricter.
generator_python() {
    openapi_generator generator-python python --package-name pinpai_generated
    typed --config-file "$out/generator-python/pyproject.toml" "$out/generator-python/pinpai_generated"
    PYTHONPATH=$out/generator-python "$scratch/bin/python" -c '
import pinpai_generated, pkgutil
for each in pkgutil.walk_packages(pinpai_generated.__path__, "pinpai_generated."):
    __import__(each.name)
'
}

generator_typescript() {
    openapi_generator generator-typescript typescript-fetch
    strictly generator-typescript
}

in_typescript() {
    client "openapi-typescript + openapi-fetch" openapi_fetch
    client "@hey-api/openapi-ts" hey_api
    client "kubb (zod)" kubb
}

in_python() {
    client "tools for Python" tools
    client "openapi-python-client" openapi_python_client
    if command -v java >/dev/null; then
        client "openapi-generator python" generator_python
        client "openapi-generator typescript-fetch" generator_typescript
    else
        echo "generators: openapi-generator: left out, there is no java"
    fi
}

[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --ignore-scripts --silent
in_typescript &
typescript=$!
in_python
wait "$typescript"
