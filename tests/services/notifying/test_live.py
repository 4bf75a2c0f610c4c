"""The task that looks for all listeners: when the database goes away, and when nobody listens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.models import Account, Session
from app.models.enums import Language, Role
from app.problems import Unavailable
from app.services.notifying import live
from app.services.notifying.live import Audience, Happened, Listener, Live, News, concerns
from tests.world import World, actor_of
from tests.world.streams import notify


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.02)


@asynccontextmanager
async def hearing(world: World, listeners: Live, account: Account) -> AsyncIterator[AsyncIterator[News]]:
    await world.sign_in(account)
    async with world.database.transaction() as session:
        session_id = await session.scalar(select(Session.id).where(Session.account_id == account.id))
    listener = Listener(replace(actor_of(account), session_id=session_id), Language.ZH, uuid4(), None)
    async with listeners.listening(listener) as news:
        yield news
    await listeners.stop()


async def ids(news: AsyncIterator[News], count: int) -> list[UUID]:
    """Wait for so many notices."""
    told: list[UUID] = []
    while len(told) < count:
        told += [row.id for row in (await anext(news)).notices]
    return told


async def test_the_first_news_is_the_unread_number_and_silence_is_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.01)
    account = await world.account(Role.OFFICE)
    await notify(world, account, 2)
    async with hearing(world, Live(world.database, 1), account) as news:
        assert [await anext(news) for _ in range(3)] == [News([], 2, []), News([], None, []), News([], None, [])]


async def test_a_look_that_fails_is_repeated_and_leaves_nothing_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, listeners = await world.account(Role.REVIEWER), Live(world.database, 1)
    look, looks = Live._look, list[None]()  # noqa: SLF001

    async def fail_twice(self: Live) -> None:
        looks.append(None)
        if len(looks) < 3:
            raise Unavailable(retry_after=1)
        await look(self)

    monkeypatch.setattr(Live, "_look", fail_twice)
    async with hearing(world, listeners, account) as news:
        await anext(news)
        [id_] = await notify(world, account)
        assert await ids(news, 1) == [UUID(id_)]


async def test_nobody_looks_when_nobody_listens(world: World) -> None:
    account, listeners = await world.account(Role.REVIEWER), Live(world.database, 1)
    async with hearing(world, listeners, account) as news:
        await anext(news)
        watching = listeners._watching  # noqa: SLF001
        assert watching is not None
    assert watching.done()


HERE, THERE = uuid4(), uuid4()
OFFICE, IS_HERE, IS_THERE = (Role.OFFICE, None), (Role.COMMITTEE, HERE), (Role.COMMITTEE, THERE)


@pytest.mark.parametrize(
    ("committee_id", "concerned"), [(HERE, [OFFICE, IS_HERE]), (None, [OFFICE, IS_HERE, IS_THERE])]
)
def test_progress_is_read_again_for_the_office_and_whose_event_it_is(
    committee_id: UUID | None, concerned: list[Audience]
) -> None:
    happened = Happened(1, "application.filed", uuid4(), uuid4(), committee_id)
    assert [each for each in (OFFICE, IS_HERE, IS_THERE) if concerns(happened, each)] == concerned
