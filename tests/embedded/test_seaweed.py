import http.client
import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from app.embedded import Servers, run, seaweed
from app.storage import ObjectLost, Storage, StorageSettings
from tests.embedded.conftest import Supervisor, children, eventually, kill, s3

pytestmark = pytest.mark.thorough
"""Whole servers are started and killed."""

LOOPBACK = {"0100007F", "00000000000000000000000001000000"}


def port(supervisor: Supervisor, part: str) -> int:
    ports: dict[str, int] = json.loads((supervisor.data_dir / "ports.json").read_text())
    return ports[part]


def is_shut(number: int, method: str, path: str, body: bytes | None = None) -> bool:
    """The door breaks off, or says that it wants TLS."""
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=5)
    try:
        connection.request(method, path, body)
        return connection.getresponse().status == 400
    except OSError:
        return True
    finally:
        connection.close()


def test_an_object_goes_round(servers: Servers) -> None:
    client = s3(servers)
    client.put_object(Bucket="pinpai", Key="a/b", Body=b"picture")
    assert client.get_object(Bucket="pinpai", Key="a/b")["Body"].read() == b"picture"
    assert [found["Key"] for found in client.list_objects_v2(Bucket="pinpai", Prefix="a/")["Contents"]] == ["a/b"]
    client.delete_object(Bucket="pinpai", Key="a/b")
    assert client.list_objects_v2(Bucket="pinpai", Prefix="a/")["KeyCount"] == 0


