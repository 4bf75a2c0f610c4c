"""A draft takes whatever can be stored; what is wrong is a finding, and one odd cell never loses the others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.enums import Role
from app.services.filing.cells import ApplicationForm
from app.services.filing.planned_cases import PlannedCaseInput
from tests.scenarios.steps import done, reasons
from tests.world import FORM, World, key
from tests.world.cells import cell
from tests.world.filing import District, district

CELLS = [name for name in FORM if name not in ("innovation", "practices", "effects")]
ANY = {"If-Match": "*"}


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def saved(place: District, **cells: Any) -> dict[str, Any]:
    path = f"/api/v1/applications/{await place.complete()}"
    answer = await place.by_unit.patch(path, json=cells, headers=ANY)
    assert answer.status_code == 200, answer.text
    draft: dict[str, Any] = answer.json()
    return draft


def found(resource: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["code"], each["pointer"]) for each in resource["actions"]["submit"]["findings"]]


@given(st.sampled_from(CELLS), st.text(max_size=200))
def test_one_odd_cell_never_loses_the_others(name: str, odd: str) -> None:
    form = ApplicationForm.model_validate(FORM | {name: odd}).model_dump()
    assert {each: form[each] for each in FORM if each != name} == {each: FORM[each] for each in FORM if each != name}


@given(st.sampled_from(["name", "unit_name", "category"]), st.text(max_size=200))
def test_nor_does_one_in_a_row_of_a_plan(name: str, odd: str) -> None:
    row = {"name": "道德讲堂", "unit_name": "翔云社区", "category": "derun"}
    kept = PlannedCaseInput.model_validate(row | {name: odd}).model_dump()
    assert {each: kept[each] for each in row if each != name} == {each: row[each] for each in row if each != name}


@pytest.mark.parametrize(
    ("cells", "kept", "findings"),
    [
        ({"phone": "3724062、13900000000"}, {}, []),
        ({"phone": "(0712)2345651/52/53/54"}, {}, []),
        ({"phone": "call me"}, {}, [("no_phone_number", "/phone")]),
        ({"phone": "     -----"}, {"phone": "-----"}, [("required", "/phone")]),
        ({"brand_name": "\u3164", "leader_name": ""}, {"brand_name": None, "leader_name": None}, None),
        ({"brand_name": "第一\x0b第二"}, {"brand_name": "第一 第二"}, []),
        ({"started_on": "2014年3月", "ended_on": "至今"}, {"started_on": "2014-03", "ended_on": "ongoing"}, []),
        ({"started_on": "2014年3月至今"}, {}, [("unclear_date", "/started_on")]),
        ({"started_on": "2015-02-29"}, {}, [("unclear_date", "/started_on")]),
        ({"category": "德润路北"}, {}, [("unknown_category", "/category")]),
    ],
)
async def test_a_draft_takes_what_can_be_stored(
    place: District, cells: dict[str, str], kept: dict[str, str], findings: list[tuple[str, str]] | None
) -> None:
    draft = await saved(place, **cells, leader_title="主任")
    expected = cells | kept | {"leader_title": "主任"}
    assert {name: draft[name] for name in expected} == expected
    if findings is not None:
        assert found(draft) == findings


async def test_an_odd_phone_loses_no_text(place: District) -> None:
    text = "辛苦写了两千字" * 200
    draft = await saved(place, phone="找张主任", innovation=text, practices="第一段\x0b第二段\x07")
    assert (draft["innovation"], draft["practices"]) == (text, "第一段\n第二段")
    message = draft["actions"]["submit"]["findings"][0]["message"]
    assert "找张主任" in message
    assert "0315-3724062" in message


async def test_a_plan_takes_the_form_as_it_is_filled_in(world: World) -> None:
    """附件1 has more rows than there are cases; a row that is begun is kept, and told of when it is submitted."""
    named = {"leader_name": "张弓", "liaison_name": "李文博", "liaison_phone": "13900001111"}
    campaign, committee = await world.campaign(), await world.committee(**named)
    client = await world.client_of(Role.COMMITTEE, committee=committee)
    blank = {"name": "", "unit_name": " ", "category": "\u200b"}
    cases = [{"name": "甲", "unit_name": "一中"}, blank, {"name": "", "unit_name": "二中", "category": "德润"}, {}]
    made = await client.post("/api/v1/plans", json={"campaign_id": str(campaign.id), "cases": cases})
    assert made.status_code == 201, made.text
    plan = made.json()
    assert [(row["name"], row["unit_name"], row["category"]) for row in plan["cases"]] == [
        ("甲", "一中", None),
        (None, "二中", "德润"),
    ]
    assert found(plan) == [("required", "/cases/1/name"), ("unknown_category", "/cases/1/category")]
    filled = [{"name": "乙", "unit_name": name} for name in ("一中", "二中")]
    assert found((await client.patch(made.headers["location"], json={"cases": filled}, headers=ANY)).json()) == []


async def test_the_opinion_of_a_body_below_the_committee_comes_first_and_is_stamped_on_the_same_paper(
    world: World,
) -> None:
    """A village recommends, a subdistrict seals: no submission without the opinion, and a look at its stamp after."""
    opinion = cell("village", "text", need="required", stamp="村（社区）盖章", blind=True, public=False)
    place = await district(world, await world.campaign(cells=[opinion]))
    path = f"/api/v1/applications/{await place.complete()}"
    refused = await place.by_unit.post(f"{path}/submission", headers=key())
    assert reasons(refused) == [("required", "/cells/village")]
    opined = {"cells": {"village": "龙华社区党委：同意推荐。"}}
    done(await place.by_unit.patch(path, json=opined, headers=ANY))
    done(await place.by_unit.post(f"{path}/submission", headers=key()))
    seen = (await place.by_committee.get(path)).json()
    advice = [{"code": "stamp_expected", "severity": "advice", "pointer": "/cells/village"}]
    told = [{name: each[name] for name in advice[0]} for each in seen["actions"]["endorse"]["findings"]]
    assert (seen["cells"], told, seen["actions"]["endorse"]["allowed"]) == (opined["cells"], advice, True)
    history = (await place.by_committee.get(f"{path}/history")).json()["items"]
    changed = [each["data"].get("changed") for each in history if each["action"] == "application.edited"]
    assert ["cells/village"] in changed
