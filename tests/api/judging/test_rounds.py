import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.database import Clock
from app.models import AuditEvent, Campaign, Ranking, Reviewer, Round, RoundEntry
from app.models.enums import AccountStatus, CampaignStatus, RankingMethod, ReviewStatus, Role, RoundIntake, RoundStatus
from tests.contract.client import ContractClient
from tests.world import NOW, World, key
from tests.world.judging import Judging, judging
from tests.world.statements import noted

URL = "/api/v1/rounds"
ANY = {"If-Match": "*"}
OPENS, CLOSES = "2015-10-08T00:00:00Z", "2015-10-20T00:00:00Z"
CRITERION = {
    "code": "influence",
    "name": "影响力",
    "description": "在本单位具有一定的影响力。",
    "weight": 100,
    "minimum": 0,
    "maximum": 100,
    "step": "1",
    "anchors": [{"from_score": 90, "description": "成效突出。"}],
}
OFFICES = {
    "intake",
    "source_round_id",
    "intake_limit",
    "reviews_wanted",
    "method",
    "tie_breaks",
    "cut",
    "seed",
    "entry_count",
    "panel_count",
    "opened_at",
    "closed_at",
    "created_at",
    "updated_at",
}
"""What of a round no judge is told."""


def setup(campaign: Campaign, **values: Any) -> dict[str, Any]:
    plain = {
        "campaign_id": str(campaign.id),
        "name": "初评",
        "reviews_wanted": 1,
        "method": "mean",
        "opens_at": OPENS,
        "closes_at": CLOSES,
    }
    return plain | values


def codes(answer: Any) -> list[tuple[str, str | None]]:
    assert answer.status_code == 409, answer.text
    return [(finding["code"], finding["pointer"]) for finding in answer.json()["findings"]]


def state_of(answer: Any) -> str:
    assert answer.status_code == 409, answer.text
    return str(answer.json()["state"])


async def begun(office: ContractClient, campaign: Campaign, **values: Any) -> str:
    made = await office.post(URL, json=setup(campaign, **values))
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


async def ready(world: World, *, cases: int = 3, **values: Any) -> tuple[Judging, str]:
    """A draft of a second round with a panel of one, over the accepted cases of the campaign."""
    held = await judging(world, cases=cases, judges=1)
    draft = await begun(held.by_office, held.campaign, **values)
    seated = await held.by_office.put(f"{draft}/panel", json={"reviewer_ids": [str(held.judges[0].id)]}, headers=ANY)
    assert seated.status_code == 200, seated.text
    return held, draft


async def opened(office: ContractClient, draft: str) -> Any:
    answer = await office.post(f"{draft}/opening", headers=key())
    assert answer.status_code == 200, answer.text
    return answer.json()


async def numbers(office: ContractClient, path: str) -> dict[str, int | None]:
    rows = (await office.get(f"{path}/entries", params={"limit": 100})).json()["items"]
    return {row["application_id"]: row["case_number"] for row in rows}


async def test_a_round_takes_the_campaigns_criteria_and_a_seed_of_its_own(world: World) -> None:
    campaign, office = await world.campaign(), await world.client_of(Role.OFFICE)
    made = await office.post(URL, json=setup(campaign))
    assert made.status_code == 201, made.text
    body = made.json()
    assert body["criteria"] == [each | {"step": "1"} for each in campaign.settings["criteria"]]
    assert {name: body[name] for name in ("number", "status", "blind", "shows_others", "intake", "tie_breaks")} == {
        "number": 1,
        "status": "draft",
        "blind": True,
        "shows_others": False,
        "intake": "all",
        "tie_breaks": [],
    }
    assert isinstance(body["seed"], int)
    own = await office.post(URL, json=setup(campaign, criteria=[CRITERION], seed=7, tie_breaks=["influence"]))
    assert (own.json()["number"], own.json()["seed"], own.json()["criteria"]) == (2, 7, [CRITERION])
    listed = (await office.get(URL, params={"campaign_id": str(campaign.id)})).json()
    assert [row["number"] for row in listed["items"]] == [1, 2]
    assert (await office.get(URL, params={"campaign_id": str(uuid4())})).json()["total"] == 0
    assert (await office.get(URL, params={"status": "open"})).json()["total"] == 0


async def test_rounds_set_up_at_once_are_numbered_one_after_the_other(world: World) -> None:
    campaign, office = await world.campaign(), await world.client_of(Role.OFFICE)
    answers = await asyncio.gather(*(office.post(URL, json=setup(campaign)) for _ in range(4)))
    assert sorted(answer.json()["number"] for answer in answers) == [1, 2, 3, 4]


