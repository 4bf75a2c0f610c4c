from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.models import Assignment, Recusal
from app.models.enums import Role, RoundStatus, WithdrawalCause
from tests.contract.client import ContractClient
from tests.scenarios.steps import done
from tests.world import World
from tests.world.judging import Judging, judging
from tests.world.statements import noted

URL = "/api/v1/recusals"
INTERESTS = "/api/v1/interests"


async def cases_of(client: ContractClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get("/api/v1/cases")).json()["items"]
    return items


async def numbers(client: ContractClient) -> list[int]:
    return sorted(case["case_number"] for case in await cases_of(client))


async def case_url(client: ContractClient, number: int) -> str:
    return next(f"/api/v1/cases/{case['id']}" for case in await cases_of(client) if case["case_number"] == number)


async def withdrawn(judged: Judging) -> list[tuple[int, WithdrawalCause | None]]:
    """The places of the cases that were taken back from the first judge, and why."""
    places = {case.id: place for place, case in enumerate(judged.cases)}
    async with judged.world.database.transaction() as session:
        rows = await session.scalars(select(Assignment).where(Assignment.withdrawn_at.is_not(None)))
        return sorted((places[row.application_id], row.withdrawal_cause) for row in rows)


def codes(answer: Any) -> list[tuple[str, str | None]]:
    return [(finding["code"], finding["pointer"]) for finding in answer.json()["findings"]]


async def given(world: World, cases: int = 3, **round_: Any) -> Judging:
    """One judge who has been given every case."""
    judged = await judging(world, cases=cases, judges=1, **round_)
    for case in judged.cases:
        await judged.assign(case, judged.judges[0])
    return judged


@pytest.mark.parametrize("kind", ["declared", "abstained"])
async def test_a_judge_keeps_away_from_a_case(world: World, kind: str) -> None:
    judged = await given(world)
    (client,) = judged.by_judge
    url = await case_url(client, 2)
    made = await client.post(f"{url}/recusal", json={"kind": kind, "reason": "负责人是本人同学"})
    assert made.status_code == 201, made.text
    assert {
        name: made.json()[name] for name in ("kind", "reason", "application_id", "application_number", "made_by")
    } == {
        "kind": kind,
        "reason": "负责人是本人同学",
        "application_id": None,
        "application_number": None,
        "made_by": None,
    }
    assert await numbers(client) == [1, 3]
    assert (await client.get(url)).status_code == 404
    again = await client.post(f"{url}/recusal", json={"kind": kind, "reason": "负责人是本人同学"})
    assert again.status_code == 404
    assert await withdrawn(judged) == [(1, WithdrawalCause.CONFLICT)]
    results = (await judged.by_office.get(made.headers["location"])).json()
    assert (results["kind"], results["application_id"]) == (kind, str(judged.cases[1].id))


@pytest.mark.parametrize("written", ["和平\u200b社区 (东)", "和平 社区〔东〕", "和平社区（东）"], ids=ascii)
async def test_a_tie_is_with_the_organisation_that_a_reader_takes_the_name_for(world: World, written: str) -> None:
    judged = await given(world)
    unit = await world.unit(judged.committees[0], name="和平社区（东）")
    made = await judged.by_judge[0].post(INTERESTS, json={"organisation_name": written, "reason": "曾在该处任职"})
    assert [each["organisation_name"] for each in done(made, 201)["recusals"]] == [unit.name]


async def test_a_judge_declares_a_tie_with_an_organisation_by_its_name(world: World) -> None:
    judged = await given(world)
    (client,) = judged.by_judge
    for place, name in ((0, judged.units[0].name), (2, judged.committees[2].name)):
        made = await client.post(INTERESTS, json={"organisation_name": name, "reason": "曾在该处任职"})
        assert made.status_code == 201, made.text
        (recusal,) = made.json()["recusals"]
        assert (recusal["kind"], recusal["organisation_name"], recusal["unit_id"], recusal["committee_id"]) == (
            "declared",
            name,
            None,
            None,
        )
        assert place + 1 not in await numbers(client)
    assert await numbers(client) == [2]
    assert await withdrawn(judged) == [(0, WithdrawalCause.CONFLICT), (2, WithdrawalCause.CONFLICT)]
    listed = (await client.get(URL)).json()["items"]
    assert [row["organisation_name"] for row in listed] == [judged.units[0].name, judged.committees[2].name]


