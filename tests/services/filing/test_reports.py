from datetime import date
from typing import Any

from app.models import Extension
from app.models.enums import DeadlineKind, ExtensionCause, Role
from app.printing.chart import Chart
from app.printing.report import Report, Section
from app.services.filing import reports, statistics
from app.services.policies.filing.statistics import ChartSubject
from tests.world import NOW, World
from tests.world.filing import District, district


async def report(place: District) -> Report:
    async with place.world.viewing(place.actors[Role.OFFICE]) as view:
        paper = (await reports.paper(view, place.campaign.id)).paper
    assert isinstance(paper, Report)
    return paper


async def section(place: District, heading: str) -> Section:
    return next(each for each in (await report(place)).sections if each.heading.endswith(heading))


async def said(place: District, heading: str) -> str:
    return "".join((await section(place, heading)).paragraphs)


BY_COMMITTEE = "各党（工）委情况"


async def test_committees_come_by_what_they_filed_and_each_has_its_own_figures(world: World) -> None:
    first = await district(world)
    second = await district(world, first.campaign)
    await first.filed(2)
    await second.filed(3)
    rows = (await section(first, BY_COMMITTEE)).rows
    assert rows == [
        ["1", second.committee.name, "0", "3", "0", "0", "0"],
        ["2", first.committee.name, "0", "2", "0", "0", "0"],
    ]


async def test_a_merged_committee_has_its_figures_with_its_successor_which_owes_what_both_lack(world: World) -> None:
    here = await district(world)
    there, idle = [await district(world, here.campaign) for _ in range(2)]
    await here.filed(2)
    await world.put(here.committee, retired_at=NOW, successor_id=there.committee.id)
    both = await section(here, BY_COMMITTEE)
    assert both.rows == [
        ["1", there.committee.name, "0", "2", "0", "0", "0"],
        ["2", idle.committee.name, "0", "0", "0", "0", "2"],
    ]
    told = f"上报件数居前的党（工）委有{there.committee.name}（2件）。达到最低上报件数的有1个，尚未达到的有1个："
    assert both.paragraphs == [f"{told}{idle.committee.name}。"]
    assert (await said(here, "参与情况")).startswith("共有1个党（工）委，占全部2个的50%、1个单位上报案例2件。")


async def test_units_without_a_committee_are_no_committee_that_filed(world: World) -> None:
    place = await district(world)
    direct = await district(world, place.campaign, direct=True)
    await place.filed(2)
    await world.filed(place.campaign, direct.unit)
    assert (await said(place, "参与情况")).startswith(
        "共有1个党（工）委，占全部1个的100%、2个单位上报案例3件。其中直属单位上报1件。"
    )
    rows = (await section(place, BY_COMMITTEE)).rows
    assert [[row[1], row[3]] for row in rows] == [[place.committee.name, "2"], ["直属单位", "1"]]
    found = (await place.by_office.get(f"/api/v1/statistics?campaign_id={place.campaign.id}")).json()
    assert [[each["code"] for each in found[name]] for name in ("by_committee", "by_direct")] == [
        [place.committee.code],
        [direct.committee.code],
    ]
    years = (await place.by_office.get("/api/v1/statistics/years")).json()["items"]
    assert [year["committees"] for year in years] == [1]


async def test_only_what_was_granted_is_an_extension_and_each_once(world: World) -> None:
    """A correction has its days too, and a plan that is handed on in a merger takes its extension along."""
    here = await district(world)
    there = await district(world, here.campaign)
    (filed, _) = await here.filed(2)
    days: dict[str, Any] = {
        "campaign_id": here.campaign.id,
        "due_on": date(2015, 9, 20),
        "until": NOW,
        "reason": "连日暴雨",
        "granted_at": NOW,
        "granted_by": here.clerk.id,
    }
    correction = {"kind": DeadlineKind.APPLICATION, "cause": ExtensionCause.CORRECTION, "application_id": filed}
    await world.add(Extension(committee_id=here.committee.id, **days, **correction))
    assert "延期" not in await said(here, "时效情况")
    for place in (here, there):
        granted = {"kind": DeadlineKind.PLAN, "cause": ExtensionCause.GRANT}
        await world.add(Extension(committee_id=place.committee.id, **days, **granted))
    await world.put(here.committee, retired_at=NOW, successor_id=there.committee.id)
    assert "主办单位共批准延期1次。" in await said(here, "时效情况")


async def test_years_are_compared_by_their_number_whenever_they_were_entered(world: World) -> None:
    """Ten notices of later years, and earlier ones that were entered after them, put none of them out of sight."""
    place = await district(world, await world.campaign(name="本年"))
    for year in (*range(2016, 2026), 2014, 2013):
        await world.campaign(name=f"{year}年", year=year)
    await world.filed(place.campaign, place.unit)
    rows = (await section(place, "与往年比较")).rows
    assert [row[0] for row in rows] == ["2013", "2014", "2015"]
    assert (await said(place, "与往年比较")).startswith("与2014年“2014年”相比")
    async with world.viewing(place.actors[Role.OFFICE]) as view:
        chart = (await statistics.chart(view, place.campaign.id, ChartSubject.YEARS)).paper
    assert isinstance(chart, Chart)
    assert [bar.label for bar in chart.bars] == [f"{year}年\n{year}年" for year in range(2016, 2026)]
