"""A judge's scores: saved, handed in, given back; and nobody learns of them who must not."""

from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response
from sqlalchemy import select, update

from app.models import AuditEvent, Reviewer
from app.models.enums import Role, RoundKind, RoundStatus
from tests.contract.client import ContractClient
from tests.world import NO_ROWS, World, key
from tests.world.judging import Judging, judging
from tests.world.statements import noted

CASES = "/api/v1/cases"
ANY = {"If-Match": "*"}
CRITERION = {"code": "influence", "name": "影响力", "weight": 3, "minimum": 0, "maximum": 100}
"""As a round keeps it, as far as a review needs it."""


async def address(client: ContractClient, number: int = 1) -> str:
    """Address of the judge's review of the case of this number."""
    items = (await client.get(CASES)).json()["items"]
    return next(f"{CASES}/{each['id']}/review" for each in items if each["case_number"] == number)


def sheet(made: Judging, *scores: float | None, remark: str = "") -> dict[str, Any]:
    """A draft that gives the first criteria these scores."""
    codes = [each["code"] for each in made.round.criteria]
    return {
        "scores": [{"code": code, "score": score} for code, score in zip(codes, scores, strict=False)],
        "remark": remark,
    }


async def save(client: ContractClient, review: str, body: dict[str, Any], tag: str = "*") -> Response:
    return await client.put(review, json=body, headers={"If-Match": tag})


async def submit(client: ContractClient, review: str) -> Response:
    return await client.post(f"{review}/submission", headers=key())


async def done(client: ContractClient, made: Judging, *scores: int) -> str:
    """Saved and submitted by the judge with one case; its address."""
    review = await address(client)
    assert (await save(client, review, sheet(made, *scores))).status_code == 200
    assert (await submit(client, review)).status_code == 200
    return review


def findings(answer: Response) -> list[tuple[str, str | None]]:
    assert answer.status_code == 409, answer.text
    return [(each["code"], each["pointer"]) for each in answer.json()["findings"]]


async def one(world: World, **round_: Any) -> tuple[Judging, ContractClient]:
    """A round with one case and the judge who has it."""
    made = await judging(world, cases=1, judges=1, **round_)
    await made.assign(made.cases[0], made.judges[0])
    return made, made.by_judge[0]


async def listed(made: Judging, **params: Any) -> list[dict[str, Any]]:
    answer = await made.by_office.get(f"/api/v1/rounds/{made.round.id}/reviews", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["items"])
    return list(answer.json()["items"])


async def test_before_it_is_begun_a_review_is_an_empty_sheet(world: World) -> None:
    made, judge = await one(world)
    answer = await judge.get(await address(judge))
    review = answer.json()
    criteria = made.round.criteria
    assert answer.headers["etag"] == review["etag"] == '"0"'
    assert [review[name] for name in ("status", "remark", "weighted_total", "updated_at")] == ["draft", "", None, None]
    assert review["scores"] == [
        {name: each[name] for name in ("code", "name", "weight", "minimum", "maximum")}
        | {"step": "1", "score": None, "remark": ""}
        for each in criteria
    ]
    assert review["actions"]["save"] == {"allowed": True, "findings": []}
    missing = [each["params"]["criterion"] for each in review["actions"]["submit"]["findings"]]
    assert missing == [each["code"] for each in criteria]


async def test_a_review_is_saved_bit_by_bit_and_submitted_whole(world: World) -> None:
    made, judge = await one(world)
    review = await address(judge)
    first = await save(judge, review, sheet(made, 80), '"0"')
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    assert findings(await submit(judge, review)) == [("criterion_not_scored", "/scores")] * 3
    body = sheet(made, 80, 90, 70, 60, remark="可在全区推广。")
    body["scores"][0]["remark"] = "知晓率高。"
    second = await save(judge, review, body, '"1"')
    assert (second.headers["etag"], second.json()["weighted_total"]) == ('"2"', None)
    submitted = (await submit(judge, review)).json()
    weights = [each["weight"] for each in made.round.criteria]
    total = sum(w * s for w, s in zip(weights, (80, 90, 70, 60), strict=True)) / sum(weights)
    assert (submitted["status"], submitted["weighted_total"]) == ("submitted", round(total, 4))
    assert [each["score"] for each in submitted["scores"]] == [80, 90, 70, 60]
    assert (submitted["scores"][0]["remark"], submitted["remark"]) == ("知晓率高。", "可在全区推广。")
    assert submitted == (await judge.get(review)).json()
    assert [each["action"] for each in (await judge.get("/api/v1/audit-events")).json()["items"]] == [
        "review.submitted",
        "review.saved",
        "review.begun",
    ]


