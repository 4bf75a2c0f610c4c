"""年度报告: the report of a campaign, PDF and Word, of what happened in it."""

from io import BytesIO

from docx import Document

from tests.scenarios.steps import done
from tests.world import World
from tests.world.filing import district
from tests.world.papers import pages_of, squeezed, text_of_docx


async def test_the_office_downloads_the_report_in_both_formats_and_nobody_else(world: World) -> None:
    place = await district(world)
    await place.filed(3)
    idle = await district(world, place.campaign)
    href = f"/api/v1/campaigns/{place.campaign.id}/report"
    pdf = (await place.by_office.get(href)).content
    docx = (await place.by_office.get(f"{href}?format=docx")).content
    said = "".join(pages_of(pdf))
    for words in (
        "累计起草3件、提交3件、盖章3件、上报3件。",
        "共有1个党（工）委，占全部2个的50%、1个单位上报案例3件。",
        squeezed(f"上报件数居前的党（工）委有{place.committee.name}（3件）。"),
        squeezed(f"尚未达到的有1个：{idle.committee.name}。"),
        "截止日及以前首次上报3件。",
    ):
        assert words in said
        assert words in text_of_docx(docx)
    document = Document(BytesIO(docx))
    (chart,) = document.inline_shapes
    assert round(chart.width.mm) == 156
    for client in (place.by_committee, place.by_unit):
        assert (await client.get(href)).status_code == 403


async def test_a_campaign_of_an_earlier_year_is_compared_with(world: World) -> None:
    before = await district(world, await world.campaign(name="诚信年", year=2014))
    await before.filed(2)
    place = await district(world)
    answer = done(await place.by_office.get("/api/v1/statistics/years"))
    assert {row["year"] for row in answer["items"]} == {2014, 2015}
    said = "".join(pages_of((await place.by_office.get(f"/api/v1/campaigns/{place.campaign.id}/report")).content))
    assert "与2014年“诚信年”相比，上报由2件减少到0件（下降100%），受理同为0件，获奖同为0件。" in said
    unknown = await place.by_office.get(f"/api/v1/campaigns/{place.committee.id}/report")
    assert unknown.status_code == 404