@pytest.mark.parametrize(
    "keys",
    [{"config": {"signature_version": UNSIGNED}}, {"secret": "wrong"}, {"access": "somebody"}],
    ids=["unsigned", "wrong secret", "unknown key"],
)
@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("list_buckets", {}),
        ("list_objects_v2", {"Bucket": "pinpai"}),
        ("get_object", {"Bucket": "pinpai", "Key": "a"}),
        ("put_object", {"Bucket": "pinpai", "Key": "a"}),
        ("delete_object", {"Bucket": "pinpai", "Key": "a"}),
    ],
)
def test_a_stranger_is_refused(servers: Servers, keys: dict[str, Any], act: str, given: dict[str, str]) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(s3(servers, **keys), act)(**given)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("create_bucket", {"Bucket": "other"}),
        ("delete_bucket", {"Bucket": "pinpai"}),
        ("put_object", {"Bucket": "other", "Key": "a"}),
        ("put_bucket_versioning", {"Bucket": "pinpai", "VersioningConfiguration": {"Status": "Suspended"}}),
        ("put_bucket_policy", {"Bucket": "pinpai", "Policy": "{}"}),
        (
            "put_bucket_lifecycle_configuration",
            {
                "Bucket": "pinpai",
                "LifecycleConfiguration": {
                    "Rules": [{"Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
                },
            },
        ),
    ],
)
def test_the_app_may_not_touch_the_bucket_itself(servers: Servers, act: str, given: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(s3(servers), act)(**given)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_the_inner_doors_are_locked(supervisor: Supervisor, servers: Servers) -> None:
    s3(servers).put_object(Bucket="pinpai", Key="locked", Body=b"mine")
    for method, body in (("GET", None), ("PUT", b"HACKED"), ("POST", b"HACKED"), ("DELETE", None)):
        assert is_shut(port(supervisor, "filer"), method, "/buckets/pinpai/locked", body)
        assert is_shut(port(supervisor, "volume"), method, "/1,01637037d6", body)
    assert s3(servers).get_object(Bucket="pinpai", Key="locked")["Body"].read() == b"mine"


def test_the_inner_shell_wants_a_certificate(supervisor: Supervisor, tmp_path: Path) -> None:
    weed = f"/proc/{children(supervisor.data_dir, 'weed')[0]}/exe"
    doors = [f"-{part}=127.0.0.1:{port(supervisor, part)}" for part in ("master", "filer")]
    shell = subprocess.Popen(
        [weed, "shell", *doors],
        cwd=tmp_path,
        env={"HOME": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = shell.communicate("s3.bucket.list\nfs.ls /buckets\n", timeout=2)
    except subprocess.TimeoutExpired:
        shell.kill()
        output, _ = shell.communicate()
    assert "pinpai" not in output


def test_everything_listens_on_loopback_alone(supervisor: Supervisor) -> None:
    listening = []
    for pid in children(supervisor.data_dir, "weed") + children(supervisor.data_dir, "postgres"):
        inodes = {
            link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir() if "socket" in str(link.readlink())
        }
        for table in ("tcp", "tcp6", "udp", "udp6"):
            rows = [line.split() for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
            listening += [row[1] for row in rows if f"socket:[{row[9]}]" in inodes and row[3] in {"0A", "07"}]
    assert len(listening) >= 9
    assert {address.split(":")[0] for address in listening} <= LOOPBACK


def test_the_sockets_in_the_temporary_folder_are_closed_to_others(supervisor: Supervisor) -> None:
    sockets = [
        file
        for part in ("master", "volume", "filer", "s3", "admin")
        for file in Path("/tmp").glob(f"seaweedfs-*-{port(supervisor, part) + 10_000}.sock")
    ]
    assert sockets
    assert {file.stat().st_mode & 0o777 for file in sockets} == {0o700}


def test_the_server_gets_nothing_of_ours_and_does_not_call_home(supervisor: Supervisor) -> None:
    (weed,) = children(supervisor.data_dir, "weed")
    environment = Path(f"/proc/{weed}/environ").read_bytes().decode().split("\0")
    assert not [word for word in environment if "PINPAI" in word or "PROXY" in word.upper()]
    assert "-master.telemetry=false" in Path(f"/proc/{weed}/cmdline").read_text().split("\0")


def test_the_server_is_back_after_kill_9(supervisor: Supervisor, servers: Servers) -> None:
    s3(servers).put_object(Bucket="pinpai", Key="kept", Body=b"kept")
    (first,) = children(supervisor.data_dir, "weed")
    kill(first)

    def is_back() -> bool:
        try:
            return bool(s3(servers).get_object(Bucket="pinpai", Key="kept")["Body"].read() == b"kept")
        except Exception:  # noqa: BLE001 - whatever a server says that is on its way up
            return False

    eventually(is_back)
    assert children(supervisor.data_dir, "weed") != [first]


@pytest.mark.thorough
async def test_bytes_whose_volumes_are_gone_are_lost_and_not_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seaweed, "READABLE_SECONDS", 0.0)
    with run(tmp_path, durable=False) as servers:
        s3(servers).put_object(Bucket="pinpai", Key="kept", Body=b"kept" * 20_000, ChecksumAlgorithm="SHA256")
    for file in (tmp_path / "seaweed" / "data").rglob("*"):
        if file.suffix in {".dat", ".idx", ".vif"}:
            file.unlink()
    with run(tmp_path, durable=False) as servers:
        reached = StorageSettings(
            servers.s3_endpoint_url, servers.s3_region, "pinpai", servers.s3_access_key_id, servers.s3_secret_access_key
        )
        async with Storage(reached) as storage:
            await storage.check()
            with pytest.raises(ObjectLost):
                await storage.get("kept", sha256="")


@pytest.mark.thorough
def test_a_taken_port_is_chosen_anew(tmp_path: Path) -> None:
    with run(tmp_path, durable=False) as servers:
        first = servers.s3_endpoint_url
        s3(servers).put_object(Bucket="pinpai", Key="kept", Body=b"kept")
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(first.rsplit(":", 1)[1])))
        other.listen()
        with run(tmp_path, durable=False) as servers:
            assert servers.s3_endpoint_url != first
            assert s3(servers).get_object(Bucket="pinpai", Key="kept")["Body"].read() == b"kept"
    with run(tmp_path, durable=False) as again:
        assert again.s3_endpoint_url == servers.s3_endpoint_url


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user is already what the servers run as")
def test_as_root_the_servers_are_not_root(supervisor: Supervisor) -> None:
    pids = children(supervisor.data_dir, "weed") + children(supervisor.data_dir, "postgres")
    assert len(pids) > 5
    for pid in pids:
        status = Path(f"/proc/{pid}/status").read_text()
        (user,) = [line.split()[1:] for line in status.splitlines() if line.startswith("Uid")]
        assert "0" not in user
        assert [line.split()[1] for line in status.splitlines() if line.startswith("CapEff")] == ["0" * 16]