async def test_every_mistake_of_a_draft_is_told_at_once_and_nothing_is_kept(world: World) -> None:
    made, judge = await one(world)
    review = await address(judge)
    code = made.round.criteria[0]["code"]
    scores = [{"code": "beauty", "score": 5}, {"code": code, "score": 101}, {"code": code, "score": 5}]
    assert findings(await save(judge, review, {"scores": scores})) == [
        ("unknown_criterion", "/scores/0/code"),
        ("score_out_of_range", "/scores/1/score"),
        ("repeated_criterion", "/scores/2/code"),
    ]
    assert (await judge.get(review)).json()["etag"] == '"0"'
    too_long = {"scores": [{"code": code, "score": 5, "remark": "评" * 1001}]}
    assert (await save(judge, review, too_long)).status_code == 422
    assert (
        await save(judge, review, {"scores": [{"code": code, "score": 5, "remark": "评" * 1000}]})
    ).status_code == 200
    assert (await judge.put(review, json={"scores": []})).status_code == 428


async def test_scores_with_decimals_are_kept_and_shown_as_they_were_typed(world: World) -> None:
    criteria = [CRITERION | {"step": "0.1"}, CRITERION | {"code": "novelty", "step": "0.5", "weight": 1}]
    made, judge = await one(world, criteria=criteria)
    review = await address(judge)
    between = await save(judge, review, sheet(made, 86.75, 86.4))
    assert findings(between) == [("score_off_step", "/scores/0/score"), ("score_off_step", "/scores/1/score")]
    assert "以 0.1 分为一档" in between.json()["findings"][0]["message"]
    for typed in ("86.5", True):
        refused = await judge.put(review, json={"scores": [{"code": "novelty", "score": typed}]}, headers=ANY)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/scores/0/score")
    assert (await save(judge, review, sheet(made, 86.7, 90.0))).status_code == 200
    kept = await judge.get(review)
    assert [each["step"] for each in kept.json()["scores"]] == ["0.1", "0.5"]
    assert ('"score":86.7,' in kept.text, '"score":90,' in kept.text) == (True, True)
    again = {"scores": kept.json()["scores"], "remark": "读回再存"}
    assert (await save(judge, review, again, kept.headers["etag"])).status_code == 200
    assert (await submit(judge, review)).json()["weighted_total"] == round((3 * 86.7 + 90) / 4, 4)


async def test_a_sheet_of_a_live_round_counts_once_a_second_person_read_the_same(world: World) -> None:
    """Entered by one clerk, checked by another; a wrong reading is named, and what was returned is entered anew."""
    made, judge = await one(world, kind=RoundKind.LIVE, blind=False)
    given = (await made.by_office.get(f"/api/v1/rounds/{made.round.id}/assignments")).json()["items"][0]["id"]
    rounds = f"/api/v1/rounds/{made.round.id}"
    enter = f"{rounds}/assignments/{given}/sheet"
    whole, second = sheet(made, 80, 90, 70, 60, remark="现场表现好。"), await world.client_of(Role.OFFICE)
    half = await made.by_office.post(enter, json=sheet(made, 80), headers=key())
    assert findings(half) == [("criterion_not_scored", "/scores")] * 3
    assert (await judge.post(enter, json=whole, headers=key())).status_code == 403
    entered = await made.by_office.post(enter, json=whole, headers=key())
    body, review = entered.json(), f"/api/v1/reviews/{entered.json()['id']}"
    assert (body["status"], body["clerk_name"], body["checker_name"]) == ("entered", made.clerk.name, None)
    assert (await made.by_office.post(enter, json=whole, headers=key())).json()["state"] == "entered"
    ranking = (await made.by_office.get(f"{rounds}/ranking")).json()
    assert [row["n"] for row in ranking["rows"]] == [0], "it does not count yet"
    reading = {"scores": whole["scores"]}
    alone = await made.by_office.post(f"{review}/check", json=reading, headers=key())
    assert findings(alone) == [("second_person_needed", None)]
    other = {"scores": sheet(made, 80, 91, 70, 60)["scores"]}
    assert findings(await second.post(f"{review}/check", json=other, headers=key())) == [
        ("sheet_differs", "/scores/1/score")
    ]
    returned = await second.post(f"{review}/reopening", json={"reason": "第二项与评分表不符。"})
    assert (returned.json()["status"], returned.json()["actions"]["enter"]["allowed"]) == ("draft", True)
    own = await address(judge)
    assert findings(await save(judge, own, whole)) == [("sheet_entered", None)]
    assert (await made.by_office.post(enter, json=whole, headers=key())).status_code == 200
    checked = (await second.post(f"{review}/check", json=reading, headers=key())).json()
    assert (checked["status"], checked["clerk_name"]) == ("submitted", made.clerk.name)
    assert checked["checker_name"]
    ranking = (await made.by_office.get(f"{rounds}/ranking")).json()
    assert [row["n"] for row in ranking["rows"]] == [1]
    closing = await second.post(f"{rounds}/closure", json={"despite_missing": True}, headers=key())
    assert closing.status_code == 200
    assert (await second.get(f"{rounds}/ranking/verification")).json()["matches"] is True
    async with world.database.transaction() as session:
        kept = select(AuditEvent.action, AuditEvent.actor_id == made.clerk.id).order_by(AuditEvent.ordinal)
        assert [tuple(row) for row in await session.execute(kept.where(AuditEvent.subject_type == "review"))] == [
            *(("review.entered", True), ("review.reopened", False), ("review.entered", True), ("review.checked", False))
        ]


