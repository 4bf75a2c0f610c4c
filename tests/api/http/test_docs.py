import gzip
import hashlib
import re
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from app.api.http import docs
from app.api.http.routing import include
from app.main import create_app
from app.settings import Settings

HOST = "http://localhost"


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    app = FastAPI(docs_url=None, redoc_url=None)
    include(app, docs.router)
    async with AsyncClient(transport=ASGITransport(app=app), base_url=HOST) as browser:
        yield browser


async def test_the_page_and_all_its_parts_come_from_this_server(client: AsyncClient) -> None:
    page = (await client.get("/api/docs")).text
    assert "//" not in page
    for address in re.findall(r'(?:src|href)="(docs/[^"]+)"', page):
        assert (await client.get(f"/api/{address}")).status_code == 200, address
    assert (await client.get("/api/docs/view.js")).headers["content-type"].startswith("text/javascript")


async def test_the_page_may_load_and_ask_nothing_else(client: AsyncClient) -> None:
    policy = (await client.get("/api/docs")).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "http" not in policy
    assert (await client.get("/api/docs")).text.count("<script>") == 0


async def test_only_the_parts_of_the_page_are_served(client: AsyncClient) -> None:
    assert (await client.get("/api/docs/SHA256SUMS")).status_code == 404
    assert (await client.get("/api/docs/..%2f..%2fdocs.py")).status_code == 404


def test_the_vendored_files_are_the_published_ones() -> None:
    for line in (docs.STATIC / "SHA256SUMS").read_text("utf-8").splitlines()[1:]:
        digest, name = line.split()
        path = docs.STATIC / name
        published = path.read_bytes() if path.exists() else gzip.decompress((docs.STATIC / f"{name}.gz").read_bytes())
        assert hashlib.sha256(published).hexdigest() == digest, name


async def test_page_and_contract_are_served_or_not(app: FastAPI, settings: Settings) -> None:
    assert settings.documented
    without = create_app(settings.model_copy(update={"serve_docs": False}))
    async with without.router.lifespan_context(without):
        for server, status in ((app, 200), (without, 404)):
            async with AsyncClient(transport=ASGITransport(app=server), base_url="http://testserver") as browser:
                for path in ("/api/docs", "/api/docs/page.js", "/api/v1/openapi.json"):
                    assert (await browser.get(path)).status_code == status, path
