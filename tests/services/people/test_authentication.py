"""Sessions that are still open, asked for by many at once."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.models import Account, Session
from app.models.enums import AccountStatus, Role
from app.services.people import authentication
from app.services.people.sessions import token_hash
from tests.world import NOW, World


async def session_of(world: World, account: Account, token: str = "", **times: object) -> UUID:
    row = Session(
        account_id=account.id,
        token_hash=token_hash(token or uuid4().hex),
        **{"created_at": NOW, "seen_at": NOW, "authenticated_at": NOW}
        | {"idle_until": NOW + timedelta(minutes=30), "expires_at": NOW + timedelta(hours=12)}
        | times,
        client="tests",
        address="127.0.0.1",
    )
    await world.add(row)
    return row.id


@pytest.mark.parametrize("end", ["idle_until", "expires_at"])
async def test_those_that_are_open_are_known_with_their_accounts_as_they_are(world: World, end: str) -> None:
    committee = await world.committee()
    alive, changed = await world.account(Role.COMMITTEE, committee=committee), await world.account(Role.REVIEWER)
    disabled = await world.account(Role.OFFICE)
    ids = [await session_of(world, each) for each in (alive, changed, disabled)]
    ids += [await session_of(world, alive, "", **{end: NOW}), uuid4()]
    await world.put(changed, role=Role.OFFICE)
    await world.put(disabled, status=AccountStatus.DISABLED)
    found, now = await authentication.still(world.database, ids)
    assert {id_: (actor.id, actor.role, actor.session_id) for id_, actor in found.items()} == {
        ids[0]: (alive.id, Role.COMMITTEE, ids[0]),
        ids[1]: (changed.id, Role.OFFICE, ids[1]),
    }
    assert now == NOW


async def test_of_none_the_instant_is_known_all_the_same(world: World) -> None:
    assert await authentication.still(world.database, [uuid4()]) == ({}, NOW)


async def test_a_page_that_asks_by_itself_keeps_no_session_awake(world: World) -> None:
    account = await world.account(Role.OFFICE)
    await session_of(world, account, "token")
    for minutes, idle_minutes, is_open in ((20, None, True), (29, 30, True), (58, None, True), (59, None, False)):
        world.database.clock.stopped_at = NOW + timedelta(minutes=minutes)
        digest = token_hash("token")
        known = await authentication.authenticate(world.database, digest, idle_minutes=idle_minutes)
        assert (known is not None) is is_open, minutes
