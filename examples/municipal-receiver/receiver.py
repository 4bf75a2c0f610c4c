"""A small receiving system of a municipal office (市文明办): it takes in what Pinpai hands over, and answers.

A message that is pushed to us says that something happened, never what. It is verified, its id is kept, and the desk
is woken. The desk reads the events after the last one it has, fetches the nominations they are about, and gives the
answers it owes. It also looks by itself, so that nothing depends on a message arriving.

Every step is harmless to repeat and ends with one transaction: die anywhere, start again; nothing is lost, nothing is
done twice.
"""

import json
import logging
import os
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import httpx2
from fastapi import Depends, FastAPI, HTTPException, Request
from standardwebhooks import Webhook, WebhookVerificationError

from pinpai import Pinpai, Unacceptable, digest_of

log = logging.getLogger("receiver")
PAYLOAD_VERSIONS = (1, 2, 3, 4, 5, 6)
LONGEST_MESSAGE = 64 * 1024
NEWS = {"nomination.prepared", "nomination.edited", "nomination.replaced", "nomination.withdrawn"}
"""What the district does. Other events tell of our own answers, or are of kinds not known here: they are passed by."""
ANSWERS: dict[str, dict[str, str]] = {
    "received": {"text": "已收到。"},
    "returned": {"text": "图片说明不完整，请补正后重新推荐。"},
    "accepted": {"text": "材料齐全，已受理。"},
    "decided": {"result": "市级优秀品牌"},
}
"""What a clerk would say to each case; here it is always the same."""


@dataclass(frozen=True)
class Settings:
    """Where Pinpai is, who we are there, and what we do."""

    pinpai_url: str
    client_id: str
    client_secret: str
    webhook_secrets: list[str]
    database: Path
    answers: list[str]
    pause: float

    @classmethod
    def from_environment(cls, given: Mapping[str, str] = os.environ) -> Self:
        """Read `RECEIVER_…`; while a webhook secret is being replaced there are two of them, parted by a comma."""
        answers = given.get("RECEIVER_ANSWERS", "received").split(",")
        if not ANSWERS.keys() >= set(answers):
            raise SystemExit(f"RECEIVER_ANSWERS names some of {', '.join(ANSWERS)}, parted by commas.")
        return cls(
            pinpai_url=given["RECEIVER_PINPAI_URL"],
            client_id=given["RECEIVER_CLIENT_ID"],
            client_secret=given["RECEIVER_CLIENT_SECRET"],
            webhook_secrets=[each for each in given.get("RECEIVER_WEBHOOK_SECRETS", "").split(",") if each],
            database=Path(given.get("RECEIVER_DATABASE", "receiver.db")),
            answers=answers,
            pause=float(given.get("RECEIVER_PAUSE", "60")),
        )