async def test_what_does_not_go_together_is_refused_all_at_once(world: World) -> None:
    campaign, office = await world.campaign(), await world.client_of(Role.OFFICE)
    elsewhere = await begun(office, await world.campaign())
    wrong = setup(
        campaign,
        criteria=[CRITERION, CRITERION],
        tie_breaks=["beauty"],
        closes_at=OPENS,
        source_round_id=elsewhere.rpartition("/")[2],
    )
    assert codes(await office.post(URL, json=wrong)) == [
        ("code_twice", "/criteria/1/code"),
        ("unknown_criterion", "/tie_breaks/0"),
        ("closes_before_opening", "/closes_at"),
        ("not_wanted", "/source_round_id"),
        ("unknown_reference", "/source_round_id"),
    ]
    states = (CampaignStatus.DRAFT, CampaignStatus.CLOSED)
    for status in states:
        refused = await office.post(URL, json=setup(await world.campaign(status=status)))
        assert codes(refused) == [("campaign_not_open", "/campaign_id")]
    unknown = setup(campaign) | {"campaign_id": str(uuid4())}
    assert codes(await office.post(URL, json=unknown)) == [("unknown_reference", "/campaign_id")]


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"blind": "yes"},
        {"reviews_wanted": 0},
        {"method": "median"},
        {"seed": 2**31},
        {"intake_limit": 0},
        {"opens_at": "2015-10-08"},
        {"status": "open"},
        {"tie_breaks": None},
    ],
)
async def test_a_bad_body_is_refused(world: World, values: Any) -> None:
    campaign, office = await world.campaign(), await world.client_of(Role.OFFICE)
    assert (await office.post(URL, json=setup(campaign, **values))).status_code == 422


async def test_a_draft_takes_any_change_and_is_deleted_with_what_was_prepared(world: World) -> None:
    held, draft = await ready(world, intake="selected")
    listed = {"application_ids": [str(held.cases[0].id)]}
    await held.by_office.post(f"{draft}/entries", json=listed)
    before = await held.by_office.get(draft)
    assert (before.json()["entry_count"], before.json()["panel_count"]) == (1, 1)
    change = {
        "name": "终评",
        "criteria": [CRITERION],
        "blind": False,
        "seed": 3,
        "cut": 20,
        "opens_at": "2015-10-01T00:00:00Z",
    }
    mark = {"If-Match": before.headers["etag"]}
    changed = await held.by_office.patch(draft, json=change, headers=mark)
    assert changed.status_code == 200, changed.text
    assert {name: changed.json()[name] for name in change} == change
    assert (await held.by_office.patch(draft, json=change, headers=mark)).status_code == 412
    same = await held.by_office.patch(draft, json=change, headers=ANY)
    assert same.headers["etag"] == changed.headers["etag"]
    assert codes(await held.by_office.patch(draft, json={"intake": "all"}, headers=ANY)) == [
        ("entries_listed", "/intake")
    ]
    assert (await held.by_office.patch(draft, json={"name": None}, headers=ANY)).status_code == 422
    assert (await held.by_office.delete(draft, headers=mark)).status_code == 412
    assert (await held.by_office.delete(draft, headers=ANY)).status_code == 204
    assert (await held.by_office.get(draft)).status_code == 404


