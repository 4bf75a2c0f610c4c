from typing import Any
from uuid import uuid4

import pytest

from app.models.enums import CampaignStatus
from tests.contract.client import ContractClient
from tests.scenarios import steps
from tests.scenarios.steps import act, done, id_of, read
from tests.world import World, key
from tests.world.filing import District, district

URL = "/api/v1/exemptions"


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def exempt(place: District, limit: str, value: int, **whose: Any) -> Any:
    whose = whose or {"committee_id": str(place.committee.id)}
    body = {"campaign_id": str(place.campaign.id), "limit": limit, "value": value, "reason": "仅有一家文明单位。"}
    return await place.by_office.post(URL, json=body | whose)


async def codes(client: ContractClient, href: str, action: str) -> list[str]:
    return [finding["code"] for finding in (await read(client, href))["actions"][action]["findings"]]


async def test_one_is_enough_for_the_committee_that_was_exempted_alone(world: World, place: District) -> None:
    """Filing, withdrawal, progress and the campaign all use its own figure, and name it."""
    campaign = place.campaign.id
    other = await district(world, place.campaign)
    sealed = await steps.sealed(place.by_unit, place.by_committee, campaign)
    refused = await steps.file(place.by_committee, campaign, sealed)
    assert refused.json()["findings"][0]["params"] == {"count": 1, "minimum": 2}

    granted = done(await exempt(place, "minimum_filed", 1), 201)
    assert (granted["limit"], granted["value"], granted["active"], granted["granted_by"]) == (
        "minimum_filed",
        1,
        True,
        place.clerk.name,
    )
    href = f"/api/v1/campaigns/{campaign}"
    figures = [(await read(client, href))["limits"]["minimum_filed"] for client in (place.by_unit, other.by_unit)]
    assert figures == [1, 2]
    done(await steps.file(place.by_committee, campaign, sealed), 201)
    elsewhere = await steps.sealed(other.by_unit, other.by_committee, campaign)
    assert (await steps.file(other.by_committee, campaign, elsewhere)).status_code == 409

    progress = await read(place.by_office, f"/api/v1/progress?campaign_id={campaign}")
    own = {each["committee_id"]: (each["minimum_filed"], each["minimum_met"]) for each in progress["committees"]}
    assert (own[str(place.committee.id)], own[str(other.committee.id)]) == ((1, True), (2, False))
    assert (await read(place.by_committee, f"{URL}/{granted['id']}"))["granted_by"] is None

    revoked = done(await act(place.by_office, f"{URL}/{granted['id']}", "revocation", {"reason": "误批"}))
    assert (revoked["active"], revoked["revocation_reason"]) == (False, "误批")
    again = await act(place.by_office, f"{URL}/{granted['id']}", "revocation", {"reason": "误批"})
    assert again.json()["findings"][0]["code"] == "already_revoked"
    assert (await read(place.by_unit, href))["limits"]["minimum_filed"] == 2


async def test_an_exempted_application_is_judged_by_its_own_figures(place: District) -> None:
    """It was filed once, so that the office knows it, and is sent back; its sibling is judged by the notice."""
    campaign = place.campaign.id
    hrefs = [await steps.sealed(place.by_unit, place.by_committee, campaign) for _ in range(2)]
    done(await steps.file(place.by_committee, campaign, *hrefs), 201)
    for href in hrefs:
        correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
        done(await act(place.by_office, href, "correction-request", correction))
        image = (await read(place.by_unit, href))["images"][0]
        gone = await place.by_unit.delete(f"{href}/images/{image['id']}", headers={"If-Match": image["etag"]})
        assert gone.status_code == 200
    done(await exempt(place, "images_minimum", 4, application_id=id_of(hrefs[0])), 201)
    assert [await codes(place.by_unit, href, "submit") for href in hrefs] == [[], ["too_few_images"]]
    history = await read(place.by_office, f"{hrefs[0]}/history")
    assert "exemption.granted" in [event["action"] for event in history["items"]]


async def test_only_the_office_grants_what_is_looser_to_somebody_known_in_a_published_campaign(place: District) -> None:
    own = {"committee_id": str(place.committee.id)}
    refused = await exempt(place, "images_minimum", 6, **own)
    assert refused.json()["findings"][0]["message"] == "“图片最少幅数”现为 5，特批须比现行规定更宽。"
    for unknown in ({"committee_id": str(uuid4())}, own | {"campaign_id": str(uuid4())}):
        found = (await exempt(place, "images_minimum", 3, **unknown)).json()["findings"]
        assert found[0]["code"] == "unknown_reference"
    one = {"application_id": str(uuid4())}
    for limit, whose in (("images_minimum", own | one), ("minimum_filed", one)):
        assert (await exempt(place, limit, 1, **whose)).status_code == 422
    draft = await place.world.campaign(status=CampaignStatus.DRAFT, year=2016)
    early = await exempt(place, "images_minimum", 3, **own, campaign_id=str(draft.id))
    assert (early.status_code, early.json()["state"]) == (409, "draft")
    body = {"campaign_id": str(place.campaign.id), "limit": "images_minimum", "value": 3, "reason": "理由"} | own
    for client in (place.by_committee, place.by_unit):
        assert (await client.post(URL, json=body, headers=key())).status_code == 403
