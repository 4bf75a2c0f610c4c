"""Reminders in their time: to whoever owes something, of exactly that, once a window, whoever looks how often."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.models import Application, Campaign, Extension, Plan
from app.models.enums import ApplicationStatus, ExtensionCause, PlanStatus, Role, RoundKind
from app.services.notifying import reminders
from tests.contract.client import ContractClient
from tests.world import ZONE, World
from tests.world.filing import District, district
from tests.world.judging import Judging, judging
from tests.world.notifying import feed
from tests.world.statements import noted

PLANS_CLOSE = datetime(2015, 4, 23, tzinfo=ZONE)
APPLICATIONS_CLOSE = datetime(2015, 9, 15, tzinfo=ZONE)
EARLY = datetime(2015, 4, 10, tzinfo=ZONE)
WEEK, THREE, DAY, HOURS = (timedelta(days=7), timedelta(days=3), timedelta(days=1), timedelta(hours=3))


@pytest.fixture
async def place(world: World) -> District:
    """A campaign that was published in time, with a committee that does nothing by itself."""
    place = await district(world)
    async with world.database.transaction() as session:
        await session.execute(update(Campaign).values(published_at=EARLY))
    return place


async def reminded(place: District | Judging, at: datetime, workers: int = 1) -> int:
    """Number of reminders when several workers run at once."""
    database = place.world.database
    database.clock.stopped_at = at
    return sum(await asyncio.gather(*(reminders.remind(database) for _ in range(workers))))


async def notified(client: ContractClient, kind: str = "") -> list[tuple[str, list[str]]]:
    """A person's notifications of a kind, the oldest first: text and lines."""
    return [(each["text"], each["details"]) for each in reversed(await feed(client)) if each["kind"].startswith(kind)]


async def texts(client: ContractClient, kind: str = "") -> list[str]:
    return [text for text, _ in await notified(client, kind)]


async def draft(place: District, **values: Any) -> Application:
    row = await place.world.application(place.campaign, values.pop("unit", place.unit), **values)
    async with place.world.database.transaction() as session:
        await session.execute(update(Application).where(Application.id == row.id).values(created_at=EARLY))
    return row


async def extended(place: District, until: datetime, **values: Any) -> Extension:
    plain = {
        "campaign_id": place.campaign.id,
        "committee_id": place.committee.id,
        "kind": "application",
        "cause": ExtensionCause.GRANT,
        "due_on": (until - DAY).date(),
        "until": until,
        "reason": "暴雨",
        "granted_at": EARLY,
        "granted_by": place.clerk.id,
    }
    row = Extension(**(plain | values))
    await place.world.add(row)
    return row


async def test_each_window_reminds_once_however_many_look_how_often(place: District) -> None:
    counts = []
    for left in (WEEK + HOURS, WEEK, WEEK - HOURS, THREE, THREE - HOURS, DAY, HOURS, timedelta(minutes=1)):
        counts += [await reminded(place, PLANS_CLOSE - left, workers=3), await reminded(place, PLANS_CLOSE - left)]
    assert counts == [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0]
    assert await texts(place.by_committee) == ["实施计划登记表尚未报送，截止时间：2015年4月22日24:00。"] * 4
    assert (await texts(place.by_unit), await texts(place.by_office)) == ([], [])


async def test_a_worker_that_was_down_over_windows_reminds_once(place: District) -> None:
    assert await reminded(place, PLANS_CLOSE - HOURS / 2) == 1
    assert await texts(place.by_committee) == ["实施计划登记表尚未报送，截止时间：2015年4月22日24:00。"]


async def test_where_two_campaigns_run_a_notice_names_its_own(place: District) -> None:
    await place.world.campaign(year=2015, name="志愿服务创新活动")
    assert await reminded(place, PLANS_CLOSE - HOURS / 2) == 2
    owed = "实施计划登记表尚未报送，截止时间：2015年4月22日24:00。"
    names = ("文明单位工作品牌创建年活动", "志愿服务创新活动")
    assert sorted(await texts(place.by_committee)) == sorted(f"2015年{name}：{owed}" for name in names)


@pytest.mark.parametrize(("status", "count"), [("draft", 1), ("returned", 1), ("submitted", 0)])
async def test_a_plan_is_owed_until_it_is_handed_in(place: District, status: str, count: int) -> None:
    plan = Plan(campaign_id=place.campaign.id, committee_id=place.committee.id, status=PlanStatus(status))
    await place.world.add(plan)
    assert await reminded(place, PLANS_CLOSE - DAY) == count
    if count:
        [notice] = await feed(place.by_committee)
        assert (notice["subject_type"], notice["subject_id"]) == ("plan", str(plan.id))


