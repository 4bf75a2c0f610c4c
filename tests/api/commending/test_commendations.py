from typing import Any
from uuid import uuid4

from app.models.enums import AwardStatus, CampaignStatus, CommendationStatus, Role
from tests.world import NO_COUNTED_ROWS, World
from tests.world.commending import commending, found

PATH = "/api/v1/commendations"
TITLE = {"title": "关于表彰优秀案例的通报"}
TWO = ((1, 90.0), (2, 80.0))


def possible(commendation: dict[str, Any]) -> list[str]:
    return [name for name, action in commendation["actions"].items() if action["allowed"]]


async def test_the_office_drafts_reads_edits_and_deletes_a_commendation(world: World) -> None:
    campaign, office = await world.campaign(), await world.client_of(Role.OFFICE)
    made = await office.post(PATH, json={"campaign_id": str(campaign.id)} | TITLE)
    assert made.status_code == 201, made.text
    draft = made.json()
    assert (draft["status"], draft["award_count"], draft["preface"]) == ("draft", 0, "")
    assert possible(draft) == ["edit", "delete", "propose_awards"]
    assert [each["code"] for each in draft["actions"]["publicise"]["findings"]] == ["no_awards"]

    path, match = made.headers["location"], {"If-Match": draft["etag"]}
    edited = await office.patch(path, json={"preface": "现予以通报。"}, headers=match)
    assert (edited.json()["title"], edited.json()["preface"]) == (TITLE["title"], "现予以通报。")
    assert (await office.patch(path, json=TITLE, headers=match)).status_code == 412
    assert (await office.patch(path, json=TITLE)).status_code == 428
    assert (await office.delete(path, headers=match)).status_code == 412
    assert (await office.delete(path, headers={"If-Match": "*"})).status_code == 204
    assert (await office.get(path)).status_code == 404


async def test_a_commendation_needs_a_campaign_that_is_published(world: World) -> None:
    hidden, office = await world.campaign(status=CampaignStatus.DRAFT), await world.client_of(Role.OFFICE)
    for campaign_id, code in ((uuid4(), "unknown_reference"), (hidden.id, "campaign_in_preparation")):
        refused = await office.post(PATH, json={"campaign_id": str(campaign_id)} | TITLE)
        assert found(refused) == [(code, "/campaign_id")]


async def test_nobody_but_the_office_drafts(world: World) -> None:
    place = await commending(world, *TWO)
    for who, client in (await place.everybody_else()).items():
        for campaign_id in (place.campaign.id, uuid4()):
            refused = await client.post(PATH, json={"campaign_id": str(campaign_id)} | TITLE)
            assert refused.status_code == 403, who


async def test_a_draft_does_not_exist_for_anybody_else(world: World) -> None:
    place = await commending(world, *TWO)
    await place.award()
    any_version = {"If-Match": "*"}
    for who, client in (await place.everybody_else()).items():
        for query in ({}, {"campaign_id": str(place.campaign.id)}, {"status": "draft"}):
            assert (await client.get(PATH, params=query)).json() == NO_COUNTED_ROWS, who
        answers = [
            await client.get(place.path),
            await client.patch(place.path, json=TITLE, headers=any_version),
            await client.delete(place.path, headers=any_version),
        ]
        assert {answer.status_code for answer in answers} == {404}, who


async def test_everybody_reads_what_is_publicised_and_nobody_else_changes_it(world: World) -> None:
    place = await commending(world, *TWO)
    await place.award(0)
    await place.award(1, status=AwardStatus.DROPPED)
    await place.stands(CommendationStatus.PUBLICISED)
    for who, client in (await place.everybody_else()).items():
        read = (await client.get(place.path)).json()
        assert (read["status"], read["award_count"], possible(read)) == ("publicised", 1, ["object"]), who
        assert (await client.get(PATH)).json()["total"] == 1
        refused = await client.patch(place.path, json=TITLE, headers={"If-Match": "*"})
        assert refused.status_code == 403
        assert (await client.delete(place.path, headers={"If-Match": "*"})).status_code == 403
    office = await place.by_office.get(place.path)
    assert office.json()["award_count"] == 2
    stuck = await place.by_office.patch(place.path, json=TITLE, headers={"If-Match": "*"})
    assert (stuck.status_code, stuck.json()["state"]) == (409, "publicised")


async def test_what_others_read_changes_by_what_they_are_shown_alone(world: World) -> None:
    place = await commending(world, *TWO)
    await place.award(0)
    reader = (await place.everybody_else())["unit"]
    await place.stands(CommendationStatus.PUBLICISED)
    before = await reader.get(place.path)
    await place.stands(CommendationStatus.PUBLICISED, AwardStatus.HELD)
    assert (await reader.get(place.path)).content == before.content
    await place.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
    published = await reader.get(place.path)
    assert published.headers["etag"] != before.headers["etag"]
    await place.stands(CommendationStatus.PUBLISHED, AwardStatus.REVOKED)
    assert (await reader.get(place.path)).headers["etag"] != published.headers["etag"]
