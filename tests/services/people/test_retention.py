"""Deletion by periods: what is due goes at night, what is not stays, and the history's chain holds."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.auditing import broken_link
from app.chain import BEGINNING, Anchors, Chain, Key
from app.models import Account, AuditEvent, Factor, Notification
from app.models.enums import FactorKind, Role
from app.services.history import change, note
from app.services.people import retention
from app.services.people.accounts import actor_of
from app.services.people.retention import PLACES
from app.services.policies.people import accounts as policy
from app.services.policies.people.retention import KEPT, Periods
from tests.world import NOW, World
from tests.world.chain import SECRET
from tests.world.worker import number_all

PERIODS = Periods(trace=timedelta(days=184), notice=timedelta(days=730), value=timedelta(days=1095))
NIGHT = NOW.replace(hour=2)
DAYS = {"factors": 1, "traces": 184, "notifications": 730, "values": 1095}


@pytest.fixture
async def filled(world: World) -> World:
    """An event with an address, one with values, a notification, and a factor that was never confirmed."""
    account = await world.account(Role.OFFICE)
    async with world.acting(actor_of(account)) as ctx:
        row = await ctx.session.get_one(Account, account.id)
        note(ctx, row, policy.SIGN_IN_REFUSED, address="10.2.3.4", client="tests")
        change(ctx, row, policy.EDIT.event, phone="13900000000")
    told = {"role": Role.OFFICE, "kind": "plan.submitted", "occasion": "1", "told_at": NOW, "by_mail": False}
    about = {"subject_type": "plan", "subject_id": uuid4(), "particulars": {}}
    factor = Factor(account_id=account.id, kind=FactorKind.TOTP, name="", secret=b"s", last_step=0)
    await world.add(Notification(account_id=account.id, **told, **about), factor)
    return world


async def cleared(world: World, instant: datetime) -> int:
    world.database.clock.stopped_at = instant
    return await retention.clear(world.database, PERIODS)


async def missed(world: World, instant: datetime) -> list[str]:
    async with world.database.transaction() as session:
        return [name for name, _ in await retention.missed(session, instant, PERIODS)]


async def test_each_goes_in_the_night_after_its_period_and_no_earlier(filled: World) -> None:
    assert list(PLACES) == [*DAYS]
    for name, days in DAYS.items():
        first = NIGHT + timedelta(days=days + 1)
        assert await missed(filled, first + timedelta(days=2)) == [name], name
        assert await cleared(filled, first - timedelta(days=1)) == 0, name
        assert await cleared(filled, first.replace(hour=12)) == 0, "by day"
        assert await cleared(filled, first) == 1, name
        assert await missed(filled, first + timedelta(days=2)) == [], name
    assert await cleared(filled, NIGHT + timedelta(days=4000)) == 0


async def test_the_chain_holds_and_the_event_itself_stays(filled: World, tmp_path: Path) -> None:
    history = Chain([Key(SECRET)], Anchors(tmp_path / "anchors"))
    await number_all(filled.database, chain=history)
    assert await cleared(filled, NIGHT + timedelta(days=2000)) == len(DAYS)
    async with filled.database.reading() as reader:
        assert await broken_link(reader, history, BEGINNING) is None
    async with filled.database.transaction() as session:
        events = (await session.scalars(select(AuditEvent).order_by(AuditEvent.ordinal))).all()
        assert await session.scalar(select(func.count()).select_from(Notification)) == 0
    assert [(event.action, event.changes) for event in events] == [
        ("account.sign_in_refused", None),
        ("account.edited", None),
    ]
    assert "10.2.3.4" not in str(events[0].data)


async def test_values_are_erased_and_never_changed(filled: World) -> None:
    with pytest.raises(DBAPIError, match="erased, and never changed"):
        async with filled.database.transaction() as session:
            await session.execute(text("UPDATE audit_events SET changes = '{}' WHERE changes IS NOT NULL"))


def test_what_the_worker_deletes_is_in_the_table_and_what_the_operator_sets_is_deleted() -> None:
    assert PLACES.keys() <= KEPT.keys()
    assert {name for name, kept in KEPT.items() if isinstance(kept.after, str)} <= PLACES.keys()