async def test_the_office_is_told_who_missed_the_deadline_and_later_who_missed_a_later_one(place: District) -> None:
    neighbour = await place.world.committee(name="果园乡党委")
    await extended(place, PLANS_CLOSE + THREE, kind="plan")
    assert await reminded(place, PLANS_CLOSE, workers=2) == 2  # the committee with the later date is reminded of it
    assert await reminded(place, PLANS_CLOSE + DAY) == 0
    assert await notified(place.by_office) == [
        ("实施计划登记已于2015年4月22日24:00截止，未报送：1个党（工）委。", [neighbour.name])
    ]
    assert await reminded(place, PLANS_CLOSE + THREE) == 1
    assert (await notified(place.by_office))[1:] == [
        ("实施计划登记已于2015年4月25日24:00截止，未报送：1个党（工）委。", [place.committee.name])
    ]
    assert await reminded(place, PLANS_CLOSE + THREE + THREE) == 0


async def test_a_moved_deadline_starts_anew_and_only_for_whom_it_moved(place: District) -> None:
    neighbour = await place.world.client_of(Role.COMMITTEE, committee=await place.world.committee())
    await reminded(place, PLANS_CLOSE - DAY)
    await extended(place, PLANS_CLOSE + WEEK, kind="plan", granted_at=PLANS_CLOSE - DAY)
    for left in (DAY, HOURS):
        await reminded(place, PLANS_CLOSE - left)
    assert [len(await texts(client)) for client in (place.by_committee, neighbour)] == [1, 2]
    await reminded(place, PLANS_CLOSE + WEEK - THREE)
    assert (await texts(place.by_committee))[1:] == ["实施计划登记表尚未报送，截止时间：2015年4月29日24:00。"]
    assert len(await texts(neighbour)) == 2


async def test_an_extension_just_granted_is_no_occasion_to_remind_of_it(place: District) -> None:
    until = PLANS_CLOSE + timedelta(hours=20)
    await extended(place, until, kind="plan", granted_at=PLANS_CLOSE - HOURS)
    assert await reminded(place, PLANS_CLOSE - HOURS + timedelta(minutes=1)) == 0
    assert await reminded(place, until - HOURS) == 1


async def test_a_committee_is_told_how_many_stand_and_what_waits_for_whom(place: District) -> None:
    sister = await place.world.unit(place.committee)
    for number, status in enumerate(ApplicationStatus):
        await draft(place, brand_name=f"{number}号", status=status, filed_at=None)
    await draft(place, unit=sister, brand_name=None, status=ApplicationStatus.DRAFT, number="2015-C01-900")
    assert await reminded(place, APPLICATIONS_CLOSE - DAY) == 2
    [(text, lines)] = await notified(place.by_committee)
    assert text == "案例申报截止时间：2015年9月14日24:00。已上报2件（至少2件），待审核盖章或上报3件。"
    states = [
        "“0号”：草稿",
        "“1号”：已提交",
        "“2号”：暂缓",
        "“3号”：已退回",
        "“5号”：已审核盖章",
        "“2015-C01-900”：草稿",
    ]
    assert lines == states


async def test_a_unit_is_told_of_its_own_drafts_and_of_nobody_elses(place: District) -> None:
    sister = await place.world.unit(place.committee)
    by_sister = await place.world.client_of(Role.UNIT, unit=sister)
    await draft(place, brand_name="甲")
    await draft(place, brand_name="乙", status=ApplicationStatus.RETURNED)
    await draft(place, brand_name="丙", status=ApplicationStatus.SUBMITTED)
    await draft(place, unit=sister, brand_name="丁")
    await reminded(place, APPLICATIONS_CLOSE - THREE)
    owed = "尚有{}件申报未提交，截止时间：2015年9月14日24:00。"
    assert await notified(place.by_unit) == [(owed.format(2), ["“甲”：草稿", "“乙”：已退回"])]
    assert await notified(by_sister) == [(owed.format(1), ["“丁”：草稿"])]


async def test_who_owes_nothing_is_left_alone(place: District) -> None:
    for number in range(2):
        await draft(place, brand_name=f"{number}号", status=ApplicationStatus.ACCEPTED)
    await draft(place, status=ApplicationStatus.WITHDRAWN)
    await draft(place, status=ApplicationStatus.DECLINED)
    assert await reminded(place, APPLICATIONS_CLOSE - DAY) == 0
    assert await reminded(place, APPLICATIONS_CLOSE) == 0


