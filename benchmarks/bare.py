"""The yardstick: the same work by hand, in Starlette and asyncpg, without validation, documentation or layers.

It checks the same session, reads and writes the same rows and answers the same JSON, as somebody would write it who
wanted speed and nothing else. What the rules would refuse it answers with a bare 409.
"""

import asyncio
import gc
import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uuid_utils.compat import uuid7

from benchmarks.contract import ACTS, DETAIL, FORM, KEPT, LABELS, PICTURE, SUMMARY
from benchmarks.sql import (
    APPLICATION,
    AUDIT,
    CLAIM,
    FIX,
    FIX_IMAGES,
    IMAGES,
    KEEP,
    LOCK,
    PAGE,
    SESSION,
    SETTINGS,
    SUBMIT,
)

Connection = Any  # asyncpg's own annotation is a proxy without methods
Row = dict[str, Any]
POOL = 10
COUNTED = 1000
OPEN = {"draft", "returned"}
SET = ("status", "submitted_at", "content_digest", "versions", "reason", "reason_codes")
ALLOWED = {"allowed": True, "findings": []}

settings_of: dict[str, Any] = {}


async def read(request: Request) -> Response:
    async with connection_of(request) as connection:
        actor = await session(connection, request)
        answer = await application(connection, request.path_params["id"], actor, actor["now"])
    return Response(dumped(answer), headers={"ETag": answer["etag"]}, media_type="application/json")


async def page(request: Request) -> Response:
    limit = int(request.query_params["limit"])
    async with connection_of(request) as connection:
        actor = await session(connection, request)
        rows = await connection.fetch(PAGE, actor["committee_id"], limit + 1)
    items = [picked({**row, "partners": json.loads(row["partners"])}, SUMMARY) for row in rows[:limit]]
    following = rows[limit - 1]["id"].hex if len(rows) > limit else None
    total = rows[0]["total"] if rows else 0
    counted = {"total": min(total, COUNTED), "total_exact": total <= COUNTED}
    answer = {"items": items, "next_cursor": following, **counted, "counts": []}
    return Response(dumped(answer), media_type="application/json")


async def submit(request: Request) -> Response:
    body = await request.body()
    key = hashlib.sha256(request.headers["idempotency-key"].encode()).digest()
    async with connection_of(request) as connection:
        actor = await session(connection, request)
        fingerprint = hashlib.sha256(f"{request.url.path}{actor['id']}".encode() + body).digest()
        async with connection.transaction():
            now = await connection.fetchval("SELECT clock_timestamp()")
            if await connection.fetchval(CLAIM, uuid7(), actor["id"], key, fingerprint, now) is None:
                raise HTTPException(409)
            await hand_in(connection, request.path_params["id"], actor, now)
            answer = await application(connection, request.path_params["id"], actor, now)
            body = dumped(answer)
            await connection.execute(KEEP, actor["id"], key, dumped([200, {"ETag": answer["etag"]}]) + body)
    return Response(body, headers={"ETag": answer["etag"]}, media_type="application/json")


async def hand_in(connection: Connection, application_id: str, actor: Row, now: datetime) -> None:
    owner = actor["unit_id"], actor["committee_id"]
    before = await connection.fetchrow(LOCK, application_id, *owner)
    row = await connection.fetchrow(APPLICATION, application_id, *owner)
    images = await connection.fetch(IMAGES, application_id, actor["committee_id"], actor["role"])
    settings = await the_settings(connection, row["settings_digest"])
    if row["status"] not in OPEN or not complete(row, settings, closes_at(row, settings), now):
        raise HTTPException(409)
    content = dumped(
        {
            "unit_name": row["unit_name"],
            "committee_name": row["committee_name"],
            "form": {name: row[name] for name in FORM},
            "narrative_length": row["narrative_length"],
            "image_count": row["image_count"],
            "images": [picked(image, KEPT) for image in images],
        }
    )
    digest, version_id = hashlib.sha256(content).hexdigest(), uuid7()
    after = await connection.fetchrow(SUBMIT, row["id"], now, digest)
    await connection.execute(FIX, version_id, row["id"], after["versions"], digest, content.decode(), now, actor["id"])
    await connection.execute(FIX_IMAGES, version_id, row["id"])
    traced = (
        after["version"],
        row["campaign_id"],
        row["committee_id"],
        actor["id"],
        actor["role"],
        actor["name"],
        uuid7(),
    )
    digests = digest_of(before), digest_of(after), dumped(changes_between(before, after)).decode()
    await connection.execute(AUDIT, uuid7(), now, row["id"], *traced, *digests)


def changes_between(before: Row, after: Row) -> Row:
    changed = [name for name in SET if before[name] != after[name]]
    return {"from": before["status"], "to": after["status"], "changed": changed}


