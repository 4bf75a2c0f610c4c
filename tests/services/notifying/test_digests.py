"""Mail about what is new: one letter for what comes together, each thing in one, whatever happens on the way."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import ExitStack
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from app import worker
from app.mailing import Mailer
from app.models import Account
from app.models.enums import AccountStatus
from app.services.notifying import digests
from app.services.notifying.notifications import MAIL
from app.settings import Settings
from tests.world import World, key
from tests.world.filing import District, district
from tests.world.mail import SENDER, MailServer, a_mail_server, parts
from tests.world.notifying import hand_on, kinds
from tests.world.worker import work_off

Owner = Any
"""asyncpg's connection, which is generic for the type checker only."""
LINKS = "https://pinpai.example.org"
DUE = "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'"


class Post:
    """A district whose people have addresses, a mail server, and workers."""

    def __init__(self, place: District, settings: Settings, owner: Owner, server: MailServer) -> None:
        self.place, self.server = place, server
        self._settings, self._owner = settings, owner

    async def has(self, account: Account, **values: Any) -> None:
        async with self.place.world.database.transaction() as session:
            row = await session.get_one(Account, account.id)
            for name, value in values.items():
                setattr(row, name, value)

    async def submitted(self, **cells: Any) -> UUID:
        """One more thing for the committee to know."""
        application_id = await self.place.submitted(**cells)
        await hand_on(self.place.world)
        return application_id

    async def returned(self, **cells: Any) -> UUID:
        """One more thing for the unit to know, by a formal act."""
        application_id = await self.submitted(**cells)
        path = f"/api/v1/applications/{application_id}/return"
        answer = await self.place.by_committee.post(path, json={"reason": "请补充数据。"}, headers=key())
        assert answer.status_code == 200, answer.text
        await hand_on(self.place.world)
        return application_id

    async def delivered(self, *, workers: int = 1, mailer: Mailer | None = None) -> list[str]:
        """Subjects of all mails that have arrived once everything that waits was tried."""
        await self._owner.execute(DUE)
        task = partial(digests.mail, self.place.world.database, mailer or self.server.mailer, LINKS)
        before = None  # jobs of one lock are done one after the other: until nothing changes any more
        while before != (before := await self.jobs()):
            works = (work_off(self._settings, self.place.world.database, {MAIL: task}) for _ in range(workers))
            await asyncio.gather(*works)
        return [letter["Subject"] for letter in self.server.letters]

    async def unsent(self) -> int:
        return int(await self._owner.fetchval("SELECT count(*) FROM notifications WHERE by_mail AND mailed_at IS NULL"))

    async def jobs(self) -> list[tuple[str, int]]:
        found = await self._owner.fetch("SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id")
        return [tuple(row) for row in found]


@pytest.fixture
async def post(world: World, settings: Settings, owner: Owner) -> AsyncIterator[Post]:
    async with a_mail_server() as server:
        post = Post(await district(world), settings, owner, server)
        await post.has(post.place.member, email="unit@example.org")
        await post.has(post.place.liaison, email="committee@example.org")
        yield post


async def test_what_comes_together_is_one_letter(post: Post) -> None:
    ids = [await post.submitted(brand_name=name) for name in ("甲", "乙<b>&", "丙")]
    assert await post.delivered() == ["3项新通知：“甲”已提交，待审核盖章。"]
    [letter] = post.server.letters
    plain, html = parts(letter)
    assert letter["To"] == "committee@example.org"
    assert [line.strip() for line in plain.splitlines() if line.strip()] == [
        "党（工）委用户，您好：",
        "1. “甲”已提交，待审核盖章。",
        f"{LINKS}/applications/{ids[0]}",
        "2. “乙<b>&”已提交，待审核盖章。",
        f"{LINKS}/applications/{ids[1]}",
        "3. “丙”已提交，待审核盖章。",
        f"{LINKS}/applications/{ids[2]}",
        "此邮件由系统自动发出，请勿直接回复。一般通知可在个人资料中关闭邮件提醒；退回、补正等正式通知不能关闭。",
    ]
    assert "“乙&lt;b&gt;&amp;”已提交" in html
    assert "<b>" not in html
    assert (await post.unsent(), await post.jobs()) == (0, [])
    assert await post.delivered() == ["3项新通知：“甲”已提交，待审核盖章。"]


async def test_a_letter_says_why(post: Post) -> None:
    await post.has(post.place.liaison, email=None)
    await post.returned()
    assert await post.delivered() == ["“‘红马甲’邻里互助站”被退回修改。"]
    assert "   · 原因：请补充数据。" in parts(post.server.letters[0])[0].splitlines()


async def test_while_the_server_is_away_nothing_is_lost_and_then_everything_arrives_once(post: Post) -> None:
    await post.server.stop()
    await post.submitted(brand_name="甲")
    assert await post.delivered() == []
    await post.submitted(brand_name="乙")
    await post.submitted(brand_name="丙")
    assert await post.delivered() == []
    assert (await post.unsent(), {status for status, _ in await post.jobs()}) == (3, {"todo"})
    await post.server.start()
    assert await post.delivered() == ["“甲”已提交，待审核盖章。", "2项新通知：“乙”已提交，待审核盖章。"]
    assert (await post.unsent(), await post.jobs()) == (0, [])


