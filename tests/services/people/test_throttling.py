from datetime import timedelta

import pytest

from app.models import SignInAttempt
from app.services.people import throttling
from tests.world import NOW, World


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_a_place_is_an_address_or_a_customer_s_network(address: str, network: str) -> None:
    assert throttling.network_of(address) == network


async def test_what_no_rule_looks_at_is_forgotten(world: World) -> None:
    ages = {(False, 25): "old", (False, 23): "kept", (None, 25): "old", (True, 25): "kept", (True, 24 * 31): "old"}
    rows = [
        SignInAttempt(subject_hash=b"s", address="2001:db8:1:2::/64", at=NOW - timedelta(hours=hours), succeeded=ok)
        for ok, hours in ages
    ]
    await world.add(*rows)
    async with world.database.transaction() as session:
        assert await throttling.forget(session, NOW) == list(ages.values()).count("old")
