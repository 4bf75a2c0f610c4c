"""Two worlds that differ only in what one committee has not handed in yet are one world to everybody else."""

from typing import Any

import pytest
from httpx2 import Response

from app.services.policies import WORKED_ON_BY_OTHERS
from tests.contract.client import ContractClient
from tests.scenarios import steps
from tests.scenarios.steps import act, done, edit, read, seen
from tests.world import World
from tests.world.filing import District, district
from tests.world.notifying import number

pytestmark = pytest.mark.thorough  # long matrices

LISTS = [
    "applications",
    "applications?limit=1",
    "applications?status=draft&status=submitted&status=endorsed",
    "applications?q=社区",
    "applications?category=derun",
    "plans",
    "plans?status=draft",
    "filings",
    "extensions",
    "exemptions",
    "swaps",
    "announcements",
    "campaigns",
    "committees",
    "units?q=社区",
    "accounts",
]
COUNTED = ("drafted", "submitted", "sealed", "declined", "withdrawn")
"""What the office is told of work that was not filed: how much of it there is, and nothing else."""


@pytest.fixture
async def ours(world: World) -> District:
    """Our committee has filed two applications; one of them was sent back, and is being corrected."""
    ours = await district(world)
    filed = [await steps.sealed(ours.by_unit, ours.by_committee, ours.campaign.id) for _ in range(2)]
    done(await steps.file(ours.by_committee, ours.campaign.id, *filed), 201)
    sent_back = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    done(await act(ours.by_office, filed[0], "correction-request", sent_back))
    return ours


async def test_what_a_committee_has_in_hand_changes_nothing_that_others_read(world: World, ours: District) -> None:
    theirs = await district(world, ours.campaign)
    before = [await everything(client, ours) for client in (ours.by_committee, ours.by_unit, ours.by_office)]
    await they_work(theirs)
    after = [await everything(client, ours) for client in (ours.by_committee, ours.by_unit, ours.by_office)]
    assert after == before


async def test_what_is_being_corrected_changes_nothing_that_the_office_reads(ours: District) -> None:
    before = await everything(ours.by_office, ours)
    mine = (await read(ours.by_unit, "/api/v1/applications?status=returned"))["items"][0]["id"]
    href = f"/api/v1/applications/{mine}"
    done(await edit(ours.by_unit, href, brand_name="改过的名字", category="derun", effects="改" * 700))
    await steps.picture(ours.by_unit, href)
    assert await everything(ours.by_office, ours) == before


async def test_what_is_paused_and_resumed_is_the_committees_own_business(ours: District) -> None:
    """A case that was sent back, and one that was never filed: in lists, in what happened, in refusals."""
    mine = (await read(ours.by_unit, "/api/v1/applications?status=returned"))["items"][0]["id"]
    sent_back = f"/api/v1/applications/{mine}"
    done(await act(ours.by_unit, sent_back, "submission"))
    fresh = await steps.submitted(ours.by_unit, ours.campaign.id, category="derun", brand_name="另一社区")
    before = await visible_to_the_office(ours, sent_back)
    for href in (sent_back, fresh):
        paused = done(await act(ours.by_committee, href, "pause", {"reason": "等待核实"}))
        assert (paused["status"], (await read(ours.by_unit, href))["reason"]) == ("paused", "等待核实")
    assert await visible_to_the_office(ours, sent_back) == before
    for href in (sent_back, fresh):
        done(await act(ours.by_committee, href, "resume", {"reason": "已核实"}))
    assert await visible_to_the_office(ours, sent_back) == before


async def test_the_office_reads_of_a_withdrawal_no_state_that_it_does_not_know(ours: District) -> None:
    mine = (await read(ours.by_unit, "/api/v1/applications?status=returned"))["items"][0]["id"]
    href = f"/api/v1/applications/{mine}"
    done(await act(ours.by_unit, href, "submission"))
    done(await act(ours.by_committee, href, "pause", {"reason": "等待核实"}))
    place = {"campaign_id": str(ours.campaign.id), "committee_id": str(ours.committee.id)}
    one_is_enough = {"limit": "minimum_filed", "value": 1, "reason": "仅余一件。"}
    done(await ours.by_office.post("/api/v1/exemptions", json=place | one_is_enough), 201)
    done(await act(ours.by_committee, href, "withdrawal", {}))
    happened = await everything_that_happened(ours)
    assert [each["data"]["from"] for each in happened if each["action"] == "application.withdrawn"] == ["submitted"]
    assert "paused" not in repr(happened)
    assert {each["before_digest"] for each in happened if each["subject_id"] == mine} == {None}


async def everything_that_happened(ours: District) -> list[Any]:
    return list((await read(ours.by_office, "/api/v1/audit-events?limit=100"))["items"])


async def visible_to_the_office(ours: District, href: str) -> dict[str, Any]:
    """Everything it reads, all that happened, the feed of events, and why its own acts are refused."""
    await number(ours.world)
    feed = await read(ours.by_office, "/api/v1/events?limit=500")
    assert feed["items"], "events have their numbers"
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    refused = [await act(ours.by_office, href, "correction-request", correction)]
    refused += [await act(ours.by_office, href, "acceptance")]
    return await everything(ours.by_office, ours) | {
        "progress": await read(ours.by_office, f"/api/v1/progress?campaign_id={ours.campaign.id}"),
        "paused": await read(ours.by_office, "/api/v1/applications?status=paused"),
        "happened": await everything_that_happened(ours),
        "feed": [item for item in feed["items"] if item["resource"]["type"] in WORKED_ON_BY_OTHERS],
        "refused": [seen(answer) for answer in refused],
    }


async def they_work(theirs: District) -> None:
    """Drafts, pictures, a submission, a seal, a plan; nothing of it is handed in."""
    campaign = theirs.campaign.id
    await steps.begin(theirs.by_unit, campaign, unit_id=theirs.unit.id)
    await steps.submitted(theirs.by_unit, campaign, category="derun", brand_name="别家社区")
    href = await steps.sealed(theirs.by_unit, theirs.by_committee, campaign)
    done(await act(theirs.by_committee, href, "withdrawal", {}))
    body = {"campaign_id": str(campaign), "cases": [{"name": "别家的计划"}]}
    done(await theirs.by_committee.post("/api/v1/plans", json=body), 201)


async def everything(client: ContractClient, ours: District) -> dict[str, Any]:
    """Each list, each object of ours, their pictures, versions and histories: status, bytes and ETag."""
    hrefs = [f"/api/v1/{each}" for each in LISTS]
    for application in (await read(ours.by_office, "/api/v1/applications"))["items"]:
        href = f"/api/v1/applications/{application['id']}"
        images = (await read(ours.by_office, href))["images"]
        hrefs += [href, f"{href}/versions", f"{href}/history", f"{href}/endorsement", f"{href}/versions/2"]
        hrefs += [f"{href}/images/{image['id']}" for image in images]
    for filing in (await read(ours.by_office, "/api/v1/filings"))["items"]:
        hrefs += [f"/api/v1/filings/{filing['id']}", f"/api/v1/filings/{filing['id']}/history"]
    answers = {href: await client.get(href) for href in hrefs}
    progress = await client.get(f"/api/v1/progress?campaign_id={ours.campaign.id}")
    return {href: seen(answer) for href, answer in answers.items()} | {"progress": figures(progress)}


def figures(answer: Response) -> Any:
    """Progress without the counts that the office may know."""
    if answer.status_code != 200:
        return seen(answer)
    body = answer.json()
    rows = [body["totals"], *body["committees"]]
    return [{name: value for name, value in row.items() if name not in COUNTED} for row in rows]
