"""Nobody learns from a notice what they may not read: every word that belongs to somebody, looked for in every feed."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from app.models import Account
from app.models.enums import AccountStatus, ApplicationStatus, Role
from app.services import jobs
from app.services.notifying import reminders
from app.services.notifying.notifications import Addressees, Notice, announce
from app.services.policies.notifying.notifications import KINDS
from tests.contract.client import ContractClient
from tests.world import NOW, ZONE, World, key
from tests.world.filing import District, district
from tests.world.judging import Judging, judging
from tests.world.notifying import feed, hand_on

APPLICATIONS_CLOSE = datetime(2015, 9, 15, tzinfo=ZONE)
PHONE, REMARK, TIE = "13900001111", "只给申报方看的补正说明", "只有区文明办知道的回避理由"


@dataclass
class Reader:
    """Somebody with a feed, and the words that may stand in it."""

    client: ContractClient
    words: set[str] = field(default_factory=set)


async def feed_text(reader: Reader) -> str:
    """All of a feed, in both languages."""
    read = [await reader.client.get("/api/v1/notifications", params={"limit": 100})]
    read.append(await reader.client.get("/api/v1/notifications", headers={"Accept-Language": "en"}))
    return json.dumps([answer.json() for answer in read], ensure_ascii=False)


async def act(client: ContractClient, path: str, **body: object) -> None:
    answer = await client.post(f"/api/v1/{path}", json=body or None, headers=key())
    assert answer.is_success, answer.text


async def a_year(place: District, name: str) -> list[UUID]:
    """Play possible events of a committee's cases, each with its own name; return the accepted ones."""
    handed = {step: await place.submitted(brand_name=f"{name}{step}", phone=PHONE) for step in ("退回", "落选")}
    await act(place.by_committee, f"applications/{handed['退回']}/return", reason=f"{name}退回原因")
    await act(place.by_committee, f"applications/{handed['落选']}/decline", reason=f"{name}落选原因")
    filed = [await place.sealed(brand_name=f"{name}{step}", phone=PHONE) for step in ("受理", "补正", "出局")]
    assert (await place.file(*filed)).status_code == 201
    accepted, corrected, out = filed
    await act(place.by_office, f"applications/{accepted}/acceptance")
    correction = {"reason_codes": ["other"], "remark": name + REMARK, "due_on": "2015-09-25"}
    await act(place.by_office, f"applications/{corrected}/correction-request", **correction)
    await act(place.by_office, f"applications/{out}/disqualification", reason_codes=["untrue"], remark=name + REMARK)
    await place.world.application(place.campaign, place.unit, brand_name=f"{name}草稿")
    return [accepted]


def words_of(name: str) -> set[str]:
    names = {f"{name}{step}" for step in ("退回", "落选", "受理", "补正", "出局", "草稿")}
    return names | {f"{name}退回原因", f"{name}落选原因", name + REMARK}


async def judged_blind(world: World, place: District, cases: list[UUID]) -> Judging:
    """A round over these cases, with a judge who may judge and one who must keep away."""
    judged = await judging(world, campaign=place.campaign, judges=2)
    body = {"application_ids": [str(case) for case in cases]}
    await act(judged.by_office, f"rounds/{judged.round.id}/entries", **body)
    recusal = {"reviewer_id": str(judged.judges[1].id), "application_id": str(cases[0]), "reason": TIE}
    await act(judged.by_office, "recusals", **recusal)
    pairs = [{"application_id": str(case), "reviewer_id": str(judged.judges[0].id)} for case in cases]
    await act(judged.by_office, f"rounds/{judged.round.id}/assignments", assignments=pairs)
    return judged


