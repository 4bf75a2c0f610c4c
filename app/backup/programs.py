"""PostgreSQL's own programs that dump and load: of the embedded package or of the system, of a fitting version."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from app.database import dsn_of
from app.refusal import Refusal

PART = 16 * 2**20
SHOWN = 300
LEFT_OUT = ("sessions", "passkey_challenges", "sign_on_challenges")
"""Tables of which no backup has the rows: nobody is signed in after a restore."""
NAMES = ("pg_dump", "pg_restore", "psql")


@dataclass(frozen=True)
class Programs:
    """The programs of one version, in one folder."""

    folder: Path
    major: int

    async def dump(self, url: str, snapshot: str) -> AsyncIterator[bytes]:
        """Yield the dump of a database as it is in a snapshot, in parts."""
        left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
        options = ["--format=custom", "--no-owner", "--no-privileges", *left_out, f"--snapshot={snapshot}"]
        async for part in self._written("pg_dump", options, url):
            yield part

    async def copy(self, url: str) -> AsyncIterator[bytes]:
        """Yield a copy of all files of the server but its log, in parts; it ends once the log of it is archived."""
        form = ["--pgdata=-", "--format=tar", "--compress=client-gzip:1", "--no-manifest", "--no-password"]
        async for part in self._written("pg_basebackup", [*form, "--wal-method=none", "--checkpoint=fast"], url):
            yield part

    async def _written(self, name: str, options: Sequence[str], url: str) -> AsyncIterator[bytes]:
        """Yield what a program writes, in parts, and see that it ended well."""
        # Without the password, which other users of the host could read in the list of processes.
        process = await self._started(name, [*options, f"--dbname={dsn_of(url, secret=False)}"], url)
        assert process.stdout is not None, "asked for"
        words = asyncio.create_task(_said(process))
        try:
            while part := await _part(process.stdout):
                yield part
            await _ended(process, words, name)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            await words

    async def load(self, url: str, dump: Path, then: str) -> None:
        """Load a dump into an empty database, and do some statements; all in one transaction."""
        script = dump.with_suffix(".sql")
        process = await self._started("pg_restore", ["--no-owner", "--no-privileges", f"--file={script}", str(dump)])
        await _ended(process, asyncio.create_task(_said(process)), "pg_restore")
        with script.open("a", encoding="utf-8") as file:
            file.write(then)
        options = ["-X", "-q", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", str(script)]
        process = await self._started("psql", [*options, f"--dbname={dsn_of(url, secret=False)}"], url)
        await _ended(process, asyncio.create_task(_said(process)), "psql")

    async def _started(self, name: str, options: Sequence[str], url: str = "") -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            str(self.folder / name),
            *options,
            env=_environment(url),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )


async def fitting(server: int) -> Programs:
    """Return the programs for a server of this version: of the same, or else of the next later one there is."""
    found = [Programs(folder, await _major(folder)) for folder in _folders()]
    fit = sorted((each for each in found if each.major >= server), key=lambda each: each.major)
    if not fit:
        had = ", ".join(str(each.major) for each in found) or "none"
        raise Refusal(
            f"pg_dump, pg_restore and psql of PostgreSQL {server} or later are needed (found: {had}): "
            "install its client programs, or 'pinpai[embedded]'."
        )
    return fit[0]


def _folders() -> list[Path]:
    """Return the folders that have all the programs: that of the embedded package, and those of PATH."""
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder]
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    every = [*_embedded(), *folders, *installed]
    return [folder for folder in every if all(shutil.which(name, path=folder) for name in NAMES)]


def _embedded() -> list[Path]:
    from app.embedded import EmbeddedError
    from app.embedded.accounts import server_account
    from app.embedded.binaries import find_binaries

    try:
        return [find_binaries(server_account(lambda _: None)).postgres_folder / "bin"]
    except EmbeddedError:
        return []


async def _major(folder: Path) -> int:
    process = await asyncio.create_subprocess_exec(
        str(folder / "pg_dump"), "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    said, _ = await process.communicate()
    found = re.search(rb"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def _environment(url: str) -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    password = make_url(url).password if url else None
    return kept | {"LC_ALL": "C.UTF-8"} | ({"PGPASSWORD": str(password)} if password else {})


async def _part(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readexactly(PART)
    except asyncio.IncompleteReadError as last:
        return last.partial


async def _said(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None, "asked for"
    return (await process.stderr.read()).decode(errors="replace").strip()


async def _ended(process: asyncio.subprocess.Process, words: "asyncio.Task[str]", name: str) -> None:
    said = await words
    if await process.wait():
        raise Refusal(f"{name} failed: {said[-SHOWN:]}")