async def test_where_a_judge_scores_no_sheet_is_entered(world: World) -> None:
    made, judge = await one(world, kind=RoundKind.LIVE, blind=False)
    given = (await made.by_office.get(f"/api/v1/rounds/{made.round.id}/assignments")).json()["items"][0]["id"]
    enter = f"/api/v1/rounds/{made.round.id}/assignments/{given}/sheet"
    assert (await save(judge, await address(judge), sheet(made, 80))).status_code == 200
    own = await made.by_office.post(enter, json=sheet(made, 80, 90, 70, 60), headers=key())
    assert findings(own) == [("judge_scores", None)]
    await world.put(made.round, kind=RoundKind.WRITTEN)
    written = await made.by_office.post(enter, json=sheet(made, 80, 90, 70, 60), headers=key())
    assert ("not_a_live_round", None) in findings(written)
    unknown = enter.replace(given, str(uuid4()))
    assert (await made.by_office.post(unknown, json=sheet(made, 80), headers=key())).status_code == 404


async def test_who_saves_over_what_they_have_not_read_is_told(world: World) -> None:
    made, judge = await one(world)
    review = await address(judge)
    assert (await save(judge, review, sheet(made, 1), '"1"')).status_code == 412
    assert (await save(judge, review, sheet(made, 1), '"0"')).status_code == 200
    assert (await save(judge, review, sheet(made, 2), '"0"')).status_code == 412
    assert (await judge.get(review)).json()["scores"][0]["score"] == 1


async def test_what_is_submitted_changes_only_when_the_office_gives_it_back(world: World) -> None:
    made, judge = await one(world)
    review = await done(judge, made, 80, 80, 80, 80)
    for refused in (await save(judge, review, sheet(made, 90)), await submit(judge, review)):
        assert (refused.status_code, refused.json()["state"]) == (409, "submitted")
    (row,) = await listed(made)
    reopening = f"/api/v1/reviews/{row['id']}/reopening"
    assert (await judge.post(reopening, json={"reason": "我想修改"})).status_code == 404
    reopened = await made.by_office.post(reopening, json={"reason": "疑似误填，请核对。"})
    responses = [reopened.json()[name] for name in ("status", "weighted_total", "submitted_at", "reopening_reason")]
    assert responses == ["draft", None, None, "疑似误填，请核对。"]
    assert [each["score"] for each in reopened.json()["scores"]] == [80] * 4
    again = await made.by_office.post(reopening, json={"reason": "再次退回"})
    assert (again.status_code, again.json()["state"]) == (409, "draft")
    assert (await judge.get(review)).json()["reopening_reason"] == "疑似误填，请核对。"
    await save(judge, review, sheet(made, 60, 60, 60, 60))
    submitted = (await submit(judge, review)).json()
    assert (submitted["weighted_total"], submitted["reopening_reason"]) == (60, None)