async def session(connection: Connection, request: Request) -> Row:
    token = request.headers["authorization"][7:]
    row: Row | None = await connection.fetchrow(SESSION, hashlib.sha256(token.encode()).digest())
    if row is None or row["now"] >= min(row["idle_until"], row["expires_at"]):
        raise HTTPException(401)
    return row


async def application(connection: Connection, application_id: str, actor: Row, now: datetime) -> Row:
    row = await connection.fetchrow(APPLICATION, application_id, actor["unit_id"], actor["committee_id"])
    if row is None:
        raise HTTPException(404)
    images = await connection.fetch(IMAGES, application_id, actor["committee_id"], actor["role"])
    settings = await the_settings(connection, row["settings_digest"])
    deadline = closes_at(row, settings)
    made = {
        "reason_codes": json.loads(row["reason_codes"]),
        "partners": json.loads(row["partners"]),
        "attachments": json.loads(row["attached"] or "[]"),
        "cells": json.loads(row["cells"]),
        "images": [picture(application_id, image) for image in images],
        "sealed": row["endorsed_digest"] is not None and row["endorsed_digest"] == row["content_digest"],
        "deadline": {
            "kind": "application",
            "published_on": row["due_on"] or settings["applications"]["due_on"],
            "enforced_at": deadline,
            "source": "extension" if row["extension_id"] else "campaign",
            "extension_id": row["extension_id"],
            "seconds_left": max(0, int((deadline - now).total_seconds())),
        },
        "actions": {name: action(name, states, row, settings, now) for name, states in ACTS[actor["role"]].items()},
    }
    return picked({**row, **made}, DETAIL)


def picture(application_id: str, image: Row) -> Row:
    address = f"/api/v1/applications/{application_id}/images/{image['id']}"
    made = {"content_href": f"{address}/content", "thumbnail_href": f"{address}/thumbnail"}
    return picked({**image, **made}, PICTURE)


def action(name: str, states: set[str], row: Row, settings: Row, now: datetime) -> Row:
    status = row["status"]
    if status in states:
        if name == "submit" and not complete(row, settings, closes_at(row, settings), now):
            raise HTTPException(409)
        return ALLOWED
    finding = {
        "code": "wrong_state",
        "severity": "error",
        "message": f"当前状态为“{LABELS[status]}”，不能执行此操作。",
        "pointer": None,
        "params": {"state": status, "label": LABELS[status]},
    }
    return {"allowed": False, "findings": [finding]}


def complete(row: Row, settings: Row, deadline: datetime, now: datetime) -> bool:
    """All that 附件2 asks for is there, in time."""
    limits, text, images = settings["field_lengths"], settings["narrative"], settings["images"]
    return (
        row["campaign_status"] == "published"
        and not row["retired"]
        and now < deadline
        and all(row[name] for name in FORM)
        and all(len(row[name]) <= limit for name, limit in limits.items() if name in FORM)
        and row["category"] in {category["code"] for category in settings["categories"]}
        and row["started_on"] <= min(row["ended_on"], deadline.date().isoformat())
        and text["advised_minimum"] <= row["narrative_length"] <= text["advised_maximum"]
        and images["minimum"] <= row["image_count"] <= images["maximum"]
    )


def closes_at(row: Row, settings: Row) -> datetime:
    if row["until"]:
        return row["until"]  # type: ignore[no-any-return]  # a row has the driver's types
    day = date.fromisoformat(settings["applications"]["due_on"]) + timedelta(days=1)
    return datetime.combine(day, datetime.min.time(), ZoneInfo(settings["timezone"]))


async def the_settings(connection: Connection, digest: str) -> Any:
    if digest not in settings_of:
        settings_of[digest] = json.loads(await connection.fetchval(SETTINGS, digest))
    return settings_of[digest]


def picked(row: Row, names: tuple[str, ...]) -> Row:
    return {name: f'"{row["version"]}"' if name == "etag" else row[name] for name in names}


def digest_of(row: Row) -> str:
    return hashlib.sha256(dumped(dict(row))).hexdigest()


def dumped(value: Any) -> bytes:
    return json.dumps(value, default=plain, ensure_ascii=False, separators=(",", ":")).encode()


def plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)


@asynccontextmanager
async def connection_of(request: Request) -> AsyncIterator[Connection]:
    """One connection per request, first come, first served."""
    state = request.app.state
    async with state.gate, state.pool.acquire() as connection:
        yield connection


async def nothing_to_reset(_: Any) -> None:
    """Nothing is left behind on a connection."""


def create_app(url: str, *, pool: int = POOL) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.gate = asyncio.Semaphore(pool)
        async with asyncpg.create_pool(url, min_size=pool, max_size=pool, reset=nothing_to_reset) as app.state.pool:
            yield

    base = "/api/v1/applications"
    routes = [
        Route(base, page),
        Route(f"{base}/{{id}}", read),
        Route(f"{base}/{{id}}/submission", submit, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    gc.freeze()  # as ours does
    uvicorn.run(
        create_app(os.environ["PINPAI_DATABASE_URL"]),
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