async def test_no_notice_holds_a_word_that_its_reader_may_not_read(world: World) -> None:
    east = await district(world)
    west = await district(world, east.campaign)
    async with world.database.transaction() as session:
        await session.execute(update(Account).values(phone=PHONE))
    cases = await a_year(east, "东") + await a_year(west, "西")
    judged = await judged_blind(world, east, cases)
    await hand_on(world)
    for left in (timedelta(days=7), timedelta(days=3), timedelta(hours=1), timedelta(), -timedelta(days=11)):
        world.database.clock.stopped_at = APPLICATIONS_CLOSE - left
        await reminders.remind(world.database)
    readers = {
        "east unit": Reader(east.by_unit, words_of("东")),
        "east committee": Reader(east.by_committee, words_of("东")),
        "west unit": Reader(west.by_unit, words_of("西")),
        "west committee": Reader(west.by_committee, words_of("西")),
        "office": Reader(east.by_office),
        "judge": Reader(judged.by_judge[0]),
        "kept away": Reader(judged.by_judge[1]),
        "municipal": Reader(await world.client_of(Role.MUNICIPAL)),
    }
    every = words_of("东") | words_of("西") | {PHONE, TIE, "3900001111"}
    found = {name: {word for word in every if word in await feed_text(reader)} for name, reader in readers.items()}
    sizes = {name: len(await feed(reader.client)) for name, reader in readers.items()}
    assert {name: words - readers[name].words for name, words in found.items() if words - readers[name].words} == {}
    assert {name for name, count in sizes.items() if count} == set(readers) - {"kept away", "municipal"}
    assert found["east committee"] >= words_of("东") - {"东退回原因", "东落选原因", "东落选"}


@pytest.mark.parametrize("status", [ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED])
async def test_the_offices_list_of_the_missing_names_no_draft(world: World, status: ApplicationStatus) -> None:
    place = await district(world)
    await world.application(place.campaign, place.unit, brand_name="未上报的草稿", status=status)
    world.database.clock.stopped_at = APPLICATIONS_CLOSE
    await reminders.remind(world.database)
    texts = await feed_text(Reader(place.by_office))
    assert place.committee.name in texts
    assert "未上报的草稿" not in texts


async def test_what_is_announced_twice_at_once_is_told_once(world: World) -> None:
    place = await district(world)
    notice = Notice(
        KINDS["plan.submitted"],
        "1",
        "plan",
        UUID(int=1),
        place.campaign.id,
        Addressees(Role.COMMITTEE, committee_id=place.committee.id),
    )
    async with jobs.acting(world.database) as one:
        assert await announce(one, [notice, notice]) == 1
    async with jobs.acting(world.database) as another:
        assert await announce(another, [notice]) == 0
    [sizes] = await feed(place.by_committee)
    assert (sizes["kind"], sizes["told_at"]) == ("plan.submitted", "2015-04-21T02:00:00Z")


async def test_who_comes_after_finds_the_notices_of_the_committee_once_and_nobody_elses(world: World) -> None:
    place, elsewhere = await district(world), await district(world)
    await world.account(Role.COMMITTEE, committee=place.committee)  # two liaisons: each notice is there twice
    application = await place.submitted()
    await hand_on(world)
    assert [each["subject_id"] for each in await feed(place.by_committee)] == [str(application)]
    committee, world.database.clock.stopped_at = place.committee, NOW + timedelta(minutes=1)
    body = {"username": f"{committee.code}.after", "name": "继任联络员", "role": "committee"}
    invited = await place.by_committee.post("/api/v1/accounts", json=body)
    assert (invited.status_code, invited.json()["committee_id"]) == (201, str(committee.id)), invited.text
    async with world.database.transaction() as session:
        successor = await session.get_one(Account, UUID(invited.json()["id"]))
        successor.status = AccountStatus.ACTIVE
    by_successor = await world.sign_in(successor)
    [told] = await feed(by_successor)
    assert (told["subject_id"], told["read_at"]) == (str(application), None)
    await act(by_successor, "notifications/readings", up_to=told["id"])
    assert all(each["read_at"] for each in await feed(by_successor))
    assert await feed(await world.client_of(Role.COMMITTEE, committee=elsewhere.committee)) == []
