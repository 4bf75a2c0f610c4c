"""An import of a list finds the committees that its units name, and tells all of a trial."""

from app.context import Context
from app.models.enums import ImportOutcome, Role
from app.services.people import listed, organisation_lists
from app.services.people.organisation_lists import ImportedList
from app.tables.cells import ListCell, ListSheet
from tests.world import World, actor_of

HEAD = ["单位名称", "所属党（工）委", "称号级别"]


def units(*names: str, committee: str) -> list[ListSheet]:
    rows = [HEAD, *([name, committee, "区级文明单位"] for name in names)]
    cells = {(row, column): ListCell(text) for row, texts in enumerate(rows, 1) for column, text in enumerate(texts, 1)}
    return [ListSheet("单位", cells)]


async def imported(ctx: Context, sheets: list[ListSheet], *, dry_run: bool = False) -> ImportedList:
    return await organisation_lists.carry_out(ctx, sheets, lambda _: [], dry_run=dry_run)


async def test_a_committee_that_units_name_keeps_what_it_is_and_is_no_row(world: World) -> None:
    committee = await world.committee(name="乔屯街道党工委", kind="district_direct", leader_name="李文博")
    async with world.acting(actor_of(await world.account(Role.OFFICE))) as ctx:
        done = await imported(ctx, units("甲", "乙", committee="乔屯 街道党工委"))
    assert [(row.place, row.outcome) for row in done.rows] == [
        ("单位!A2", ImportOutcome.CREATED),
        ("单位!A3", ImportOutcome.CREATED),
    ]
    assert done.count(ImportOutcome.UNCHANGED) == 0
    office = await world.client_of(Role.OFFICE)
    found = (await office.get(f"/api/v1/committees/{committee.id}")).json()
    assert (found["kind"], found["leader_name"], found["etag"]) == ("district_direct", "李文博", '"1"')


async def test_all_that_an_import_would_be_told_is_known_without_one(world: World) -> None:
    async with world.acting(actor_of(await world.account(Role.OFFICE))) as ctx:
        told = await listed.told(imported(ctx, units("甲", committee="无"), dry_run=True))
        assert [(each.rule.code, each.params.get("place")) for each in told] == [("committee_unknown", "单位!B2")]
        assert await listed.told(imported(ctx, units("甲", committee="直属"), dry_run=True)) == []
    assert (await (await world.client_of(Role.OFFICE)).get("/api/v1/units")).json()["items"] == []
