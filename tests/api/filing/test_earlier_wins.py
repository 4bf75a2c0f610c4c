from typing import Any

from sqlalchemy import update

from app.models import ApplicationVersion, Award, Programme, Unit
from app.models.enums import AwardStatus, CommendationStatus, Role
from tests.contract.client import ContractClient
from tests.scenarios import steps
from tests.scenarios.steps import act, done, read, reasons
from tests.world import NOW, World, key
from tests.world.commending import commending
from tests.world.filing import District, district
from tests.world.winners import name_persons, name_units, of_unit, winners

URL = "/api/v1/earlier-wins"
ASKED = {"last": 2, "counted_in": "years", "same": ["unit", "brand"], "kinds": [], "grades": [], "effect": "refused"}
WON = {"year": 2014, "kind": "excellent_case", "grade": "first", "award": "优秀案例一等奖"}


async def asking(world: World, **changes: Any) -> District:
    return await district(world, await world.campaign(earlier_winners=ASKED | changes))


async def enter(client: ContractClient, *wins: dict[str, Any], **more: Any) -> Any:
    return await client.post(f"{URL[:-1]}-imports", json={"wins": list(wins)} | more, headers=key())


async def said(client: ContractClient, href: str, action: str) -> list[tuple[str, str]]:
    found = (await read(client, href))["actions"][action]["findings"]
    return [(each["pointer"], each["message"]) for each in found if each["code"] == "won_before"]


async def test_a_unit_of_the_list_is_refused_until_the_office_exempts_it(world: World) -> None:
    """By a former name as well as by its own, at the submission, the seal, the filing and the check."""
    place = await asking(world)
    was = place.unit.name
    href = f"/api/v1/units/{place.unit.id}"
    etag = {"If-Match": (await read(place.by_office, href))["etag"]}
    done(await place.by_office.patch(href, json={"name": "翔云道社区"}, headers=etag))
    sealed = [await steps.sealed(place.by_unit, place.by_committee, place.campaign.id) for _ in range(2)]
    draft = await steps.begin(place.by_unit, place.campaign.id)
    done(await enter(place.by_office, WON | {"unit_name": f" {was} "}))
    words = "“{}”2014年已获“优秀案例一等奖”：本次活动不受理近2年内的获奖者；确需申报的，请主办单位特批。"
    expected = [("/unit_id", words.format(was))]
    assert await said(place.by_unit, draft, "submit") == expected
    assert await said(place.by_committee, sealed[0], "file") == expected
    refused = await steps.file(place.by_committee, place.campaign.id, *sealed)
    assert (refused.status_code, [code for code, _ in reasons(refused)]) == (409, ["won_before"] * 2)
    exempted: dict[str, Any] = {"campaign_id": str(place.campaign.id), "committee_id": str(place.committee.id)}
    exempted |= {"limit": "earlier_winners", "value": 0, "reason": "经主任办公会研究同意。"}
    granted = done(await place.by_office.post("/api/v1/exemptions", json=exempted), 201)
    assert await said(place.by_unit, draft, "submit") == []
    done(await steps.file(place.by_committee, place.campaign.id, *sealed), 201)
    assert await said(place.by_office, sealed[0], "accept") == []
    done(await act(place.by_office, f"/api/v1/exemptions/{granted['id']}", "revocation", {"reason": "误批"}))
    assert await said(place.by_office, sealed[0], "accept") == expected
    assert (await act(place.by_office, sealed[0], "acceptance")).status_code == 409


async def test_awards_given_here_count_while_they_stand(world: World) -> None:
    """Of another campaign, for a unit that led or was a partner, or for a brand whose name looks the same."""
    before = await commending(world, (1, 90.0), (2, 80.0))
    given = [await before.award(case, status=AwardStatus.AWARDED) for case in (0, 1)]
    await before.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
    campaign = await world.campaign(earlier_winners=ASKED)
    names = [unit.name for unit in before.units]
    by_unit = [await world.client_of(Role.UNIT, unit=unit) for unit in before.units]
    drafts = [await steps.begin(client, campaign.id) for client in by_unit]
    words = "“{}”2015年已获“优秀案例”：本次活动不受理近2年内的获奖者；确需申报的，请主办单位特批。"
    for client, draft, name in zip(by_unit, drafts, names, strict=True):
        assert await said(client, draft, "submit") == [("/unit_id", words.format(name))]
    brand = await brand_of(world, given[0].version_id)
    done(await steps.edit(by_unit[1], drafts[1], brand_name=f"{brand} "))
    assert await said(by_unit[1], drafts[1], "submit") == [
        ("/brand_name", words.format(brand)),
        ("/unit_id", words.format(names[1])),
    ]
    await change(world, given[0].id, status=AwardStatus.REVOKED)
    assert await said(by_unit[0], drafts[0], "submit") == []
    await partnered(world, given[1], before.units[0])
    assert await said(by_unit[0], drafts[0], "submit") == [("/unit_id", words.format(names[1]))]


async def test_only_the_batches_of_the_same_programme_count_where_the_notice_says_so(world: World) -> None:
    before = await commending(world, (1, 90.0))
    await before.award(0, status=AwardStatus.AWARDED)
    await before.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
    campaign = await world.campaign(earlier_winners=ASKED | {"among": "programme"})
    by_unit, office = await world.client_of(Role.UNIT, unit=before.units[0]), await world.client_of(Role.OFFICE)
    done(await enter(office, WON | {"unit_name": before.units[0].name}))
    draft = await steps.begin(by_unit, campaign.id)
    assert await said(by_unit, draft, "submit") == []
    notice = {"title": "征集活动", "year": 2015, "organizer": "路北区文明办"}
    programme = Programme(title="征集活动", year=2015, settings=notice)
    await world.add(programme)
    for position, each in enumerate((before.campaign, campaign), 1):
        await world.put(each, programme_id=programme.id, position=position, batch=f"第{position}批")
    assert [pointer for pointer, _ in await said(by_unit, draft, "submit")] == ["/unit_id"]


