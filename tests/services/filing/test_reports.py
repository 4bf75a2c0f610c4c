from app.models.enums import Role
from app.printing.report import Report
from app.services.filing import reports
from tests.world import World
from tests.world.filing import district


async def test_committees_come_by_what_they_filed_and_each_has_its_own_figures(world: World) -> None:
    first = await district(world)
    second = await district(world, first.campaign)
    await first.filed(2)
    await second.filed(3)
    async with world.viewing(first.actors[Role.OFFICE]) as view:
        paper = (await reports.paper(view, first.campaign.id)).paper
    assert isinstance(paper, Report)
    rows = next(section.rows for section in paper.sections if section.rows)
    assert rows == [
        ["1", second.committee.name, "0", "3", "0", "0", "0"],
        ["2", first.committee.name, "0", "2", "0", "0", "0"],
    ]