@pytest.mark.parametrize("status", [RoundStatus.OPEN, RoundStatus.CLOSED])
async def test_after_the_round_nothing_changes_any_more(world: World, status: RoundStatus) -> None:
    made, judge = await one(world)
    review = await done(judge, made, 80, 80, 80, 80)
    (row,) = await listed(made)
    async with world.database.transaction() as session:
        round_ = await session.get_one(type(made.round), made.round.id)
        round_.status = status
    if status is RoundStatus.OPEN:
        world.database.clock.stopped_at = made.round.closes_at
    over = "deadline_passed" if status is RoundStatus.OPEN else "wrong_state"
    reopening = await made.by_office.post(f"/api/v1/reviews/{row['id']}/reopening", json={"reason": "请核对"})
    assert findings(reopening) == [(over, None)]
    actions = (await made.by_office.get(f"/api/v1/reviews/{row['id']}")).json()["actions"]
    assert [each["code"] for each in actions["reopen"]["findings"]] == [over]
    assert (await judge.get(review)).json()["weighted_total"] == 80


async def test_a_draft_cannot_be_saved_or_submitted_after_the_round(world: World) -> None:
    made, judge = await one(world)
    review = await address(judge)
    await save(judge, review, sheet(made, 1, 2, 3, 4))
    world.database.clock.stopped_at = made.round.closes_at
    assert findings(await save(judge, review, sheet(made, 1))) == [("deadline_passed", None)]
    assert findings(await submit(judge, review)) == [("deadline_passed", None)]


async def test_the_office_reads_every_review_and_nobody_else_any(world: World) -> None:
    made = await judging(world, cases=2, judges=2)
    for case, judge, score in ((0, 0, 70), (0, 1, 80), (1, 0, 90)):
        await made.scored(made.cases[case], made.judges[judge], score)
    rows = await listed(made)
    assert [(each["case_number"], each["weighted_total"], each["standing"]) for each in rows] == [
        (1, 70, True),
        (1, 80, True),
        (2, 90, True),
    ]
    assert [each["weighted_total"] for each in await listed(made, application_id=str(made.cases[0].id))] == [70, 80]
    assert [each["weighted_total"] for each in await listed(made, reviewer_id=str(made.judges[0].id))] == [70, 90]
    assert await listed(made, status="draft") == []
    path = f"/api/v1/reviews/{rows[0]['id']}"
    found = (await made.by_office.get(path)).json()
    assert {name: found[name] for name in rows[0]} == rows[0] | {"actions": found["actions"]}
    assert [each["score"] for each in found["scores"]] == [70] * 4
    assert (await made.by_office.get(f"/api/v1/rounds/{uuid4()}/reviews")).status_code == 404
    roles = [await world.client_of(role) for role in (Role.MUNICIPAL, Role.REVIEWER)]
    by_unit = await world.client_of(Role.UNIT, unit=made.units[0])
    by_committee = await world.client_of(Role.COMMITTEE, committee=made.committees[0])
    for client in (*roles, by_unit, by_committee, *made.by_judge):
        responses = [await client.get(f"/api/v1/rounds/{made.round.id}/{each}") for each in ("reviews", "progress")]
        assert [each.status_code for each in responses] == [403, 403]
        assert (await client.get(path)).status_code == 404


async def test_a_review_counts_until_its_judge_is_recused_and_stays_known(world: World) -> None:
    made = await judging(world, cases=1, judges=2)
    for judge, score in zip(made.judges, (60, 90), strict=True):
        await made.scored(made.cases[0], judge, score)
    row, kept = await listed(made)
    async with world.database.transaction() as session:
        where = Reviewer.account_id == made.judges[0].id
        await session.execute(update(Reviewer).where(where).values(committee_id=made.committees[0].id))
    assert await listed(made) == [row, kept]
    await made.recuse(made.judges[0], made.cases[0])
    assert await listed(made) == [kept]
    (gone,) = await listed(made, standing=False)
    assert (gone["id"], gone["standing"]) == (row["id"], False)
    refused = await made.by_office.post(f"/api/v1/reviews/{row['id']}/reopening", json={"reason": "请核对"})
    assert findings(refused) == [("no_longer_assigned", None)]