async def test_an_open_round_keeps_what_judges_have_relied_on(world: World) -> None:
    held = await judging(world, cases=1, judges=1)
    path = f"{URL}/{held.round.id}"
    free = await held.by_office.patch(path, json={"method": "trimmed_mean", "criteria": [CRITERION]}, headers=ANY)
    assert (free.json()["method"], free.json()["criteria"]) == ("trimmed_mean", [CRITERION])
    await held.review(await held.assign(held.cases[0], held.judges[0]), 80, submitted=False)
    late = {"criteria": [CRITERION | {"weight": 50}], "blind": False, "seed": 1, "intake": "selected"}
    assert codes(await held.by_office.patch(path, json=late, headers=ANY)) == [
        ("intake_fixed", "/intake"),
        ("criteria_fixed", "/criteria"),
        ("criteria_fixed", "/blind"),
        ("criteria_fixed", "/seed"),
    ]
    later = (held.round.closes_at + timedelta(days=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    moved = await held.by_office.patch(path, json={"closes_at": later, "cut": 5, "method": "trimmed_mean"}, headers=ANY)
    assert (moved.json()["closes_at"], moved.json()["cut"]) == (later, 5)
    sooner = await held.by_office.patch(path, json={"closes_at": CLOSES.replace("2015-10", "2015-05")}, headers=ANY)
    assert codes(sooner) == [("closes_earlier", "/closes_at")]
    assert (await held.by_office.delete(path, headers=ANY)).status_code == 409


async def test_all_accepted_cases_enter_under_numbers_drawn_by_the_seed(world: World) -> None:
    held, draft = await ready(world, cases=12, seed=20150914)
    await world.filed(held.campaign, held.units[0])
    await world.filed(await world.campaign(), held.units[0])
    body = await opened(held.by_office, draft)
    assert (body["status"], body["entry_count"], body["opened_at"]) == ("open", 12, "2015-04-21T02:00:00Z")
    drawn = await numbers(held.by_office, draft)
    assert drawn.keys() == {str(case.id) for case in held.cases}
    assert sorted(number for number in drawn.values() if number) == list(range(1, 13))
    assert [drawn[str(case.id)] for case in held.cases] != list(range(1, 13))
    async with world.database.transaction() as session:
        rows = (await session.scalars(select(RoundEntry).where(RoundEntry.round_id != held.round.id))).all()
    filed = {case.id: case.filed_version_id for case in held.cases}
    assert {row.application_id: row.version_id for row in rows} == filed


async def test_what_stands_in_the_way_of_opening_is_told_beforehand(world: World, clock: Clock) -> None:
    campaign, office = await world.campaign(), await world.client_of(Role.OFFICE)
    draft = await begun(office, campaign, reviews_wanted=2)
    clock.stopped_at = datetime(2015, 10, 20, tzinfo=UTC)
    refused = await office.post(f"{draft}/opening", headers=key())
    assert codes(refused) == [
        ("no_entries", None),
        ("panel_too_small", "/reviews_wanted"),
        ("deadline_in_the_past", "/closes_at"),
    ]
    acts = (await office.get(draft)).json()["actions"]
    assert acts["open"] == {"allowed": False, "findings": refused.json()["findings"]}
    assert {name: act["allowed"] for name, act in acts.items()} == {
        "edit": True,
        "set_panel": True,
        "add_entries": True,
        "remove_entry": True,
        "delete": True,
        "open": False,
        "close": False,
        "assign": False,
        "propose": False,
    }


async def test_a_judge_who_cannot_sign_in_does_not_fill_the_panel(world: World) -> None:
    held, draft = await ready(world)
    async with world.database.transaction() as session:
        (await session.merge(held.judges[0])).status = AccountStatus.DISABLED
    assert codes(await held.by_office.post(f"{draft}/opening", headers=key())) == [
        ("panel_too_small", "/reviews_wanted")
    ]


async def test_the_best_of_a_closed_round_enter_and_the_tied_with_them(world: World) -> None:
    held = await judging(world, cases=4, judges=1)
    source = str(held.round.id)
    for case, score in zip(held.cases, (90, 80, 80, 70), strict=True):
        await held.scored(case, held.judges[0], score)
    best = {"intake": "best", "source_round_id": source, "intake_limit": 2}
    draft = await begun(held.by_office, held.campaign, **best)
    await held.by_office.put(f"{draft}/panel", json={"reviewer_ids": [str(held.judges[0].id)]}, headers=ANY)
    assert codes(await held.by_office.post(f"{draft}/opening", headers=key())) == [
        ("source_not_closed", "/source_round_id")
    ]
    closed = await held.by_office.post(f"{URL}/{source}/closure", json={"despite_missing": True}, headers=key())
    assert closed.status_code == 200, closed.text
    advice = (await held.by_office.get(draft)).json()["actions"]["open"]
    assert (advice["allowed"], [each["code"] for each in advice["findings"]]) == (True, ["ties_enter"])
    await opened(held.by_office, draft)
    assert (await numbers(held.by_office, draft)).keys() == {str(case.id) for case in held.cases[:3]}


async def test_two_openings_at_once_have_one_effect(world: World) -> None:
    held, draft = await ready(world, cases=5)
    same = key()
    answers = await asyncio.gather(
        *(held.by_office.post(f"{draft}/opening", headers=headers) for headers in (same, same, key(), key()))
    )
    assert min(answer.status_code for answer in answers) == 200
    assert {answer.status_code for answer in answers} <= {200, 409}
    drawn = await numbers(held.by_office, draft)
    assert sorted(number for number in drawn.values() if number) == [1, 2, 3, 4, 5]
    assert state_of(await held.by_office.post(f"{draft}/opening", headers=key())) == "open"
    assert await numbers(held.by_office, draft) == drawn
    async with world.database.transaction() as session:
        acts = (await session.scalars(select(AuditEvent.action).where(AuditEvent.action == "round.opened"))).all()
    assert acts == ["round.opened"]


async def test_a_round_is_closed_when_every_case_has_its_reviews_and_its_ranking_frozen(world: World) -> None:
    held = await judging(world, cases=2, judges=2, reviews_wanted=2)
    path = f"{URL}/{held.round.id}"
    first, second = held.judges
    for case in held.cases:
        await held.scored(case, first, 80)
    await held.scored(held.cases[0], second, 70)
    draft = await held.review(await held.assign(held.cases[1], second), 60, submitted=False)
    refused = await held.by_office.post(f"{path}/closure", json={}, headers=key())
    assert codes(refused) == [("reviews_missing", None)]
    assert refused.json()["findings"][0]["params"] == {"count": 1, "wanted": 2}
    assert (await held.by_office.get(path)).json()["actions"]["close"]["findings"] == refused.json()["findings"]
    async with world.database.transaction() as session:
        submitted = await session.merge(draft)
        submitted.status, submitted.total, submitted.submitted_at = ReviewStatus.SUBMITTED, 60.0, NOW
    closed = await held.by_office.post(f"{path}/closure", json={}, headers=key())
    assert (closed.json()["status"], closed.json()["closed_at"]) == ("closed", "2015-04-21T02:00:00Z")
    async with world.database.transaction() as session:
        frozen = (await session.scalars(select(Ranking).where(Ranking.round_id == held.round.id))).one()
    assert {row["application_id"]: row["rank"] for row in frozen.result["rows"]} == {
        str(held.cases[0].id): 1,
        str(held.cases[1].id): 2,
    }
    assert state_of(await held.by_office.post(f"{path}/closure", json={}, headers=key())) == "closed"
    assert (await held.by_office.patch(path, json={"name": "改"}, headers=ANY)).status_code == 409


async def test_a_conflict_takes_no_review_away_and_keeps_the_round_open_until_it_is_decided(world: World) -> None:
    held = await judging(world, cases=1, judges=1, reviews_wanted=1)
    review = await held.scored(held.cases[0], held.judges[0], 80)
    path = f"{URL}/{held.round.id}"
    assert (await held.by_office.get(path)).json()["actions"]["close"] == {"allowed": True, "findings": []}
    async with world.database.transaction() as session:
        profile = (await session.scalars(select(Reviewer))).one()
        profile.committee_id = held.committees[0].id
    told = (await held.by_office.get(path)).json()["actions"]["close"]
    assert (told["allowed"], [each["code"] for each in told["findings"]]) == (False, ["conflict_undecided"])
    insists = {"despite_missing": True}
    refused = await held.by_office.post(f"{path}/closure", json=insists, headers=key())
    assert codes(refused) == [("conflict_undecided", None)]
    decided = {"assignment_ids": [str(review.assignment_id)], "conflict": "same_committee", "reason": "已调离"}
    await held.by_office.post(f"{path}/conflict-dismissals", json=decided, headers=key())
    closed = await held.by_office.post(f"{path}/closure", json={}, headers=key())
    assert closed.json()["status"] == "closed"


async def test_a_judge_is_told_what_to_score_by_and_nothing_of_the_office(world: World, clock: Clock) -> None:
    held = await judging(world, cases=1, judges=1, cut=20, tie_breaks=["influence"], opens_at=NOW)
    path, judge = f"{URL}/{held.round.id}", held.by_judge[0]
    clock.stopped_at = NOW - timedelta(microseconds=1)
    assert (await judge.get(path)).status_code == 404
    assert (await judge.get(URL)).json()["total"] == 0
    clock.stopped_at = NOW
    body = (await judge.get(path)).json()
    office = (await held.by_office.get(path)).json()
    assert {name for name, value in body.items() if value is None} == OFFICES - {"tie_breaks"}
    assert body["tie_breaks"] == []  # a list is never null
    assert {name: body[name] for name in body.keys() - OFFICES - {"etag", "actions"}} == {
        name: office[name] for name in office.keys() - OFFICES - {"etag", "actions"}
    }
    assert body["actions"] == {}
    assert [row["id"] for row in (await judge.get(URL)).json()["items"]] == [str(held.round.id)]


async def test_a_judges_etag_tells_of_what_judges_are_shown_alone(world: World) -> None:
    held = await judging(world, cases=1, judges=1)
    path, judge = f"{URL}/{held.round.id}", held.by_judge[0]
    before = (await judge.get(path)).headers["etag"]
    await held.by_office.patch(path, json={"cut": 5, "method": "trimmed_mean", "reviews_wanted": 9}, headers=ANY)
    assert (await judge.get(path)).headers["etag"] == before
    await held.by_office.patch(path, json={"name": "终评"}, headers=ANY)
    assert (await judge.get(path)).headers["etag"] != before


async def test_nobody_else_knows_of_a_round(world: World) -> None:
    held = await judging(world, cases=1, judges=1)
    await held.judge(member=False)
    draft = await begun(held.by_office, held.campaign)
    await held.by_office.put(f"{draft}/panel", json={"reviewer_ids": [str(held.judges[0].id)]}, headers=ANY)
    unit = held.units[0]
    strangers = [
        held.by_judge[1],
        await world.client_of(Role.COMMITTEE, committee=held.committees[0]),
        await world.client_of(Role.UNIT, unit=unit),
        await world.client_of(Role.MUNICIPAL),
    ]
    for path, askers in ((f"{URL}/{held.round.id}", strangers), (draft, [*strangers, held.by_judge[0]])):
        for asker in askers:
            answers = [
                await asker.get(path),
                await asker.patch(path, json={"name": "改"}, headers=ANY),
                await asker.delete(path, headers=ANY),
                await asker.post(f"{path}/opening", headers=key()),
                await asker.post(f"{path}/closure", json={}, headers=key()),
            ]
            assert [answer.status_code for answer in answers] == [404] * 5
    for asker in strangers:
        assert (await asker.get(URL)).json()["total"] == 0
        assert (await asker.post(URL, json=setup(held.campaign))).status_code == 403


async def test_a_judge_sees_the_round_and_does_none_of_the_offices_acts(world: World) -> None:
    held = await judging(world, cases=1, judges=1)
    path, judge = f"{URL}/{held.round.id}", held.by_judge[0]
    answers = [
        await judge.patch(path, json={"name": "改"}, headers=ANY),
        await judge.delete(path, headers=ANY),
        await judge.post(f"{path}/opening", headers=key()),
        await judge.post(f"{path}/closure", json={}, headers=key()),
        await judge.post(f"{path}/entries", json={"application_ids": [str(held.cases[0].id)]}),
        await judge.delete(f"{path}/entries/{held.cases[0].id}", headers=ANY),
        await judge.put(f"{path}/panel", json={"reviewer_ids": []}, headers=ANY),
    ]
    assert [answer.status_code for answer in answers] == [403] * 7
    assert (await judge.get(f"{path}/entries")).status_code == 404
    assert (await judge.get(f"{path}/panel")).status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
async def test_a_page_of_rounds_is_read_with_two(world: World, rows: int) -> None:
    held = await judging(world, judges=1)
    for number in range(rows):
        await world.add(
            Round(
                campaign_id=held.campaign.id,
                number=number + 2,
                name="轮",
                status=RoundStatus.DRAFT,
                intake=RoundIntake.ALL,
                blind=True,
                criteria=[],
                reviews_wanted=1,
                method=RankingMethod.MEAN,
                seed=1,
                opens_at=NOW,
                closes_at=NOW,
            )
        )
    for client, seen in ((held.by_office, rows + 1), (held.by_judge[0], 1)):
        with noted(world.database) as sent:
            answer = await client.get(URL, params={"limit": 50})
        assert (len(answer.json()["items"]), len(sent)) == (seen, 2)


@pytest.mark.parametrize("cases", [1, 8])
async def test_one_round_is_read_with_the_same_whatever_is_in_it(world: World, cases: int) -> None:
    held = await judging(world, cases=cases, judges=1)
    for client, statements in ((held.by_office, 4), (held.by_judge[0], 2)):
        with noted(world.database) as sent:
            assert (await client.get(f"{URL}/{held.round.id}")).status_code == 200
        assert len(sent) == statements


async def test_of_selected_cases_those_enter_and_no_others(world: World) -> None:
    held, draft = await ready(world, intake="selected")
    chosen = {"application_ids": [str(case.id) for case in held.cases[:2]]}
    answer = await held.by_office.post(f"{draft}/entries", json=chosen)
    assert answer.status_code == 200, answer.text
    assert await numbers(held.by_office, draft) == {str(case.id): None for case in held.cases[:2]}
    assert (await opened(held.by_office, draft))["entry_count"] == 2
    drawn = await numbers(held.by_office, draft)
    assert set(drawn) == set(chosen["application_ids"])
    assert sorted(filter(None, drawn.values())) == [1, 2]