async def test_a_name_that_several_units_have_means_all_of_them(world: World) -> None:
    judged = await judging(world, judges=1)
    units = [await world.unit(await world.committee(), name="和平社区") for _ in range(2)]
    for unit in units:
        await judged.assign(await judged.case(unit), judged.judges[0])
    (client,) = judged.by_judge
    made = await client.post(INTERESTS, json={"organisation_name": " 和平社区 ", "reason": "曾在该处任职"})
    assert len(made.json()["recusals"]) == 2
    assert await numbers(client) == []
    again = await client.post(INTERESTS, json={"organisation_name": "和平社区", "reason": "曾在该处任职"})
    assert codes(again) == [("already_exists", "/organisation_name")]
    unknown = await client.post(INTERESTS, json={"organisation_name": "和平", "reason": "曾在该处任职"})
    assert codes(unknown) == [("unknown_reference", "/organisation_name")]


@pytest.mark.parametrize("member", ["application_id", "unit_id", "committee_id"])
async def test_the_office_recuses_a_judge_who_is_not_told(world: World, member: str) -> None:
    judged = await given(world, cases=2)
    (client,) = judged.by_judge
    case = judged.cases[0]
    named = {"application_id": case.id, "unit_id": case.unit_id, "committee_id": case.committee_id}[member]
    body = {"reviewer_id": str(judged.judges[0].id), member: str(named), "reason": "与负责人系近亲属"}
    made = await judged.by_office.post(URL, json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["kind"], made.json()[member], made.json()["made_by"]) == (
        "recused",
        str(named),
        judged.clerk.name,
    )
    assert await numbers(client) == [2]
    assert await withdrawn(judged) == [(0, WithdrawalCause.CONFLICT)]
    listed = (await client.get(URL)).json()
    assert (listed["items"], listed["total"]) == ([], 0)
    assert (await client.get(made.headers["location"])).status_code == 404
    assert (await client.post(f"{made.headers['location']}/lifting", json={"reason": "误登记"})).status_code == 404
    assert (await judged.by_office.post(URL, json=body)).json()["findings"][0]["code"] == "already_exists"
    name = judged.units[0].name
    declared = await client.post(INTERESTS, json={"organisation_name": name, "reason": "曾在该处任职"})
    assert declared.status_code == 201


async def test_what_the_office_recuses_must_be_known(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)
    draft = await world.application(judged.campaign, judged.units[0])
    body = {"reviewer_id": str(judged.judges[0].id), "reason": "近亲属"}
    unfiled = await judged.by_office.post(URL, json=body | {"application_id": str(draft.id)})
    assert codes(unfiled) == [("unknown_reference", "/application_id")]
    nobody = {"reviewer_id": str(judged.clerk.id), "unit_id": str(uuid4()), "reason": "近亲属"}
    assert codes(await judged.by_office.post(URL, json=nobody)) == [
        ("unknown_reference", "/reviewer_id"),
        ("unknown_reference", "/unit_id"),
    ]
    for more in ({}, {"unit_id": str(judged.units[0].id), "application_id": str(judged.cases[0].id)}):
        assert (await judged.by_office.post(URL, json=body | more)).status_code == 422


async def test_lifting_does_not_bring_assignments_back(world: World) -> None:
    judged = await given(world, cases=2)
    (client,) = judged.by_judge
    made = await client.post(
        f"{await case_url(client, 1)}/recusal", json={"kind": "abstained", "reason": "不熟悉该领域"}
    )
    url = f"{made.headers['location']}/lifting"
    assert (await client.post(url, json={"reason": "误登记"})).status_code == 403
    lifted = await judged.by_office.post(url, json={"reason": "本人撤回弃评"})
    assert (lifted.json()["lifted_by"], lifted.json()["lifting_reason"]) == (judged.clerk.name, "本人撤回弃评")
    assert codes(await judged.by_office.post(url, json={"reason": "本人撤回弃评"})) == [("already_lifted", None)]
    assert await numbers(client) == [2]
    (own,) = (await client.get(URL)).json()["items"]
    assert (own["lifted_at"] is not None, own["lifted_by"], own["lifting_reason"]) == (True, None, None)


