"""Joint applications (联合申报) over HTTP: named, agreed to, submitted, and who reads them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response

from app.models import Committee, Unit
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.scenarios import steps
from tests.scenarios.steps import act, done, id_of, no_promise_is_broken, read, reasons
from tests.world import World
from tests.world.filing import District, district
from tests.world.notifying import feed, hand_on, kinds
from tests.world.uploads import photo, send_photo

WHY = {"reason": "区划调整。"}


@dataclass
class Joint:
    """A district with an application, and a unit of another committee that may be its partner."""

    place: District
    committee: Committee
    unit: Unit
    by_partner: ContractClient
    href: str

    async def name(self, *partners: dict[str, str], by: ContractClient | None = None) -> Response:
        etag = {"If-Match": (await read(self.place.by_unit, self.href))["etag"]}
        body = {"partners": list(partners)}
        return await (by or self.place.by_unit).put(f"{self.href}/partners", json=body, headers=etag)

    async def ask(self) -> Any:
        return done(await self.name({"unit_id": str(self.unit.id)}))

    async def agree(self) -> Response:
        return await self.by_partner.post(f"{self.href}/partnership")

    async def leave(self) -> Response:
        etag = {"If-Match": (await read(self.by_partner, self.href))["etag"]}
        return await self.by_partner.delete(f"{self.href}/partnership", headers=etag)

    async def obstacles(self) -> list[str]:
        return [each["code"] for each in (await read(self.place.by_unit, self.href))["actions"]["submit"]["findings"]]


@pytest.fixture
async def joint(world: World) -> Joint:
    place = await district(world)
    committee = await world.committee(name="文化路街道党工委")
    unit = await world.unit(committee, name="新华里社区")
    by_partner = await world.client_of(Role.UNIT, unit=unit)
    href = f"/api/v1/applications/{await place.complete()}"
    return Joint(place, committee, unit, by_partner, href)


async def test_a_joint_case_goes_from_draft_to_receipt_under_all_its_names(world: World, joint: Joint) -> None:
    place, names = joint.place, f"{joint.place.unit.name}、新华里社区"
    assert [each["name"] for each in (await joint.ask())["partners"]] == ["新华里社区"]
    refused = await act(place.by_unit, joint.href, "submission")
    assert reasons(refused) == [("partner_not_agreed", "/partners")]
    assert "新华里社区" in refused.json()["findings"][0]["message"]
    agreed = done(await joint.agree())
    assert (agreed["partners"][0]["agreed_at"] is not None, await joint.obstacles()) == (True, [])
    done(await act(place.by_unit, joint.href, "submission"))
    await place.seal(UUID(id_of(joint.href)))
    other = await place.sealed()
    receipt = done(await place.file(UUID(id_of(joint.href)), other), 201)
    assert [item["unit_name"] for item in receipt["items"]] == [names, place.unit.name]
    for client in (place.by_unit, place.by_committee, place.by_office, joint.by_partner):
        seen = await read(client, joint.href)
        assert (seen["unit_name"], [each["unit_id"] for each in seen["partners"]]) == (
            place.unit.name,
            [str(joint.unit.id)],
        )
        assert (await read(client, f"{joint.href}/versions/2"))["unit_name"] == names
        assert [each["id"] for each in (await read(client, "/api/v1/applications"))["items"]][:1] == [id_of(joint.href)]
    await no_promise_is_broken(world)


async def test_a_partner_reads_everything_and_writes_nothing(joint: Joint) -> None:
    place = joint.place
    picture = await steps.picture(place.by_unit, joint.href)
    assert (await joint.by_partner.get(joint.href)).status_code == 404
    etag = (await joint.ask())["etag"]
    seen = await read(joint.by_partner, joint.href)
    assert (seen["status"], sorted(seen["actions"])) == ("draft", ["agree", "leave"])
    assert all(each["allowed"] for each in seen["actions"].values())
    assert (await joint.by_partner.get(f"{joint.href}/images/{picture['id']}/content")).status_code == 200
    assert (await read(joint.by_partner, f"{joint.href}/history"))["total"] > 0
    match = {"If-Match": etag}
    answers = [
        await joint.by_partner.patch(joint.href, json={"brand_name": "他名"}, headers=match),
        await joint.by_partner.delete(joint.href, headers=match),
        await joint.by_partner.delete(f"{joint.href}/images/{picture['id']}", headers={"If-Match": picture["etag"]}),
        await send_photo(joint.by_partner, joint.href, photo(900)),
        await act(joint.by_partner, joint.href, "submission"),
        await act(joint.by_partner, joint.href, "withdrawal", {}),
        await joint.name(by=joint.by_partner),
        await place.by_unit.post(f"{joint.href}/partnership"),
        await place.by_committee.delete(f"{joint.href}/partnership", headers=match),
    ]
    assert [each.status_code for each in answers] == [403] * len(answers)
    done(await joint.agree())
    assert reasons(await joint.agree()) == [("agreed_already", None)]


async def test_who_is_asked_no_more_sees_nothing_and_the_names_follow(world: World, joint: Joint) -> None:
    place = joint.place
    alone = (await read(place.by_unit, joint.href))["content_digest"]
    assert (await joint.ask())["content_digest"] != alone
    done(await joint.leave(), 204)
    assert (await joint.by_partner.get(joint.href)).status_code == 404
    assert (await joint.by_partner.post(f"{joint.href}/partnership")).status_code == 404
    assert (await read(place.by_unit, joint.href))["content_digest"] == alone
    await joint.ask()
    done(await joint.agree())
    assert done(await joint.name({"name": "新华里社区"}))["partners"][0]["agreed_at"] is not None
    done(await joint.name())
    assert (await joint.by_partner.get(joint.href)).status_code == 404
    assert (await read(joint.by_partner, "/api/v1/applications"))["total"] == 0
    await joint.ask()
    match = {"If-Match": (await read(place.by_unit, joint.href))["etag"]}
    assert (await place.by_unit.delete(joint.href, headers=match)).status_code == 204
    await no_promise_is_broken(world)


async def test_a_set_that_cannot_be_is_refused_place_by_place(world: World, joint: Joint) -> None:
    lead = {"unit_id": str(joint.place.unit.id)}
    twin = await world.unit(joint.place.committee, name="新华里社区")
    refused = await joint.name(lead, {"unit_id": str(uuid4())}, {"name": "没有的社区"}, {"name": "新华里社区"})
    assert reasons(refused) == [
        ("partner_is_lead", "/partners/0"),
        ("unknown_reference", "/partners/1"),
        ("unknown_reference", "/partners/2"),
        ("name_not_unique", "/partners/3"),
    ]
    assert (await joint.name({**lead, "name": "两样"})).status_code == 422
    assert (await joint.name(*[{"unit_id": str(uuid4())}] * 5)).status_code == 422
    await world.put(twin, retired_at=world.database.clock.stopped_at)
    assert done(await joint.name({"name": "新华里 社区"}))["partners"][0]["unit_id"] == str(joint.unit.id)


async def test_what_is_submitted_keeps_its_partners_until_it_is_returned(joint: Joint) -> None:
    place = joint.place
    await joint.ask()
    done(await joint.agree())
    done(await act(place.by_unit, joint.href, "submission"))
    assert [each.status_code for each in (await joint.name(), await joint.leave(), await joint.agree())] == [409] * 3
    done(await act(place.by_committee, joint.href, "return", {"reason": "请补充。"}))
    done(await joint.leave(), 204)
    assert (await joint.by_partner.get(f"{joint.href}/versions/1")).status_code == 404


async def test_the_office_sees_the_partners_that_were_filed_and_no_later_draft(joint: Joint) -> None:
    place = joint.place
    await joint.ask()
    done(await joint.agree())
    done(await act(place.by_unit, joint.href, "submission"))
    await place.seal(UUID(id_of(joint.href)))
    other = await place.sealed()
    done(await place.file(UUID(id_of(joint.href)), other), 201)
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    done(await act(place.by_office, joint.href, "correction-request", correction))
    before = await read(place.by_office, joint.href)
    assert (await read(joint.by_partner, "/api/v1/extensions"))["total"] == 1
    done(await joint.name())
    assert (await read(joint.by_partner, "/api/v1/extensions"))["total"] == 0
    assert await read(place.by_office, joint.href) == before
    record = f"/api/v1/units/{joint.unit.id}/cases"
    assert [each["id"] for each in (await read(place.by_office, record))["items"]] == [id_of(joint.href)]
    assert (await read(joint.by_partner, record))["total"] == 0


async def test_a_case_is_found_by_all_names_of_its_units_and_committee_that_its_reader_may_read(
    world: World, joint: Joint
) -> None:
    place, stranger = joint.place, await world.client_of(Role.COMMITTEE, committee=joint.committee)

    async def finders(text: str) -> str:
        clients = {"lead": place.by_unit, "partner": joint.by_partner, "office": place.by_office, "stranger": stranger}
        path, one = f"/api/v1/applications?q={text}", id_of(joint.href)
        lists = {who: (await read(client, path))["items"] for who, client in clients.items()}
        return " ".join(who for who, rows in lists.items() if one in {row["id"] for row in rows})

    await joint.ask()
    assert await finders("新华里 社区") == "lead partner"
    done(await joint.name())
    assert await finders("新华里社区") == ""
    await joint.ask()
    done(await joint.agree())
    done(await act(place.by_unit, joint.href, "submission"))
    await place.seal(UUID(id_of(joint.href)))
    done(await place.file(UUID(id_of(joint.href)), await place.sealed(brand_name="另一件")), 201)
    for row, now in ((place.unit, "改名甲"), (joint.unit, "改名乙"), (place.committee, "改名丙")):
        renamed = f"/api/v1/{row.__tablename__}/{row.id}"
        done(await place.by_office.patch(renamed, json={"name": now}, headers={"If-Match": "*"}))
        assert (await finders(row.name), await finders(now)) == ("lead partner office",) * 2
    await no_promise_is_broken(world)
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    done(await act(place.by_office, joint.href, "correction-request", correction))
    done(await joint.name())
    assert [await finders(text) for text in (joint.unit.name, "改名乙")] == ["office"] * 2
    await no_promise_is_broken(world)


async def test_a_partner_that_moves_stays_and_one_that_is_retired_is_told_of(world: World, joint: Joint) -> None:
    place = joint.place
    await joint.ask()
    done(await joint.agree())
    elsewhere = str((await world.committee()).id)
    done(await place.by_office.post(f"/api/v1/units/{joint.unit.id}/move", json={"committee_id": elsewhere} | WHY))
    assert (await read(joint.by_partner, joint.href))["partners"][0]["agreed_at"] is not None
    done(await place.by_office.post(f"/api/v1/units/{joint.unit.id}/retirement"))
    assert await joint.obstacles() == ["partner_retired"]
    await no_promise_is_broken(world)


async def test_each_side_is_told(world: World, joint: Joint) -> None:
    place = joint.place

    await joint.ask()
    done(await joint.agree())
    done(await joint.leave(), 204)
    await joint.ask()
    done(await joint.name())
    await joint.ask()
    done(await joint.agree())
    done(await act(place.by_unit, joint.href, "submission"))
    done(await act(place.by_committee, joint.href, "return", {"reason": "请补充。"}))
    await hand_on(world)
    asked = ["partner.asked", "partner.asked", "partner.removed", "partner.asked", "application.returned"]
    assert await kinds(joint.by_partner) == asked
    assert await kinds(place.by_unit) == ["partner.agreed", "partner.left", "partner.agreed", "application.returned"]
    texts = [each["text"] for each in await feed(joint.by_partner)]
    assert f"{place.unit.name}的申报 {(await read(place.by_unit, joint.href))['number']} 不再列" in texts[2]