async def test_a_draft_begun_after_a_window_waits_for_the_next(place: District) -> None:
    await place.world.application(place.campaign, place.unit, brand_name="甲")
    async with place.world.database.transaction() as session:
        await session.execute(update(Application).values(created_at=APPLICATIONS_CLOSE - DAY - HOURS))
    await reminded(place, APPLICATIONS_CLOSE - DAY - HOURS)
    assert await texts(place.by_unit) == []
    await reminded(place, APPLICATIONS_CLOSE - DAY)
    assert len(await texts(place.by_unit)) == 1


async def test_what_is_corrected_has_its_own_date(place: District) -> None:
    until = APPLICATIONS_CLOSE + WEEK
    row = await draft(place, brand_name="甲", status=ApplicationStatus.RETURNED)
    for number in range(2):
        await draft(place, brand_name=f"{number}号", status=ApplicationStatus.FILED)
    await extended(place, until, application_id=row.id, cause=ExtensionCause.CORRECTION)
    assert await reminded(place, APPLICATIONS_CLOSE - HOURS) == 0
    assert await reminded(place, until - HOURS) == 2
    assert await notified(place.by_committee) == [("须于2015年9月21日24:00前重新上报1件申报。", ["“甲”：已退回"])]
    assert await texts(place.by_unit) == ["尚有1件申报未提交，截止时间：2015年9月21日24:00。"]


async def test_the_office_is_told_which_committees_fall_short(place: District) -> None:
    await draft(place, status=ApplicationStatus.FILED)
    await reminded(place, APPLICATIONS_CLOSE)
    assert await notified(place.by_office, "missing.filings") == [
        (
            "案例申报已于2015年9月14日24:00截止，未报足2件：1个党（工）委。",
            [f"{place.committee.name}：已上报1件"],
        )
    ]


async def test_a_judge_is_told_what_they_owe_and_the_office_who_missed_it(world: World) -> None:
    judged = await judging(world, cases=3, judges=2)
    for case in judged.cases[:2]:
        await judged.assign(case, judged.judges[0])
    await judged.scored(judged.cases[2], judged.judges[0], 90)
    await judged.scored(judged.cases[0], judged.judges[1], 80)
    closes = judged.round.closes_at
    assert await reminded(judged, closes - DAY, workers=2) == 1
    assert await texts(judged.by_judge[0]) == ["“初评”尚有2件评审未提交，截止时间：2015年5月21日10:00。"]
    assert await texts(judged.by_judge[1]) == []
    await reminded(judged, closes)
    assert await notified(judged.by_office, "missing.reviews") == [
        ("“初评”评审已于2015年5月21日10:00截止，未完成：1位评委。", [f"{judged.judges[0].name}：2件未提交"])
    ]


async def test_in_a_live_round_a_judge_is_not_reminded_of_sheets_that_are_filled_in_on_the_spot(world: World) -> None:
    judged = await judging(world, cases=1, judges=1, kind=RoundKind.LIVE, blind=False)
    await judged.assign(judged.cases[0], judged.judges[0])
    assert await reminded(judged, judged.round.closes_at - DAY) == 0
    progress = (await judged.by_office.get(f"/api/v1/rounds/{judged.round.id}/progress")).json()
    assert [(each["outstanding"], each["to_remind"]) for each in progress["judges"]] == [([1], False)]


async def test_cases_given_before_the_round_opens_are_told_when_it_does(world: World) -> None:
    judged = await judging(world, cases=2, judges=2)
    opens = judged.round.opens_at
    for case in judged.cases:
        await judged.assign(case, judged.judges[0], assigned_at=opens - DAY)
    assert await reminded(judged, opens - timedelta(seconds=1)) == 0
    assert await reminded(judged, opens, workers=2) == 1
    assert await reminded(judged, opens + HOURS) == 0
    assert await texts(judged.by_judge[0]) == ["“初评”有新的案例分配给您评审。"]
    assert await texts(judged.by_judge[1]) == []


@pytest.mark.parametrize("committees", [1, 12])
async def test_looking_costs_the_same_however_many_owe_something(place: District, committees: int) -> None:
    for _ in range(committees):
        committee = await place.world.committee()
        await place.world.account(Role.COMMITTEE, committee=committee)
        await draft(place, unit=await place.world.unit(committee))
    await reminded(place, APPLICATIONS_CLOSE - WEEK - DAY)
    with noted(place.world.database) as sent:
        assert await reminded(place, APPLICATIONS_CLOSE - DAY) == committees + 1
    assert len(sent) == 10
