"""The proxy of `deploy/nginx.conf` before an application of a test, where nginx is installed."""

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from httpx2 import AsyncClient, ConnectError

from app.embedded.certificates import make_certificate
from tests.world.ports import free_port

DEPLOYED = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="needs nginx")
AROUND = """\
daemon off;
pid {folder}/pid;
events {{}}
http {{
{temporary}
{servers}
}}
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that listens: its address, and what a client needs to trust it."""

    address: str
    trust: ssl.SSLContext


def configuration(folder: Path, behind: str, tls: int, *, speaks_2: bool) -> str:
    """Return the deployed configuration with the addresses and the folders of a test, and nothing else changed."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    servers = DEPLOYED.read_text("utf-8")
    if not speaks_2:  # before 1.25.1 it was said beside the port
        servers = servers.replace("    http2 on;\n", "").replace("listen 8443 ssl;", "listen 8443 ssl http2;")
    changed = {
        "server api:8000;": f"server {behind.removeprefix('http://')};",
        "listen 8080;": f"listen 127.0.0.1:{free_port()};",
        "listen 8443 ": f"listen 127.0.0.1:{tls} ",
        "/etc/nginx/tls": str(folder),
        "${SERVER_NAME}": "127.0.0.1",
    }
    for deployed, here in changed.items():
        assert deployed in servers, deployed
        servers = servers.replace(deployed, here)
    return AROUND.format(folder=folder, temporary=temporary, servers=servers)


@asynccontextmanager
async def proxying(behind: str, folder: Path) -> AsyncIterator[Proxy]:
    """Run nginx as it is deployed before the application at this address."""
    assert NGINX, "the test is skipped without it"
    authority, certificate, key = make_certificate("127.0.0.1")
    (folder / "certificate.pem").write_bytes(certificate)
    (folder / "key.pem").write_bytes(key)
    tls, file = free_port(), folder / "nginx.conf"
    file.write_text(configuration(folder, behind, tls, speaks_2=await _speaks_2(NGINX)), "utf-8")
    process = await asyncio.create_subprocess_exec(NGINX, "-p", folder, "-c", file)
    proxy = Proxy(f"https://127.0.0.1:{tls}", ssl.create_default_context(cadata=authority.decode()))
    try:
        await _answering(proxy, process)
        yield proxy
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _speaks_2(nginx: str) -> bool:
    """Return true where `http2` is a directive."""
    process = await asyncio.create_subprocess_exec(nginx, "-v", stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    version = said.decode().partition("nginx/")[2].split()[0]
    return tuple(map(int, version.split("."))) >= (1, 25, 1)


async def _answering(proxy: Proxy, process: asyncio.subprocess.Process) -> None:
    async with AsyncClient(base_url=proxy.address, verify=proxy.trust) as client:
        while process.returncode is None:
            try:
                await client.get("/health/live")
            except ConnectError:
                await asyncio.sleep(0.02)
            else:
                return
    pytest.fail(f"nginx ended with {process.returncode}")
