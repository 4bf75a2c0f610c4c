from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from app.database import Clock
from app.models.enums import Role
from app.services.policies.filing.statistics import ChartSubject
from tests.scenarios import steps
from tests.scenarios.steps import act, done, edit, read, reasons
from tests.world import FORM, NOW, ZONE, World
from tests.world.filing import District, district

APPLICATIONS = "/api/v1/applications"


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def listed(client: Any, query: str) -> list[str | None]:
    """The topics of a list, page by page."""
    found: list[str | None] = []
    cursor = ""
    while True:
        page = await read(client, f"{APPLICATIONS}?limit=1&{query}{cursor}")
        found += [row["topic"] for row in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


async def test_a_topic_is_one_of_the_category_and_the_office_reads_the_one_that_was_filed(place: District) -> None:
    href = await steps.begin(place.by_unit, place.campaign.id)
    await steps.complete(place.by_unit, href, topic="thrift")
    assert reasons(await act(place.by_unit, href, "submission")) == [("unknown_topic", "/topic")]
    digest = (await read(place.by_unit, href))["content_digest"]
    done(await edit(place.by_unit, href, topic="spring_rain"))
    assert (await read(place.by_unit, href))["content_digest"] == digest, "no seal or payload depends on it"
    assert done(await act(place.by_unit, href, "submission"))["topic"] == "spring_rain"
    done(await steps.seal(place.by_committee, href))
    other = await steps.sealed(place.by_unit, place.by_committee, place.campaign.id)
    done(await steps.file(place.by_committee, place.campaign.id, href, other), 201)
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    done(await act(place.by_office, href, "correction-request", correction))
    done(await edit(place.by_unit, href, topic="pairing_assistance"))
    seen = [(await read(client, href))["topic"] for client in (place.by_unit, place.by_office)]
    assert seen == ["pairing_assistance", "spring_rain"]
    assert await listed(place.by_office, "sort=topic") == [None, "spring_rain"]


async def test_a_campaign_may_require_a_topic(world: World) -> None:
    place = await district(world, await world.campaign(topic_required=True))
    href = await steps.begin(place.by_unit, place.campaign.id)
    await steps.complete(place.by_unit, href)
    refused = await act(place.by_unit, href, "submission")
    assert refused.json()["findings"][0]["message"] == "请填写“子项”。"
    done(await edit(place.by_unit, href, topic="spring_rain"))
    assert done(await act(place.by_unit, href, "submission"))["status"] == "submitted"


async def test_a_list_is_sorted_and_filtered_by_topic_level_kind_and_what_is_overdue(
    world: World, place: District, clock: Clock
) -> None:
    other = await world.unit(place.committee, honour_level="national")
    by_other = await world.client_of(Role.UNIT, unit=other)
    for client, topic in ((place.by_unit, "thrift"), (place.by_unit, None), (by_other, "moral_lectures")):
        done(await edit(client, await steps.begin(client, place.campaign.id), category="derun", topic=topic))
    by = place.by_committee
    assert await listed(by, "") == ["thrift", None, "moral_lectures"]
    assert await listed(by, "sort=topic") == [None, "moral_lectures", "thrift"]
    assert await listed(by, "sort=honour_level") == ["moral_lectures", "thrift", None]
    assert await listed(by, "topic=thrift&topic=moral_lectures") == ["thrift", "moral_lectures"]
    assert await listed(by, "honour_level=national") == ["moral_lectures"]
    assert await listed(by, f"committee_kind={place.committee.kind}&sort=committee_kind") == [
        *("thrift", None, "moral_lectures")
    ]
    assert await listed(by, "overdue=true") == []
    clock.stopped_at = datetime(2015, 9, 15, tzinfo=ZONE)
    assert await listed(by, "overdue=true&sort=topic") == [None, "moral_lectures", "thrift"]
    later = {"campaign_id": str(place.campaign.id), "committee_id": str(place.committee.id), "reason": "暴雨"}
    later |= {"deadline": "application", "due_on": "2015-09-18"}
    done(await place.by_office.post("/api/v1/extensions", json=later), 201)
    assert await listed(by, "overdue=true") == []
    assert len(await listed(by, "overdue=false")) == 3


async def test_the_office_reads_the_statistics_and_nobody_else(place: District) -> None:
    hrefs = [
        await steps.sealed(place.by_unit, place.by_committee, place.campaign.id, **FORM | {"topic": topic})
        for topic in ("spring_rain", None)
    ]
    done(await steps.file(place.by_committee, place.campaign.id, *hrefs), 201)
    href = f"/api/v1/statistics?campaign_id={place.campaign.id}"
    found = await read(place.by_office, href)
    assert found["by_topic"] == [{"code": "spring_rain", "count": 1}, {"code": None, "count": 1}]
    assert found["by_status"] == [{"code": "filed", "count": 2}]
    assert found["by_committee"] == [{"code": place.committee.code, "name": place.committee.name, "count": 2}]
    assert found["by_day"] == [{"filed_on": f"{NOW:%Y-%m-%d}", "count": 2}]
    stages = {"planned": 0, "drafted": 2, "submitted": 2, "sealed": 2, "filed": 2, "accepted": 0, "awarded": 0}
    assert found["funnel"] == stages
    of_years = await read(place.by_office, "/api/v1/statistics/years")
    this = {"campaign_id": str(place.campaign.id), "name": place.campaign.name, "year": 2015, "committees": 1}
    assert of_years["items"][0] == this | stages
    charts = f"/api/v1/statistics/charts/committee?campaign_id={place.campaign.id}"
    for client in (place.by_committee, place.by_unit):
        for address in (href, "/api/v1/statistics/years", charts):
            assert (await client.get(address)).status_code == 403


async def test_every_subject_is_drawn_as_both_pictures_also_while_there_is_nothing(place: District) -> None:
    for subject in ChartSubject:
        href = f"/api/v1/statistics/charts/{subject}?campaign_id={place.campaign.id}"
        drawn = await place.by_office.get(href)
        root = ET.fromstring(drawn.content)
        assert root.get("aria-label", "").endswith(f"：{subject.label}")
        assert not root.findall(".//{http://www.w3.org/2000/svg}text"), "its words are shapes: no font is needed"
    picture = Image.open(BytesIO((await place.by_office.get(f"{href}&format=png")).content))
    assert picture.width == round(164 / 25.4 * 300)


async def test_a_character_that_no_font_has_is_named_with_the_bar(world: World) -> None:
    place = await district(world, name="乔屯\U0003ffff街道党工委")
    await place.filed(2)
    refused = await place.by_office.get(f"/api/v1/statistics/charts/committee?campaign_id={place.campaign.id}")
    (finding,) = refused.json()["findings"]
    assert finding["message"] == (
        f"“{place.committee.name}”中有字库没有的“\U0003ffff（U+3FFFF）”，无法绘制图表。"
        "请改正，或由管理员加装有这些字的字体。"
    )


async def test_a_case_is_counted_on_the_day_on_which_it_was_first_filed(place: District, clock: Clock) -> None:
    """It is the day in the campaign's time zone, and another filing of the case adds none."""
    clock.stopped_at = datetime(2015, 9, 9, 16, 30, tzinfo=UTC)
    first, _ = await place.filed(2)
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    href = f"/api/v1/applications/{first}"
    done(await act(place.by_office, href, "correction-request", correction))
    clock.stopped_at += timedelta(days=2)
    done(await act(place.by_unit, href, "submission"))
    done(await steps.seal(place.by_committee, href))
    done(await steps.file(place.by_committee, place.campaign.id, href), 201)
    found = await read(place.by_office, f"/api/v1/statistics?campaign_id={place.campaign.id}")
    assert found["by_day"] == [{"filed_on": "2015-09-10", "count": 2}]