async def test_whoever_dies_after_the_server_took_it_on_sends_the_very_same_letter_again(post: Post) -> None:
    await post.submitted(brand_name="甲")
    post.server.hangs_up = 1
    await post.delivered()
    await post.submitted(brand_name="乙")
    await post.delivered()
    first, again, second = post.server.letters
    assert first["Message-ID"] == again["Message-ID"] != second["Message-ID"]
    assert parts(first) == parts(again)
    assert second["Subject"] == "“乙”已提交，待审核盖章。"


async def test_what_the_server_does_not_want_yet_is_tried_again(post: Post) -> None:
    post.server.refuses = 1
    await post.submitted()
    assert await post.delivered() == []
    assert await post.jobs() == [("todo", 1)]
    assert len(await post.delivered()) == 1


async def test_several_workers_send_one_letter(post: Post) -> None:
    for _ in range(5):
        await post.submitted()
    assert await post.delivered(workers=3) == ["5项新通知：“‘红马甲’邻里互助站”已提交，待审核盖章。"]


async def test_more_than_fits_goes_with_the_next(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "MOST", 2)
    for name in "甲乙丙":
        await post.submitted(brand_name=name)
    assert await post.delivered() == ["2项新通知：“甲”已提交，待审核盖章。", "“丙”已提交，待审核盖章。"]


async def test_who_does_not_want_mail_gets_formal_acts_alone(post: Post) -> None:
    for account in (post.place.member, post.place.liaison):
        await post.has(account, mail=False)
    await post.returned()
    await post.delivered()
    assert post.server.recipients == [["unit@example.org"]]


@pytest.mark.parametrize("changed", [{"email": None}, {"mail": False}, {"status": AccountStatus.DISABLED}])
async def test_what_an_account_is_when_it_is_mailed_decides(post: Post, changed: dict[str, Any]) -> None:
    await post.submitted()
    await post.has(post.place.liaison, **changed)
    assert await post.delivered() == []


async def test_whoever_has_another_place_by_now_is_told_nothing_of_the_old_one(post: Post) -> None:
    await post.submitted()
    elsewhere = await post.place.world.committee()
    assert await kinds(post.place.by_committee) == ["application.submitted"]
    await post.has(post.place.liaison, committee_id=elsewhere.id)
    assert await post.delivered() == []
    assert await kinds(post.place.by_committee) == []
    await post.has(post.place.liaison, committee_id=post.place.committee.id)
    assert await kinds(post.place.by_committee) == ["application.submitted"]


async def test_without_an_address_there_is_no_mail_later_either(post: Post) -> None:
    await post.has(post.place.liaison, email=None)
    await post.submitted(brand_name="甲")
    await post.has(post.place.liaison, email="late@example.org")
    await post.submitted(brand_name="乙")
    assert await post.delivered() == ["“乙”已提交，待审核盖章。"]


async def test_without_a_mail_server_the_feed_is_all_there_is(post: Post, owner: Owner) -> None:
    await post.submitted(brand_name="甲")
    await owner.execute(DUE)
    await digests.mail(post.place.world.database, None, LINKS, str(post.place.liaison.id))
    await post.submitted(brand_name="乙")
    assert await post.delivered() == ["“乙”已提交，待审核盖章。"]
    assert await kinds(post.place.by_committee) == ["application.submitted"] * 2


async def test_a_letter_waits_for_what_else_is_new(post: Post, owner: Owner) -> None:
    await post.submitted()
    wait = await owner.fetchval("SELECT extract(epoch FROM scheduled_at - now()) FROM procrastinate_jobs")
    assert 170 < wait <= 180


@pytest.mark.thorough
async def test_two_workers_as_processes_tell_and_mail_once(post: Post, settings: Settings, owner: Owner) -> None:
    await post.place.submitted(brand_name="甲")
    own = settings.model_copy(update={"smtp_url": SecretStr(post.server.url), "mail_from": SENDER})
    with ExitStack() as stack:
        workers = [multiprocessing.get_context("spawn").Process(target=worker.run, args=(own,)) for _ in range(2)]
        for process in workers:
            process.start()
            stack.callback(process.join)
            stack.callback(process.kill)
        await until(owner, "SELECT count(*) = 1 FROM notifications")
        await owner.execute(DUE)
        await until(owner, "SELECT count(*) = 0 FROM procrastinate_jobs")
    assert [letter["Subject"] for letter in post.server.letters] == ["“甲”已提交，待审核盖章。"]
    assert await post.unsent() == 0


async def until(owner: Owner, question: str) -> None:
    """Wait until another process has made the answer yes."""
    async with asyncio.timeout(30):
        while not await owner.fetchval(question):  # noqa: ASYNC110  # nobody here knows when
            await asyncio.sleep(0.1)