class Desk:
    """Where nominations are taken in and answered, one act after the other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pinpai = Pinpai(settings.pinpai_url, settings.client_id, settings.client_secret)
        self._awake = threading.Event()
        with closing(sqlite3.connect(settings.database)) as database:
            database.executescript(Path(__file__).with_name("schema.sql").read_text("utf-8"))

    def note(self, message_id: str) -> None:
        """Keep the id of a message, and how often it came; then look what happened."""
        with self._transaction() as database:
            noted = "INSERT INTO messages (id) VALUES (?) ON CONFLICT DO UPDATE SET times = times + 1"
            database.execute(noted, (message_id,))
        self._awake.set()

    def work(self) -> None:
        """Catch up whenever a message comes, and every now and then."""
        while True:
            try:
                self.catch_up()
            except Exception:
                log.exception("Not now; again in %s s, or when a message comes", self._settings.pause)
            self._awake.wait(self._settings.pause)
            self._awake.clear()

    def catch_up(self) -> None:
        """Do all there is to do."""
        while self._read_events():
            continue
        self._in_order("SELECT * FROM events WHERE done_at IS NULL ORDER BY sequence", self._take)
        self._in_order("SELECT * FROM answers WHERE given_at IS NULL ORDER BY rowid", self._answer)

    def compare(self) -> dict[str, Any]:
        """Tell Pinpai what we hold of each campaign, and hear how it differs from what we should hold."""
        held: dict[str, list[dict[str, Any]]] = {}
        for row in self._rows("SELECT * FROM nominations"):
            entry = {"nomination_id": row["id"], "revision": row["revision"], "digest": digest_of(row["payload"])}
            held.setdefault(row["campaign_id"], []).append(entry)
        paths = {campaign: f"/nomination-manifests/{campaign}/comparison" for campaign in held}
        return {campaign: self._pinpai.post(paths[campaign], entries=entries) for campaign, entries in held.items()}

    def _read_events(self) -> bool:
        """Note the next events together with how far we have read; False when there are no more."""
        (position,) = self._rows("SELECT last FROM position")
        feed = self._pinpai.get("/events", after=position["last"], limit=500)
        told = [(each["sequence"], each["type"], each["resource"]["id"]) for each in feed["items"]]
        with self._transaction() as database:
            noted = "INSERT OR IGNORE INTO events (sequence, type, nomination_id) VALUES (?, ?, ?)"
            database.executemany(noted, [each for each in told if each[1] in NEWS])
            database.execute("UPDATE position SET last = max(last, ?)", (feed["last"],))
        return bool(told)

    def _take(self, event: sqlite3.Row) -> None:
        """Hold the nomination as it is now, whatever happened to it; what it hands over is fetched once, for ever.

        One that was withdrawn before we came to it hands over nothing any more, and is not held.
        """
        nomination = self._pinpai.get(f"/nominations/{event['nomination_id']}")
        nomination |= {"stands": nomination["status"] not in {"replaced", "withdrawn"}}
        known = self._rows("SELECT id FROM nominations WHERE id = :id", nomination)
        is_new = not known and nomination["payload_href"] is not None
        nomination["payload"] = self._fetch(nomination) if is_new else None
        with self._transaction() as database:
            if is_new:
                database.execute(_KEEP, nomination)
                owed = [nomination | {"kind": kind} for kind in self._settings.answers]
                database.executemany(_OWE, owed)
            database.execute("UPDATE nominations SET position = :position, stands = :stands WHERE id = :id", nomination)
            database.execute("UPDATE events SET done_at = CURRENT_TIMESTAMP WHERE sequence = ?", (event["sequence"],))

    def _fetch(self, nomination: dict[str, Any]) -> bytes:
        """What is handed over, byte for byte; its files are kept by then."""
        path = f"/nominations/{nomination['id']}"
        payload = self._pinpai.proven(f"{path}/payload", nomination["payload_digest"])
        said = json.loads(payload)
        if said["schema_version"] not in PAYLOAD_VERSIONS or said["nomination"]["id"] != nomination["id"]:
            raise Unacceptable(f"{path}: the payload is of a version not known here, or of another nomination")
        for file in said["files"]:
            if not self._rows("SELECT sha256 FROM files WHERE sha256 = :sha256", file):
                content = self._pinpai.proven(f"{path}/files/{file['sha256']}", file["sha256"])
                with self._transaction() as database:
                    database.execute("INSERT OR IGNORE INTO files VALUES (?, ?)", (file["sha256"], content))
        return payload

    def _answer(self, answer: sqlite3.Row) -> None:
        """Give an answer; one that Pinpai has had already it recognises by its reference."""
        said = {name: answer[name] for name in ("reference", "kind", "payload_digest")} | ANSWERS[answer["kind"]]
        self._pinpai.post(f"/nominations/{answer['nomination_id']}/answers", **said)
        with self._transaction() as database:
            database.execute("UPDATE answers SET given_at = CURRENT_TIMESTAMP WHERE reference = :reference", said)

    def _in_order(self, waiting: str, act: Callable[[sqlite3.Row], None]) -> None:
        """Act on each row; behind one that fails nothing of its nomination goes on, and all the others do."""
        stuck = set()
        for row in self._rows(waiting):
            if row["nomination_id"] not in stuck:
                try:
                    act(row)
                except (Unacceptable, httpx2.HTTPStatusError) as error:
                    log.warning("%s has to wait: %s", row["nomination_id"], error)
                    stuck.add(row["nomination_id"])

    def _rows(self, query: str, values: Mapping[str, Any] | None = None) -> list[sqlite3.Row]:
        with self._transaction() as database:
            return database.execute(query, values or {}).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Whole or not at all, and on the disk when it has ended."""
        with closing(sqlite3.connect(self._settings.database, 30, isolation_level="IMMEDIATE")) as database, database:
            database.row_factory = sqlite3.Row
            yield database


def is_genuine(secrets: Iterable[str], headers: Mapping[str, str], body: bytes) -> bool:
    """Whether Pinpai signed exactly this, within five minutes of now, with a secret that counts."""
    for secret in secrets:
        try:
            Webhook(secret).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):  # it takes the headers apart before it trusts them
            continue
        return True
    return False


async def body_of(request: Request) -> bytes:
    """The very bytes that were signed; messages are short."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_MESSAGE:
            raise HTTPException(413)
    return body


def create_app() -> FastAPI:
    """One address for messages, and a desk behind it."""
    settings = Settings.from_environment()
    desk = Desk(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=desk.work, daemon=True).start()  # it may be cut off anywhere, so nobody waits for it
        yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    @app.post("/hooks", status_code=204)
    def take_message(request: Request, body: Annotated[bytes, Depends(body_of)]) -> None:
        if not is_genuine(settings.webhook_secrets, request.headers, body):
            raise HTTPException(401)
        desk.note(request.headers["webhook-id"])

    return app


def main() -> int:
    """For a network that lets nothing in: catch up once, then say whether both sides hold the same."""
    desk = Desk(Settings.from_environment())
    desk.catch_up()
    compared = desk.compare()
    for campaign, found in compared.items():
        print(campaign, json.dumps(found))
    return 0 if all(found["agrees"] for found in compared.values()) else 1


_KEEP = """
    INSERT OR IGNORE INTO nominations
    VALUES (:id, :campaign_id, :application_number, :revision, :position, :stands, :payload)
"""
_OWE = "INSERT OR IGNORE INTO answers VALUES (:id || '-' || :kind, :id, :kind, :payload_digest, NULL)"

if __name__ == "__main__":
    sys.exit(main())
