from datetime import timedelta

from app.models import SignInAttempt
from app.services.people import throttling
from tests.world import NOW, World


async def test_what_no_rule_looks_at_is_forgotten(world: World) -> None:
    ages = {(False, 25): "old", (False, 23): "kept", (None, 25): "old", (True, 25): "kept", (True, 24 * 31): "old"}
    rows = [
        SignInAttempt(subject_hash=b"s", address="2001:db8:1:2::/64", at=NOW - timedelta(hours=hours), succeeded=ok)
        for ok, hours in ages
    ]
    await world.add(*rows)
    async with world.database.transaction() as session:
        assert await throttling.forget(session, NOW) == list(ages.values()).count("old")
