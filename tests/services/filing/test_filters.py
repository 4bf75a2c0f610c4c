"""Filters for what a clerk has to run after, and for changes since an instant, each as its reader sees it."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from app.database import Clock
from tests.contract.client import ContractClient
from tests.scenarios import steps
from tests.scenarios.steps import act, done, edit, read
from tests.world import FORM, NOW, ZONE, World
from tests.world.filing import District, district

APPLICATIONS = "/api/v1/applications"


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def listed(client: ContractClient, query: str) -> list[str | None]:
    """The topics of a list."""
    return [row["topic"] for row in (await read(client, f"{APPLICATIONS}?{query}"))["items"]]


async def test_a_clerk_lists_what_lacks_pictures_a_seal_or_came_back(place: District, clock: Clock) -> None:
    by, office = place.by_committee, place.by_office
    draft = await steps.begin(place.by_unit, place.campaign.id)
    done(await edit(place.by_unit, draft, category="derun", topic="moral_lectures"))
    ready = await steps.begin(place.by_unit, place.campaign.id)
    await steps.complete(place.by_unit, ready, category="derun", topic="thrift")
    done(await act(place.by_unit, ready, "submission"))
    sealed = [
        await steps.sealed(place.by_unit, place.by_committee, place.campaign.id, **FORM | {"topic": topic})
        for topic in ("spring_rain", "pairing_assistance")
    ]
    assert await listed(by, "lacks_pictures=true") == ["moral_lectures"]
    assert await listed(by, "lacks_pictures=false") == ["thrift", "spring_rain", "pairing_assistance"]
    assert await listed(by, "sealed=false") == ["moral_lectures", "thrift"]
    assert await listed(by, "sealed=false&status=submitted") == ["thrift"]
    assert await listed(by, "sealed=true") == ["spring_rain", "pairing_assistance"]
    exempted = {"campaign_id": str(place.campaign.id), "committee_id": str(place.committee.id), "value": 0}
    exempted |= {"limit": "images_minimum", "reason": "无图片"}
    done(await office.post("/api/v1/exemptions", json=exempted), 201)
    assert await listed(by, "lacks_pictures=true") == []

    done(await act(by, ready, "return", {"reason": "请补充数据。"}))
    done(await steps.file(by, place.campaign.id, *sealed), 201)
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    done(await act(office, sealed[0], "correction-request", correction))
    assert await listed(by, "returned_by=committee") == ["thrift"]
    assert await listed(by, "returned_by=office") == ["spring_rain"]
    assert await listed(office, "returned_by=office") == ["spring_rain"]
    assert await listed(office, "returned_by=committee") == await listed(office, "sealed=false") == []
    assert await listed(office, "lacks_pictures=true") == []
    assert await listed(by, "returned_by=office&overdue=true") == []
    clock.stopped_at = datetime(2015, 9, 26, 0, 30, tzinfo=ZONE)
    assert await listed(by, "returned_by=office&overdue=true") == ["spring_rain"]


async def test_who_keeps_a_copy_asks_for_what_changed_since(place: District, clock: Clock) -> None:
    """Each reader by the time that it reads: the office learns of filings, and of no draft after them."""
    hrefs = [
        await steps.sealed(place.by_unit, place.by_committee, place.campaign.id, **FORM | {"topic": topic})
        for topic in ("spring_rain", "pairing_assistance")
    ]
    done(await steps.file(place.by_committee, place.campaign.id, *hrefs), 201)
    clock.stopped_at = later = NOW + timedelta(hours=1)
    since = urlencode({"updated_since": later.isoformat()})
    assert await listed(place.by_committee, since) == await listed(place.by_office, since) == []
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    done(await act(place.by_office, hrefs[0], "correction-request", correction))
    done(await edit(place.by_unit, hrefs[0], brand_name="春雨行动"))
    assert await listed(place.by_committee, since) == ["spring_rain"]
    assert await listed(place.by_office, since) == []
    for client in (place.by_committee, place.by_office):
        rows = (await read(client, f"{APPLICATIONS}?{urlencode({'updated_since': NOW.isoformat()})}"))["items"]
        assert len(rows) == 2, "the instant itself is among them"
        assert all(datetime.fromisoformat(row["updated_at"]) >= NOW for row in rows)
