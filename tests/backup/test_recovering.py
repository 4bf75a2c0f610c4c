"""A database is lost with its disk; what is recovered is what was written up to the last minutes."""

import json
import os
import re
import shutil
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from app.embedded import attach
from app.services.files import key_of
from tests.embedded.conftest import s3
from tests.world.ports import free_port
from tests.world.program import IN_A_FOLDER, OPERATIONS, PASSWORD, Program, environment, run, serving

LONGEST = 80.0
"""Seconds of work that may be lost."""
Ledger = list[tuple[datetime, str]]


def sign_in(program: Program) -> str:
    token: str = program.post("sessions", username="clerk", password=PASSWORD)["token"]
    return token


def write(program: Program, token: str, ledger: Ledger) -> None:
    """Add a committee; note when it was acknowledged."""
    code = program.post("committees", token, name=f"第{len(ledger)}街道党工委", kind="township_subdistrict")["code"]
    ledger.append((datetime.now(UTC), code))


def store(data_dir: Path, data: bytes) -> None:
    """Store an object under a row of its own, as an upload does."""
    servers, row, digest = attach(data_dir), uuid7(), sha256(data).hexdigest()
    s3(servers).put_object(Bucket=servers.s3_bucket, Key=key_of(row), Body=data, ContentType="image/png")
    servers.postgres.administer(
        "INSERT INTO files (id, state, state_since, media_type, size, sha256, damaged, codes)"
        f" VALUES ('{row}', 'stored', now(), 'image/png', {len(data)}, '{digest}', false, '')",
        servers.database,
    )


def ask(data_dir: Path, sql: str) -> list[str]:
    servers = attach(data_dir)
    return servers.postgres.administer(sql, servers.database).split()


def await_file(folder: Path, pattern: str) -> None:
    deadline = time.monotonic() + 120
    while not any(folder.rglob(pattern)):
        assert time.monotonic() < deadline, f"there never was a {pattern}"
        time.sleep(0.2)


def kill_and_remove(data_dir: Path) -> None:
    """End PostgreSQL at once, and all that it has on its disk."""
    cluster = data_dir / "postgres/cluster"
    os.kill(int((cluster / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
    shutil.rmtree(data_dir / "postgres", ignore_errors=True)


@pytest.mark.thorough  # a minute and a half of writing, and servers are started six times
def test_what_was_written_up_to_the_last_minutes_is_recovered(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    recover, until = re.findall(r"```sh recover\n(.*?)```", OPERATIONS, re.DOTALL)
    tmp_path /= IN_A_FOLDER
    old, new, target, ledger = tmp_path / "old", tmp_path / "new", tmp_path / "backups", Ledger()
    with serving(old, PINPAI_BACKUP_TARGET=str(target)) as program:
        program.post("activations", code=program.invite("clerk"), password=PASSWORD)
        await_file(target / "bases", "manifest.*")
        await_file(target / "backups", "manifest.*")
        store(old, b"a picture")
        token, begun = sign_in(program), time.monotonic()
        while time.monotonic() - begun < LONGEST + 5:
            write(program, token, ledger)
            time.sleep(0.5)
        killed_at = datetime.now(UTC)
        kill_and_remove(old)
        program.process.kill()
    places = {"TARGET": str(target), "KEPT_SECRETS": str(old / "secrets")}
    values, begun = environment(new, free_port()) | places, time.monotonic()
    run(recover, values | {"RECOVERED": str(tmp_path / "recovered")})
    record_testsuite_property("seconds of recovery", time.monotonic() - begun)
    with serving(new) as program:
        run("pinpai release", program.environment)
        assert run("pinpai doctor --deep", program.environment) == "Everything is in order.\n"
        found = set(ask(new, "SELECT code FROM committees"))
        assert ask(new, "SELECT count(*) FROM files") == ["1"]
        assert sign_in(program)
    kept = [each for each in ledger if each[1] in found]
    assert kept == ledger[: len(kept)]
    lost = (killed_at - kept[-1][0]).total_seconds()
    record_testsuite_property("seconds of work that are lost", lost)
    assert lost < LONGEST
    middle = len(kept) // 2
    run(until, values | {"RECOVERED": str(tmp_path / "earlier"), "INSTANT": ledger[middle][0].isoformat()})
    (manifest,) = (tmp_path / "earlier").rglob("manifest.*")
    assert json.loads(manifest.read_bytes())["tables"]["committees"] == middle + 1
