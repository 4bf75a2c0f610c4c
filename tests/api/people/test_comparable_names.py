"""Names, searches and codes as a reader takes them, whatever they are written with."""

import pytest

from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read, reasons
from tests.world import World

LOOK_ALIKE = ["党(工)委", "党（\u200b工）委", "党（工） 委", "党〔工〕委", "党（工）\ue123委"]
COMMITTEES, UNITS = "/api/v1/committees", "/api/v1/units"
CODE = "91350100M000100Y43"


@pytest.fixture
async def office(world: World) -> ContractClient:
    return await world.client_of(Role.OFFICE)


async def create(client: ContractClient, name: str, **unit: str) -> list[tuple[str, str | None]]:
    body = unit | {"name": name} if unit else {"name": name, "kind": "district_direct"}
    answer = await client.post(UNITS if unit else COMMITTEES, json=body)
    return [] if answer.status_code == 201 else reasons(answer)


@pytest.mark.parametrize("other", LOOK_ALIKE, ids=ascii)
async def test_of_names_that_look_the_same_one_is_registered(office: ContractClient, other: str) -> None:
    assert await create(office, "党（工）委") == []
    assert await create(office, other) == [("already_exists", "/name")]
    (kept,) = (await read(office, COMMITTEES))["items"]
    assert kept["name"] == "党（工）委"
    for name in ("一中", "\u2f00中"):
        found = await create(office, name, honour_level="district", committee_id=kept["id"])
        assert found == ([] if name == "一中" else [("already_exists", "/name")])


async def test_an_import_finds_the_row_that_looks_the_same_and_keeps_its_name(office: ContractClient) -> None:
    async def imported(name: str, unit: str) -> list[str]:
        committee = {"name": name, "kind": "district_direct", "units": [{"name": unit, "honour_level": "district"}]}
        answer = await office.post("/api/v1/organisation-imports", json={"committees": [committee]})
        return [row["outcome"] for row in done(answer)["rows"]]

    assert await imported("党（工）委", "一中") == ["created", "created"]
    for name in LOOK_ALIKE:
        assert await imported(name, " \u2f00\u200b中 ") == ["unchanged", "unchanged"], ascii(name)
    assert [each["name"] for each in (await read(office, UNITS))["items"]] == ["一中"]


async def test_rows_of_an_import_that_look_the_same_repeat_each_other(office: ContractClient) -> None:
    rows = [{"name": name, "kind": "district_direct"} for name in ("党（工）委", LOOK_ALIKE[0])]
    answer = await office.post("/api/v1/organisation-imports", json={"committees": rows})
    assert reasons(answer) == [("repeated", "/committees/1/name")]


@pytest.mark.parametrize(
    ("stored", "asked"),
    [("一中", " 一中 "), ("3号院", "３号院"), ("一中", "\u2f00中"), ("一中", "一中\u200b"), ("ＡＢＣ社区", "abc")],
    ids=ascii,
)
async def test_a_search_finds_what_a_reader_would(
    world: World, office: ContractClient, stored: str, asked: str
) -> None:
    await world.unit(await world.committee(), name=stored)
    for question in (asked, stored):
        answer = await office.get(UNITS, params={"q": question})
        assert [each["name"] for each in done(answer)["items"]] == [stored]
    assert done(await office.get(UNITS, params={"q": "二中"}))["items"] == []


@pytest.mark.parametrize(
    "typed", [CODE.lower(), "９１３５０１００Ｍ０００１００Ｙ４３", "9135 0100 M000 100Y 43", CODE]
)
async def test_a_code_is_one_however_it_is_written(world: World, office: ContractClient, typed: str) -> None:
    body = {"name": "一中", "honour_level": "district", "committee_id": str((await world.committee()).id)}
    made = done(await office.post(UNITS, json=body | {"credit_code": typed}), 201)
    assert made["credit_code"] == CODE
    assert (await read(office, f"{UNITS}?q={CODE.lower()}"))["total"] == 1


@pytest.mark.parametrize("blank", ["\u200b", "\u3164", "\u2060", "\u3000", "\u200b \ufe0f"], ids=ascii)
async def test_a_name_in_which_nobody_sees_anything_is_none(office: ContractClient, blank: str) -> None:
    answer = await office.post(COMMITTEES, json={"name": blank, "kind": "district_direct"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "string_too_short")


async def test_what_a_committee_registers_tells_it_nothing_of_others(world: World, office: ContractClient) -> None:
    """The code of another committee's unit is taken, to it, as any code is; the office sees that two have it."""
    ours, theirs = await world.committee(), await world.committee()
    await world.unit(theirs, name="一中", credit_code=CODE)
    clerk = await world.client_of(Role.COMMITTEE, committee=ours)
    body = {"honour_level": "district", "credit_code": CODE}
    assert await create(clerk, "二中", **body) == []
    assert await create(clerk, "三中", **body) == [("already_exists", "/credit_code")]
    assert (await read(clerk, f"{UNITS}?shared_code=true"))["total"] == 0
    assert (await read(office, f"{UNITS}?shared_code=true"))["total"] == 2
    assert await create(office, "四中", **body, committee_id=str((await world.committee()).id)) == [
        ("already_exists", "/credit_code")
    ]


async def test_an_import_leaves_a_code_alone_that_two_units_have(world: World, office: ContractClient) -> None:
    committees = [await world.committee() for _ in range(2)]
    for committee in committees:
        await world.unit(committee, name="一中", credit_code=CODE)
    unit = {"name": "一中", "honour_level": "district", "credit_code": CODE}
    rows = [{"name": committee.name, "kind": committee.kind, "units": [unit]} for committee in committees[:1]]
    answer = await office.post("/api/v1/organisation-imports", json={"committees": rows})
    assert {row["outcome"] for row in done(answer)["rows"]} == {"unchanged"}