async def test_advice_refuses_nobody(world: World) -> None:
    place = await asking(world, effect="advised", same=["brand"])
    draft, brand = await steps.begin(place.by_unit, place.campaign.id), "邻里一家亲"
    await steps.complete(place.by_unit, draft, brand_name=brand)
    done(await enter(place.by_office, WON | {"unit_name": "别的社区", "brand_name": f"{brand}　"}))
    assert await said(place.by_unit, draft, "submit") == [
        ("/brand_name", f"“{brand}”2014年已获“优秀案例一等奖”，在近2年之内，请核对。")
    ]
    done(await act(place.by_unit, draft, "submission"))


async def test_the_same_list_again_changes_nothing_and_a_bad_one_leaves_nothing(world: World) -> None:
    place = await asking(world)
    rows = [WON | {"unit_name": "翔云社区"}, WON | {"unit_name": "翔云社区", "brand_name": "邻里一家亲"}]
    tried = done(await enter(place.by_office, *rows, dry_run=True))
    assert (tried["created"], (await read(place.by_office, URL))["items"]) == (2, [])
    assert done(await enter(place.by_office, *rows))["created"] == 2
    again = done(await enter(place.by_office, rows[1] | {"unit_name": "翔云 社区"}, rows[0]))
    assert (again["created"], [row["outcome"] for row in again["rows"]]) == (0, ["unchanged"] * 2)
    repeated = await enter(place.by_office, WON | {"unit_name": "甲社区"}, WON | {"unit_name": "甲　社区"})
    assert reasons(repeated) == [("repeated", "/wins/1")]
    listed = (await read(place.by_office, f"{URL}?year=2014&active=true"))["items"]
    assert [(each["unit_name"], each["brand_name"], each["entered_by"]) for each in listed] == [
        ("翔云社区", None, place.clerk.name),
        ("翔云社区", "邻里一家亲", place.clerk.name),
    ]


async def test_a_record_that_was_taken_back_counts_no_more_and_may_be_entered_again(world: World) -> None:
    place = await asking(world)
    row = WON | {"unit_name": place.unit.name}
    done(await enter(place.by_office, row))
    draft = await steps.begin(place.by_unit, place.campaign.id)
    assert len(await said(place.by_unit, draft, "submit")) == 1
    (record,) = (await read(place.by_office, URL))["items"]
    href, why = f"{URL}/{record['id']}", {"reason": "年度有误。"}
    gone = done(await act(place.by_office, href, "revocation", why))
    assert (gone["active"], gone["revocation_reason"]) == (False, why["reason"])
    assert await said(place.by_unit, draft, "submit") == []
    assert reasons(await act(place.by_office, href, "revocation", why)) == [("already_revoked", None)]
    assert done(await enter(place.by_office, row))["created"] == 1


async def test_the_list_is_the_office_s_alone(world: World) -> None:
    place = await asking(world)
    done(await enter(place.by_office, WON | {"unit_name": "翔云社区"}))
    (record,) = (await read(place.by_office, URL))["items"]
    for client in (place.by_committee, place.by_unit):
        assert (await read(client, URL))["items"] == []
        assert (await client.get(f"{URL}/{record['id']}")).status_code == 404
        assert (await act(client, f"{URL}/{record['id']}", "revocation", {"reason": "误录"})).status_code == 404
        assert (await enter(client, WON | {"unit_name": "甲社区"})).status_code == 403


async def brand_of(world: World, version_id: Any) -> str:
    async with world.database.transaction() as session:
        return str((await session.get_one(ApplicationVersion, version_id)).brand_name)


async def change(world: World, award_id: Any, **values: Any) -> None:
    async with world.database.transaction() as session:
        await session.execute(update(Award).where(Award.id == award_id).values(**values))


async def partnered(world: World, award: Award, unit: Unit) -> None:
    """Let an award be for a version that names a partner."""
    async with world.database.transaction() as session:
        filed = await session.get_one(ApplicationVersion, award.version_id)
        values = {
            name: getattr(filed, name) for name in ("application_id", "occasion", "digest", "content", "fixed_by")
        }
        partners = [{"unit_id": str(unit.id), "name": unit.name}]
        joint = ApplicationVersion(**values, number=filed.number + 1, partners=partners, fixed_at=NOW)
        session.add(joint)
        await session.flush()
        await session.execute(update(Award).where(Award.id == award.id).values(version_id=joint.id))


async def test_an_award_to_the_unit_itself_counts_where_its_kind_is_named_and_those_of_its_people_never(
    world: World,
) -> None:
    before = await winners(world)
    await name_units(before, 0, 1)
    await name_persons(before, of_unit(before, "王芳"))
    client = await world.client_of(Role.UNIT, unit=before.units[0])
    kinds: list[list[str]] = [[], ["organising_unit"], ["advanced_person"]]
    campaigns = [await world.campaign(earlier_winners=ASKED | {"kinds": each}) for each in kinds]
    drafts = [await steps.begin(client, campaign.id) for campaign in campaigns]
    assert [await said(client, draft, "submit") for draft in drafts] == [[]] * 3, "proposed is not given"
    await before.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
    words = "“{}”2015年已获“优秀组织单位”：本次活动不受理近2年内的获奖者；确需申报的，请主办单位特批。"
    counts = [("/unit_id", words.format(before.units[0].name))]
    assert [await said(client, draft, "submit") for draft in drafts] == [[], counts, []]
