from app.models.enums import Role
from tests.world import FORM, World, key


async def test_a_unit_drafts_reads_and_edits_its_application(world: World) -> None:
    campaign = await world.campaign()
    committee = await world.committee(code="QT")
    unit = await world.unit(committee, name="龙华社区")
    client = await world.client_of(Role.UNIT, unit=unit)

    made = await client.post("/api/v1/applications", json={"campaign_id": str(campaign.id)}, headers=key())
    assert made.status_code == 201, made.text
    draft = made.json()
    assert (draft["number"], draft["status"], draft["unit_name"]) == ("2015-QT-001", "draft", "龙华社区")

    edited = await client.patch(made.headers["location"], json=FORM, headers={"If-Match": draft["etag"]})
    assert edited.status_code == 200, edited.text
    assert edited.json()["narrative_length"] == 2000
    assert [f["code"] for f in edited.json()["actions"]["submit"]["findings"]] == ["too_few_images"]

    stale = await client.patch(made.headers["location"], json=FORM, headers={"If-Match": draft["etag"]})
    assert stale.json()["type"] == "urn:problem-type:pinpai:stale-version"

    refused = await client.post(made.headers["location"] + "/submission", headers=key())
    assert refused.status_code == 409
    assert refused.json()["findings"] == edited.json()["actions"]["submit"]["findings"]

    listed = await client.get("/api/v1/applications", params={"q": "红马甲"})
    assert [row["id"] for row in listed.json()["items"]] == [draft["id"]]


async def test_another_committee_sees_nothing_of_it(world: World) -> None:
    campaign = await world.campaign()
    unit = await world.unit(await world.committee())
    client = await world.client_of(Role.UNIT, unit=unit)
    made = await client.post("/api/v1/applications", json={"campaign_id": str(campaign.id)}, headers=key())
    for role in (Role.COMMITTEE, Role.OFFICE):
        other = await world.client_of(role, committee=await world.committee() if role is Role.COMMITTEE else None)
        assert (await other.get(made.headers["location"])).status_code == 404
        assert (await other.get("/api/v1/applications")).json() == {"items": [], "next_cursor": None, "total": 0}
