#!/usr/bin/env bash
# Prints the path of a Chromium for tests in a real browser; installs Debian's only where there is none.
# CHROMIUM names another one. Exits with 77, and the reason, where none can be had; in CI (CI=1) that is a failure.
set -euo pipefail

present() {
    local name
    for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome; do
        command -v "$name" && return
    done
    return 1
}

absent() {
    echo "no Chromium: $1; install one, or name it in CHROMIUM" >&2
    exit "$([ -n "${CI:-}" ] && echo 1 || echo 77)"
}

install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update && apt-get -qq -y --no-install-recommends install chromium
}

# Tests side by side ask for it once, and none uses what another is still unpacking.
exec 9> "${TMPDIR:-/tmp}/pinpai-chromium-$(id -u).lock" && flock 9
present && exit
command -v apt-get >/dev/null || absent "this is not Debian"
[ "$(id -u)" = 0 ] || absent "only root may install packages"
install >&2 || absent "the package chromium cannot be installed"
present || absent "the package chromium has no program"
