"""No door of the embedded servers opens to another user of the machine, whatever route or language it is tried in."""

from hashlib import sha256
from pathlib import Path

import pytest

from app.embedded import Servers
from tests.embedded.conftest import Supervisor, children, s3
from tests.embedded.doors import doors_of, needs_root, opened_to_a_stranger, routes_of


@pytest.mark.thorough
@needs_root
def test_another_user_opens_no_door_and_harms_no_object(supervisor: Supervisor, servers: Servers) -> None:
    client = s3(servers)
    kept = {f"walked/{number}": sha256(str(number).encode()).digest() * 5_000 for number in range(5)}
    for key, data in kept.items():
        client.put_object(Bucket="pinpai", Key=key, Body=data)
    (weed,) = children(supervisor.data_dir, "weed")
    doors = doors_of([weed, *children(supervisor.data_dir, "postgres")])
    assert len(doors["tcp"]) >= 9
    assert [path for path in doors["unix"] if ".s.PGSQL" in path]
    assert opened_to_a_stranger(doors, routes_of(Path(f"/proc/{weed}/exe").resolve())) == []
    assert {key: client.get_object(Bucket="pinpai", Key=key)["Body"].read() for key in kept} == kept
