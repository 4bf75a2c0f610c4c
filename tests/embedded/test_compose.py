"""The store of compose.yaml, started by hand as its container would be: the same doors, the same bucket."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml  # type: ignore[import-untyped]
from botocore.config import Config
from botocore.exceptions import ClientError

from app.embedded.accounts import Account
from app.embedded.binaries import find_binaries
from app.embedded.home import Home
from tests.embedded.conftest import children, eventually
from tests.embedded.doors import doors_of, needs_root, opened_to_a_stranger, routes_of

pytestmark = pytest.mark.thorough
"""Whole servers are started."""

ROOT = Path(__file__).parents[2]
KEY, SECRET = "pinpai", "a-secret-of-the-deployment"
PARTS = ("master", "volume", "filer", "s3", "admin")


@dataclass
class Compose:
    """A running store, and where its S3 answers."""

    folder: Path
    weed: Path
    port: int
    log: Path

    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )


@pytest.fixture(scope="module")
def compose(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    folder = tmp_path_factory.mktemp("compose")
    weed = find_binaries(Account(os.geteuid(), os.getegid())).weed
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    places = {
        "/store": str(folder / "store"),
        "/data": str(folder / "data"),
        "/deploy/s3.sh": str(ROOT / "deploy/s3.sh"),
    }
    (folder / "data").mkdir()
    environment = {"PATH": f"{weed.parent}:/usr/bin:/bin", "HOME": str(folder)}
    command = [places.get(word, word) for word in services["store-config"]["command"].split()]
    given = {
        name: value.replace("${S3_SECRET:?}", SECRET) for name, value in services["store-config"]["environment"].items()
    }
    subprocess.run(
        [sys.executable, "-m", "app.cli", *command], env=environment | given | {"PYTHONPATH": str(ROOT)}, check=True
    )
    ports = Home(folder).free_ports(PARTS, also=10_000)  # the container has its own
    shell = {"SHELL_FLAGS": f"-master=127.0.0.1:{ports['master']} -filer=127.0.0.1:{ports['filer']}"}
    entry = [places.get(word, word) for word in services["s3"]["entrypoint"]]
    log = folder / "log"
    with log.open("wb") as stream:
        store = subprocess.Popen(
            [*entry, *(f"-{part}.port={port}" for part, port in ports.items())],
            env=environment | shell,
            stdout=stream,
            stderr=stream,
        )
    try:
        eventually(lambda: "the bucket is ready" in log.read_text() or store.poll() is not None, seconds=120)
        assert store.poll() is None, log.read_text()[-3000:]
        yield Compose(folder, weed, ports["s3"], log)
    finally:
        store.send_signal(signal.SIGTERM)
        store.wait(40)


@pytest.mark.thorough
@needs_root
def test_no_door_of_the_recipe_opens_to_a_stranger(compose: Compose) -> None:
    client = compose.client()
    kept = {f"walked/{number}": sha256(str(number).encode()).digest() * 5_000 for number in range(5)}
    for key, data in kept.items():
        client.put_object(Bucket="pinpai", Key=key, Body=data)
    doors = doors_of(children(compose.folder, "weed"))
    assert len(doors["tcp"]) >= 9
    assert opened_to_a_stranger(doors, routes_of(compose.weed)) == []
    assert {key: client.get_object(Bucket="pinpai", Key=key)["Body"].read() for key in kept} == kept


def test_the_apps_key_may_not_expire_everything(compose: Compose) -> None:
    rule = {"Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    with pytest.raises(ClientError) as refused:
        compose.client().put_bucket_lifecycle_configuration(Bucket="pinpai", LifecycleConfiguration={"Rules": [rule]})
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_objects_are_on_disk_before_they_are_acknowledged(compose: Compose) -> None:
    assert "-fsync" in (compose.folder / "store" / "setup").read_text()
    assert "the bucket is ready" in compose.log.read_text()
