"""The other side: the municipal office (市文明办), its machine client, and the system that takes nominations in."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from urllib.parse import urlencode

from demo.cast import Person, known_accounts
from demo.client import Client
from demo.errors import CannotPlay
from demo.pushing import listens
from demo.stage import PATIENCE, Stage, wait_for

USERNAME, NAME = "demo.municipal", "唐山市文明办"
EXAMPLE = Path(__file__).parents[1] / "examples" / "municipal-receiver"
SELDOM = "3600"
"""Seconds between two polls of its own: so many that only a message can have woken it."""
ANSWERS: dict[str, dict[str, str]] = {
    "received": {"text": "收悉。"},
    "returned": {"text": "图片说明过于简略，请补充后再报。"},
    "accepted": {"text": "经审核，予以受理。"},
    "decided": {"result": "市级优秀品牌"},
}
"""Answers given by hand where the example does not run."""


@dataclass(frozen=True)
class MunicipalOffice:
    """The machine client, its credentials, and the number of the last event before it came."""

    person: Person
    credentials: Mapping[str, str]
    last: int

    def hears_of(self, nomination_id: str) -> int:
        """The number of the first event about it, once it has one."""

        def look() -> int | None:
            feed = self.person.ask("GET", f"/events?after={self.last}&limit=500")
            found = (each["sequence"] for each in feed["items"] if each["resource"]["id"] == nomination_id)
            return next(found, None)

        return wait_for("The event of the nomination gets its number", look)


class System(Protocol):
    """A system that receives nominations on the other side."""

    def look(self, *answers: str) -> Mapping[str, Any]:
        """Take in what is new, answer it so, and say how all it holds compares with what it should hold."""


def register(stage: Stage) -> MunicipalOffice:
    """Register the machine client, or give the one of an earlier play a new secret; and get a token for it."""
    account_id = known_accounts(stage.office).get(USERNAME)
    if account_id is None:
        account = {"username": USERNAME, "name": NAME, "role": "municipal"}
        account_id = stage.office.act(f"registers the system of {NAME}", "POST", "/accounts", account)["id"]
    _grant(stage, account_id)
    issued = stage.office.act("issues its secret, told once", "POST", f"/accounts/{account_id}/client-secret")
    credentials = {name: issued[name] for name in ("client_id", "client_secret")}
    stranger, form = stage.door.stranger(), {"grant_type": "client_credentials"} | credentials
    token = stranger.act("asks for a token with it (OAuth 2.0 client credentials)", "POST", "/tokens", form=form)
    stage.narrator.add(f"scope {token['scope']}, for {token['expires_in']} s")
    person = Person(NAME, USERNAME, Client(stage.door.url, token["access_token"]), stage.narrator)
    return MunicipalOffice(person, credentials, _last_event(person))


def _grant(stage: Stage, account_id: str) -> None:
    """Let the client read what is nominated in this campaign; one of an earlier play has a grant already."""
    granted = {"account_id": account_id, "campaign_id": stage.campaign_id}
    if not stage.office.ask("GET", "/grants?revoked=false&" + urlencode(granted))["total"]:
        stage.office.act("grants it this campaign, and no other", "POST", "/grants", granted)


def _last_event(person: Person) -> int:
    last = 0
    while (feed := person.ask("GET", f"/events?after={last}&limit=500"))["items"]:
        last = feed["last"]
    return last


@contextmanager
def system_of(stage: Stage, office: MunicipalOffice) -> Iterator[System]:
    """The example where it lies beside the program, and somebody who does the same by hand where it does not."""
    if not EXAMPLE.is_dir():
        stage.narrator.tell("examples/municipal-receiver is not here: somebody plays its part, request by request")
        yield StandIn(office.person, stage.campaign_id, office.last)
        return
    with TemporaryDirectory(prefix="pinpai-demo-") as folder:
        database = Path(folder) / "receiver.db"
        _begin_now(database, office.last)
        given = {"pinpai_url": stage.door.url, "database": str(database), "pause": SELDOM, **office.credentials}
        yield ExampleReceiver(stage.campaign_id, given)


def _begin_now(database: Path, last: int) -> None:
    """Skip the events of before: it leaves alone what earlier plays or others nominated."""
    with closing(sqlite3.connect(database)) as kept, kept:
        kept.executescript((EXAMPLE / "schema.sql").read_text("utf-8"))
        kept.execute("UPDATE position SET last = ?", (last,))


@dataclass(frozen=True)
class ExampleReceiver:
    """`examples/municipal-receiver`, always as a process of its own."""

    campaign_id: str
    given: Mapping[str, str]

    def look(self, *answers: str) -> Mapping[str, Any]:
        """Run it until it has caught up: what a network does that lets nothing in."""
        command, environment = [sys.executable, str(EXAMPLE / "receiver.py")], self._environment(answers)
        try:
            done = subprocess.run(  # noqa: S603  # our own interpreter, on our own example
                command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            raise CannotPlay(f"The example receiver was at it for {PATIENCE} s, and was stopped.") from None
        compared = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        if self.campaign_id not in compared:
            raise CannotPlay(f"The example receiver failed: {(done.stderr.splitlines() or ['no campaign'])[-1]}")
        found: dict[str, Any] = json.loads(compared[self.campaign_id])
        return found

    @contextmanager
    def listening(self, address: str, secret: str, *answers: str) -> Iterator[None]:
        """Let it wait for messages, and stop it in the end."""
        command = [sys.executable, "-m", "uvicorn", "--factory", "receiver:create_app", "--app-dir", str(EXAMPLE)]
        command += ["--port", address.rpartition(":")[2], "--log-level", "warning"]
        process = subprocess.Popen(command, env=self._environment(answers, webhook_secrets=secret))  # noqa: S603  # the same
        try:
            wait_for("The example receiver listens", lambda: _has_started(process, address))
            yield
        finally:
            _end(process)

    def _environment(self, answers: tuple[str, ...], **more: str) -> dict[str, str]:
        given = {**self.given, **more, "answers": ",".join(answers)}
        return os.environ | {f"RECEIVER_{name.upper()}": value for name, value in given.items()}


def _has_started(process: "subprocess.Popen[bytes]", address: str) -> bool:
    if process.poll() is not None:
        raise CannotPlay(f"The example receiver does not start at {address}.")
    return listens(address)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass
class StandIn:
    """Does what the example does, as anybody could with curl; what it holds is forgotten at the end."""

    person: Person
    campaign_id: str
    last: int
    held: list[dict[str, Any]] = field(default_factory=list)

    def look(self, *answers: str) -> Mapping[str, Any]:
        feed = self.person.ask("GET", f"/events?after={self.last}&limit=500")
        self.last = feed["last"]
        for event in feed["items"]:
            if event["type"] == "nomination.prepared":
                self._take(event["resource"]["id"], answers)
        path = f"/nomination-manifests/{self.campaign_id}/comparison"
        compared: dict[str, Any] = self.person.ask("POST", path, {"entries": self.held}).body
        return compared

    def _take(self, nomination_id: str, answers: tuple[str, ...]) -> None:
        path = f"/nominations/{nomination_id}"
        nomination = self.person.ask("GET", path)
        digest = nomination["payload_digest"]
        for file in json.loads(proven(self.person, f"{path}/payload", digest))["files"]:
            proven(self.person, f"{path}/files/{file['sha256']}", file["sha256"])
        self.held.append({"nomination_id": nomination_id, "revision": nomination["revision"], "digest": digest})
        for kind in answers:
            body = {"reference": f"{nomination_id}-{kind}", "kind": kind, "payload_digest": digest}
            self.person.ask("POST", f"{path}/answers", body | ANSWERS[kind])


def proven(person: Person, path: str, digest: str) -> bytes:
    """Bytes that have this digest, as was announced."""
    content = person.client.download(path)
    if hashlib.sha256(content).hexdigest() != digest:
        raise CannotPlay(f"{path}: these are not the bytes that were announced.")
    return content
