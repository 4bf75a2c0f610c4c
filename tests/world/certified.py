"""A certified OpenID provider (`oidc-provider`, by Node), and a person before its pages."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest

from app.openid import Answer
from tests.world.provider import CLIENT, REDIRECT, SECRET

HERE = Path(__file__).parents[1] / "certified"
INSTALL = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent")


class Browser:
    """A person's browser: it keeps cookies, fills in whatever form it is shown, and stops where it leaves."""

    def __init__(self, name: str) -> None:
        self._fields = {"login": name, "password": "anything"}
        limits = httpx2.Limits(max_keepalive_connections=0)  # nothing is left open behind it
        self._client = httpx2.AsyncClient(trust_env=False, limits=limits)

    async def sign_in(self, url: str) -> Answer:
        """Go through all pages, up to the address that the provider sends the browser back to."""
        query = parse_qs(urlsplit(await self._until(url, REDIRECT)).query)
        return Answer(*(query[name][0] for name in ("state", "code", "iss")))

    async def sign_out(self, url: str) -> None:
        await self._until(url, "/session/end/success")

    async def _until(self, url: str, goal: str) -> str:
        answer = await self._client.get(url)
        for _ in range(12):
            if answer.is_redirect:
                url = urljoin(str(answer.url), answer.headers["location"])
                if goal in url:
                    return url
                answer = await self._client.get(url)
            else:
                answer = await self._submit(answer)
        raise AssertionError(f"{goal} was not reached: {answer.status_code} {answer.text}")

    async def _submit(self, page: httpx2.Response) -> httpx2.Response:
        form = re.search(r'<form[^>]* action="([^"]+)"', page.text)
        assert form, f"{page.status_code} {page.text}"
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        sent = hidden | ({"logout": "yes"} if "xsrf" in hidden else self._fields)
        return await self._client.post(urljoin(str(page.url), form[1]), data=sent)


@asynccontextmanager
async def certified(port: int, logout_uri: str) -> AsyncIterator[None]:
    """The provider at this port, which tells a sign-out to that address; installed first, if it is not."""
    if shutil.which("npm") is None:
        pytest.skip("needs Node")
    if not (HERE / "node_modules" / ".package-lock.json").exists():
        installing = await asyncio.create_subprocess_exec(*INSTALL, cwd=HERE)
        assert await installing.wait() == 0, "the provider cannot be installed"
    arguments = ["provider.mjs", str(port), CLIENT, SECRET, REDIRECT, logout_uri]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("node", *arguments, cwd=HERE, stdin=pipe, stdout=pipe)
    assert process.stdout, "asked for"
    said = await asyncio.wait_for(process.stdout.readline(), 30)
    try:
        assert said == b"ready\n", said
        yield
    finally:
        process.kill()
        await process.communicate()
