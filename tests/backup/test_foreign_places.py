"""A place of backups in which others write too: what lies there neither stops the log nor leads a recovery astray."""

import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.backup.keeping import prune_log
from app.backup.log import BaseManifest, bases
from app.backup.manifest import digest_of
from app.backup.places import Folder
from app.backup.sealing import Opener
from app.embedded.accounts import Account
from app.embedded.home import Home
from app.embedded.recovery import _lay_down, outbox
from app.recovering import Wanted, _fetched

BASE = "bases/7/20260101T000000Z.000000010000000000000001"


@pytest.mark.parametrize("stray", ["bases/.DS_Store", "bases/7/x", "bases/7/x/y", "bases/7/x/y/z", f"{BASE}/a/b"])
async def test_files_that_are_of_no_base_are_left_alone(tmp_path: Path, stray: str) -> None:
    file = tmp_path / stray
    file.parent.mkdir(parents=True)
    file.touch()
    assert await bases(Folder(tmp_path)) == []
    assert await prune_log(Folder(tmp_path), keep=1) == 0
    assert file.exists()


@pytest.mark.parametrize("name", ["pg_hba.conf", "recovery.signal", "base"])
def test_a_copy_whose_links_lead_out_of_it_is_refused(tmp_path: Path, name: str) -> None:
    victim, copy, home = tmp_path / "victim", tmp_path / "copy", Home(tmp_path / "data")
    victim.write_text("ours")
    owner = victim.stat().st_uid
    outbox(home.path)
    with tarfile.open(copy, "w:gz") as files:
        link = tarfile.TarInfo(name)
        link.type, link.linkname = tarfile.SYMTYPE, str(victim)
        files.addfile(link)
    with pytest.raises(tarfile.FilterError):
        _lay_down(home, copy, Account(12345, 12345))
    assert (victim.read_text(), victim.stat().st_uid) == ("ours", owner)


async def test_only_we_read_the_copy_that_is_fetched(tmp_path: Path) -> None:
    manifest = BaseManifest([], datetime(2026, 1, 1, tzinfo=UTC), []).written()
    folder = tmp_path / BASE
    folder.mkdir(parents=True)
    (folder / f"manifest.{digest_of(manifest)}").write_bytes(manifest)
    wanted, copy = Wanted(Folder(tmp_path), Opener(None), tmp_path / "to", None), tmp_path / "copy"
    await _fetched(wanted, outbox(tmp_path / "data"), copy, print)
    assert copy.stat().st_mode & 0o077 == 0
