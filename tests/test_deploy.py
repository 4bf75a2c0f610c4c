"""Files for a deployment: TLS in front, and nothing but TLS."""

import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from app.embedded.cluster import DISCREET
from app.services.notifying.live import HEARTBEAT

ROOT = Path(__file__).parents[1]
NGINX = (ROOT / "deploy/nginx.conf").read_text()
SERVERS = re.findall(r"^server \{\n(.*?)^\}", NGINX, re.MULTILINE | re.DOTALL)
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


@pytest.mark.parametrize("server", SERVERS)
def test_the_proxy_speaks_tls_with_hsts_or_only_redirects_people_to_it(server: str) -> None:
    if re.search(r"listen \d+ ssl;", server):
        (seconds,) = re.findall(r'add_header Strict-Transport-Security "max-age=(\d+)[^"]*" always;', server)
        assert int(seconds) >= 31_536_000
        assert re.findall(r"ssl_protocols (.*);", server) == ["TLSv1.2 TLSv1.3"]
        (ciphers,) = re.findall(r"ssl_ciphers (.*);", server)
        assert all(re.fullmatch(r"ECDHE-.*(GCM-SHA\d+|POLY1305)", cipher) for cipher in ciphers.split(":"))
        assert re.search(r"location /health/ \{\s+return 404;", server)
        assert server.count("add_header") == 1  # one inside a location would take this one away
    else:
        assert re.findall(r"^    (\w+)", server, re.MULTILINE) == ["listen", "location", "location"]
        assert "location /api/ { return 403; }" in server
        assert "location / { return 301 https://${SERVER_NAME}$request_uri; }" in server


def test_the_proxy_speaks_http_2_and_waits_longer_than_a_stream_is_silent() -> None:
    """An answer of the application switches the buffer off, unless the proxy does not ask what it says."""
    assert "http2 on;" in NGINX
    assert "proxy_ignore_headers" not in NGINX
    [seconds] = re.findall(r"proxy_read_timeout (\d+)s;", NGINX)
    assert int(seconds) >= 3 * HEARTBEAT


def test_no_log_but_the_applications_has_requests_or_statements() -> None:
    assert re.findall(r"^(access_log|error_log) (.*);", NGINX, re.MULTILINE) == [
        ("access_log", "off"),
        ("error_log", "/dev/stderr crit"),
    ]
    quiet = [f"-c {name}={value}" for name, value in DISCREET.items()]
    assert COMPOSE["postgres"]["command"] == " ".join(["postgres", *quiet])


def test_the_proxy_has_both_and_nobody_else_is_reached_from_outside() -> None:
    assert len(SERVERS) == 2
    listened = {port for server in SERVERS for port in re.findall(r"listen (\d+)", server)}
    assert {name: service["ports"] for name, service in COMPOSE.items() if "ports" in service} == {
        "proxy": ["80:8080", "443:8443"]
    }
    assert listened == {"8080", "8443"}


def test_the_image_holds_the_program_and_nothing_else() -> None:
    copied = re.findall(r"^COPY (?!--)(\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    ignored, *let_in = (ROOT / ".dockerignore").read_text().splitlines()
    assert copied == ["requirements/app.txt", "app", "migrations", "openapi/openapi.json"]
    assert ignored == "*"
    assert {line.removeprefix("!") for line in let_in if line.startswith("!")} == set(copied)
