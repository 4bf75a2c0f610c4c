"""A joint case (联合申报) from its draft to the municipal office: under all its names, and counted once."""

from typing import Any
from uuid import UUID

from app.database import Clock
from app.models.enums import Role
from tests.scenarios.steps import act, done, no_promise_is_broken, read
from tests.world import World, key
from tests.world.commending import ENDS
from tests.world.filing import District
from tests.world.handover import Nominating, nominating
from tests.world.notifying import hand_on, kinds


async def test_a_joint_case_is_filed_awarded_and_nominated_under_all_its_names(world: World, clock: Clock) -> None:
    place = await nominating(world, cases=0)
    town = place.district
    partner = await world.unit(await world.committee(), name="新华里社区")
    by_partner = await world.client_of(Role.UNIT, unit=partner)
    names = f"{town.unit.name}、新华里社区"

    href = await filed_jointly(town, partner.id, by_partner)
    award = await awarded(place, href, clock)
    assert (award["unit_name"], (await read(world.client(), f"/api/v1/public/awards/{award['id']}"))["unit_name"]) == (
        names,
        names,
    )
    own = await read(by_partner, f"/api/v1/awards/{award['id']}")
    assert own["unit_name_now"] is None
    assert (await read(world.client(), f"/api/v1/public/certificates/{own['verification_code']}"))["unit_name"] == names

    nomination = done(
        await town.by_office.post(
            "/api/v1/nominations", json={"award_id": award["id"], "position": 1, "reason": "做法成熟。"}, headers=key()
        ),
        201,
    )
    payload = await read(place.by_municipal, f"/api/v1/nominations/{nomination['id']}/payload")
    told = payload["unit"]["name"], payload["application"]["content"]["unit_name"], payload["schema_version"]
    assert told == (town.unit.name, names, 1)
    assert (await read(by_partner, f"/api/v1/nominations/{nomination['id']}"))["unit_name"] == names

    for unit_id, client in ((town.unit.id, town.by_unit), (partner.id, by_partner), (partner.id, town.by_office)):
        (case,) = (await read(client, f"/api/v1/units/{unit_id}/cases"))["items"]
        assert (case["unit_name"], [each["name"] for each in case["partners"]]) == (town.unit.name, ["新华里社区"])
        assert [each["id"] for each in case["awards"]] == [award["id"]]
    scores = (await read(town.by_office, f"/api/v1/campaigns/{place.campaign.id}/committee-indicators"))["committees"]
    assert [each["committee_id"] for each in scores] == [str(town.committee.id)]

    await hand_on(world)
    assert await kinds(by_partner) == [
        *("partner.asked", "application.filed", "application.accepted", "award.awarded", "nomination.prepared"),
    ]
    await no_promise_is_broken(world)


async def filed_jointly(town: District, partner_id: UUID, by_partner: Any) -> str:
    """Named, agreed to, submitted, sealed, filed and accepted."""
    application_id = await town.complete()
    href = f"/api/v1/applications/{application_id}"
    etag = {"If-Match": (await read(town.by_unit, href))["etag"]}
    done(await town.by_unit.put(f"{href}/partners", json={"partners": [{"unit_id": str(partner_id)}]}, headers=etag))
    done(await by_partner.post(f"{href}/partnership"))
    done(await act(town.by_unit, href, "submission"))
    await town.seal(application_id)
    done(await town.file(application_id), 201)
    done(await act(town.by_office, href, "acceptance"))
    return href


async def awarded(place: Nominating, href: str, clock: Clock) -> Any:
    """Chosen by hand, publicised and published, as the office reads it."""
    office = place.by_office
    body = {"campaign_id": str(place.campaign.id), "title": "关于表彰联合创建案例的通报"}
    notice = f"/api/v1/commendations/{done(await office.post('/api/v1/commendations', json=body), 201)['id']}"
    chosen = {"basis": "by_hand", "kind": "excellent_case", "application_ids": [href.rpartition("/")[2]]}
    (award_id,) = done(await office.post(f"{notice}/awards", json=chosen | {"reason": "带动面广。"}, headers=key()))[
        "added"
    ]
    award = f"/api/v1/awards/{award_id}"
    etag = {"If-Match": (await read(office, award))["etag"]}
    done(await office.patch(award, json={"public_summary": "邻里互助"}, headers=etag))
    done(await office.post(f"{notice}/publicity", headers=key()))
    clock.stopped_at = ENDS
    done(await office.post(f"{notice}/publication", json={}, headers=key()))
    return await read(office, award)
