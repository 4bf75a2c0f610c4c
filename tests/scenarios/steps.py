"""Steps from a blank form to a receipt, each as the HTTP calls a frontend would make."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from httpx2 import Response
from sqlalchemy import text

from app import auditing
from app.doctor import INVARIANTS
from tests.contract.client import ContractClient
from tests.world import FORM, World, key
from tests.world.uploads import photo, scan, send_photo, send_scan

APPLICATIONS = "/api/v1/applications"
NUMBER_OF_A_REQUEST = re.compile(rb"urn:uuid:[0-9a-f-]+")
_pictures: Iterator[int] = count(1)
"""Each picture is unlike every other, so that nobody is told of a picture seen elsewhere."""


def done(answer: Response, status: int = 200) -> Any:
    """Answer to a step that must succeed."""
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def reasons(answer: Response) -> list[tuple[str, str | None]]:
    """The code and the pointer of each finding of a refusal."""
    assert answer.status_code == 409, answer.text
    return [(finding["code"], finding["pointer"]) for finding in answer.json()["findings"]]


def seen(answer: Response) -> tuple[int, str, str | None]:
    """The answer but for the number of the request."""
    return answer.status_code, NUMBER_OF_A_REQUEST.sub(b"", answer.content).decode(), answer.headers.get("etag")


def id_of(href: str) -> str:
    return href.rpartition("/")[2]


async def read(client: ContractClient, href: str) -> Any:
    return done(await client.get(href))


async def begin(client: ContractClient, campaign_id: Any, **body: Any) -> str:
    """An empty application; its address."""
    body = {"campaign_id": str(campaign_id)} | {name: str(value) for name, value in body.items()}
    return f"{APPLICATIONS}/{done(await client.post(APPLICATIONS, json=body, headers=key()), 201)['id']}"


async def edit(client: ContractClient, href: str, **cells: Any) -> Response:
    """Change cells of the version that is there now."""
    etag = (await read(client, href))["etag"]
    return await client.patch(href, json=cells, headers={"If-Match": etag})


async def picture(client: ContractClient, href: str) -> Any:
    return done(await send_photo(client, href, photo(next(_pictures), size=(640, 600)), "志愿者在社区"), 201)


async def complete(client: ContractClient, href: str, **cells: Any) -> None:
    """Every cell, and five pictures."""
    done(await edit(client, href, **FORM | cells))
    for _ in range(5):
        await picture(client, href)


async def act(client: ContractClient, href: str, noun: str, body: Any = None, **headers: str) -> Response:
    """An act on an application, as a noun under its address."""
    return await client.post(f"{href}/{noun}", json=body, headers=key() | headers)


async def submitted(client: ContractClient, campaign_id: Any, **cells: Any) -> str:
    """A complete application in the hands of the committee."""
    href = await begin(client, campaign_id)
    await complete(client, href, **cells)
    done(await act(client, href, "submission"))
    return href


async def seal(committee: ContractClient, href: str) -> Response:
    etag = (await read(committee, href))["etag"]
    return await send_scan(committee, href, scan(next(_pictures)), etag)


async def sealed(unit: ContractClient, committee: ContractClient, campaign_id: Any, **cells: Any) -> str:
    href = await submitted(unit, campaign_id, **cells)
    done(await seal(committee, href))
    return href


async def file(committee: ContractClient, campaign_id: Any, *hrefs: str) -> Response:
    body = {"campaign_id": str(campaign_id), "application_ids": [id_of(href) for href in hrefs]}
    return await committee.post("/api/v1/filings", json=body, headers=key())


async def no_promise_is_broken(world: World) -> None:
    async with world.database.transaction() as session:
        broken = {rule: (await session.scalars(text(query))).all() for rule, query in INVARIANTS.items()}
    assert not any(broken.values()), broken
    async with world.database.reading() as reader:
        altered = [flaw async for flaw in auditing.altered_rows(reader) if flaw.words is not auditing.WITHOUT_EVENT]
    assert altered == []