async def test_the_list_is_filtered_for_the_office_and_empty_for_others(world: World) -> None:
    judged = await given(world)
    await judged.judge()
    first, second = judged.by_judge
    name = {"organisation_name": judged.units[0].name, "reason": "曾在该处任职"}
    await first.post(INTERESTS, json=name)
    await second.post(INTERESTS, json=name)
    await first.post(f"{await case_url(first, 2)}/recusal", json={"kind": "abstained", "reason": "不熟悉该领域"})

    async def kinds(client: ContractClient, **query: str) -> list[str]:
        return [row["kind"] for row in (await client.get(URL, params=query)).json()["items"]]

    office = judged.by_office
    assert await kinds(office) == ["declared", "declared", "abstained"]
    assert await kinds(office, kind="abstained") == ["abstained"]
    assert await kinds(office, reviewer_id=str(judged.judges[1].id)) == ["declared"]
    assert await kinds(first) == ["declared", "abstained"]
    assert await kinds(first, reviewer_id=str(judged.judges[1].id)) == []
    assert await kinds(await world.client_of(Role.UNIT, unit=judged.units[0])) == []
    assert await kinds(await world.client_of(Role.COMMITTEE, committee=judged.committees[0])) == []


async def test_roles_do_not_mix(world: World) -> None:
    judged = await given(world, cases=1)
    unit, committee = judged.units[0], judged.committees[0]
    clients = [
        judged.by_office,
        judged.by_judge[0],
        await world.client_of(Role.COMMITTEE, committee=committee),
        await world.client_of(Role.UNIT, unit=unit),
        await world.client_of(Role.MUNICIPAL),
    ]
    url = await case_url(judged.by_judge[0], 1)
    recuse = {"reviewer_id": str(judged.judges[0].id), "unit_id": str(unit.id), "reason": "近亲属"}
    declare = {"organisation_name": unit.name, "reason": "曾任职"}
    abstain = {"kind": "abstained", "reason": "不熟悉"}
    acts = [(f"{url}/recusal", abstain), (INTERESTS, declare), (URL, recuse)]
    results = [[(await client.post(path, json=body)).status_code for client in clients] for path, body in acts]
    assert results == [[404, 201, 404, 404, 404], [403, 201, 403, 403, 403], [201, 403, 403, 403, 403]]


async def test_a_reviewer_the_office_has_not_entered_is_told_so(world: World) -> None:
    judged = await judging(world, cases=1)
    stranger = await world.client_of(Role.REVIEWER)
    answer = await stranger.post(INTERESTS, json={"organisation_name": judged.units[0].name, "reason": "曾任职"})
    assert codes(answer) == [("no_profile", None)]


async def test_a_closed_round_keeps_its_assignments(world: World) -> None:
    judged = await given(world, cases=1)
    await judged.becomes(RoundStatus.CLOSED)
    (client,) = judged.by_judge
    declared = await client.post(INTERESTS, json={"organisation_name": judged.units[0].name, "reason": "曾任职"})
    assert declared.status_code == 201
    assert await withdrawn(judged) == []


async def test_a_case_of_a_closed_round_cannot_be_abstained_from(world: World) -> None:
    judged = await given(world, cases=1)
    await judged.becomes(RoundStatus.CLOSED)
    (client,) = judged.by_judge
    answer = await client.post(
        f"{await case_url(client, 1)}/recusal", json={"kind": "abstained", "reason": "不熟悉该领域"}
    )
    assert (answer.status_code, answer.json()["state"]) == (409, "closed")


async def test_their_own_history_tells_judges_of_no_assignment(world: World) -> None:
    judged = await given(world)
    (client,) = judged.by_judge
    await client.post(INTERESTS, json={"organisation_name": judged.units[0].name, "reason": "曾任职"})
    events = (await client.get("/api/v1/audit-events")).json()
    assert ([event["action"] for event in events["items"]], events["total"]) == (["recusal.made"], 1)
    actions = [event["action"] for event in (await judged.by_office.get("/api/v1/audit-events")).json()["items"]]
    assert actions == ["assignment.withdrawn", "recusal.made"]


async def test_the_lists_cost_the_same_however_long_they_are(world: World) -> None:
    judged = await given(world)
    client = judged.by_judge[0]

    async def cost() -> int:
        with noted(world.database) as sent:
            await judged.by_office.get(URL)
            await judged.by_office.get(f"/api/v1/rounds/{judged.round.id}/assignments", params={"standing": "true"})
        return len(sent)

    await client.post(INTERESTS, json={"organisation_name": judged.units[0].name, "reason": "曾任职"})
    few = await cost()
    for unit in judged.units[1:]:
        await client.post(INTERESTS, json={"organisation_name": unit.name, "reason": "曾任职"})
        await judged.assign(await judged.case(), judged.judges[0])
    assert await cost() == few
    async with world.database.transaction() as session:
        assert len(list(await session.scalars(select(Recusal.id)))) == 3