async def peers(client: ContractClient, review: str, **params: Any) -> dict[str, Any]:
    answer = await client.get(review.replace("/review", "/peer-reviews"), params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_others_reviews_are_shown_without_names_after_ones_own_where_the_round_says_so(world: World) -> None:
    made = await judging(world, cases=2, judges=5, shows_others=True)
    await made.assign(made.cases[0], made.judges[0])
    for index, score in ((1, 61), (2, 62), (3, 63)):
        await made.scored(made.cases[0], made.judges[index], score)
    await made.scored(made.cases[1], made.judges[1], 99)
    await made.review(await made.assign(made.cases[0], made.judges[4]), 98, submitted=False)
    await made.recuse(made.judges[3], made.cases[0])
    judge = made.by_judge[0]
    assert await peers(judge, await address(judge)) == NO_ROWS
    review = await done(judge, made, 10, 20, 30, 40)
    found = await peers(judge, review)
    assert sorted(each["scores"][0]["score"] for each in found["items"]) == [61, 62]
    assert [set(each) for each in found["items"]] == [{"id", "scores", "remark"}] * 2
    first = await peers(judge, review, limit=1)
    second = await peers(judge, review, limit=1, cursor=first["next_cursor"])
    assert [*first["items"], *second["items"]] == found["items"]
    (row,) = await listed(made, reviewer_id=str(made.judges[0].id))
    await made.by_office.post(f"/api/v1/reviews/{row['id']}/reopening", json={"reason": "请核对"})
    assert await peers(judge, review) == NO_ROWS


async def test_where_the_round_does_not_say_so_others_stay_hidden(world: World) -> None:
    made = await judging(world, cases=1, judges=2)
    await made.assign(made.cases[0], made.judges[0])
    await made.scored(made.cases[0], made.judges[1], 61)
    judge = made.by_judge[0]
    assert (await peers(judge, await done(judge, made, 10, 20, 30, 40)))["total"] == 0


@pytest.mark.parametrize("shows_others", [False, True])
async def test_before_submitting_a_judge_reads_the_same_bytes_whatever_others_gave(
    world: World, *, shows_others: bool
) -> None:
    made = await judging(world, cases=1, judges=4, shows_others=shows_others)
    await made.assign(made.cases[0], made.judges[0])
    judge = made.by_judge[0]
    review = await address(judge)

    async def read() -> list[Any]:
        responses = [await save(judge, review, sheet(made, 101)), await submit(judge, review)]
        responses += [await judge.get(each) for each in (CASES, review, review.replace("/review", ""))]
        responses += [
            await judge.get(f"{review.replace('/review', '/peer-reviews')}?limit={limit}") for limit in (1, 20)
        ]
        responses += [await judge.get(f"/api/v1/rounds/{made.round.id}/{each}") for each in ("reviews", "progress")]
        return [_same(each) for each in responses]

    before = await read()
    await made.scored(made.cases[0], made.judges[1], 55)
    await made.scored(made.cases[0], made.judges[2], 95)
    await made.review(await made.assign(made.cases[0], made.judges[3]), 15, submitted=False)
    assert await read() == before


def _same(answer: Response) -> tuple[int, Any, Any]:
    """Everything but the number of the occurrence."""
    number = answer.headers["x-request-id"]
    headers = {name: value.replace(number, "") for name, value in answer.headers.items()}
    return answer.status_code, headers, answer.text.replace(number, "")


async def test_the_history_of_a_review_names_no_case(world: World) -> None:
    made, judge = await one(world)
    await done(judge, made, 80, 80, 80, 80)
    async with world.database.transaction() as session:
        events = select(AuditEvent).where(AuditEvent.subject_type == "review").order_by(AuditEvent.id)
        rows = (await session.scalars(events)).all()
    assert [(row.action, row.committee_id, row.campaign_id) for row in rows] == [
        ("review.begun", None, None),
        ("review.submitted", None, None),
    ]
    assert not [row for row in rows if str(made.cases[0].id) in str(row.data)]


@pytest.mark.parametrize("rows", [1, 8])
async def test_a_page_of_reviews_is_read_with_three_statements(world: World, rows: int) -> None:
    made = await judging(world, cases=rows, judges=1)
    for case in made.cases:
        await made.scored(case, made.judges[0], 50)
    with noted(world.database) as sent:
        assert len(await listed(made)) == rows
    assert len(sent) == 3
