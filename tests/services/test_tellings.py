"""Who is told of what: every act, everybody who may read a feed, and what each of them is not told."""

from typing import Any

import pytest

from app.models.enums import Role
from app.services import jobs, tellings
from tests.contract.client import ContractClient
from tests.sealed import District, district
from tests.statements import noted
from tests.telling import feed, hand_on, kinds, number
from tests.world import World, key

REASON = {"reason": "请补充活动开展的具体数据。"}


class Town(District):
    """A district with a colleague of each, and a neighbour: those who are told, and those who must not be."""

    others: dict[str, ContractClient]


@pytest.fixture
async def town(world: World) -> Town:
    place = Town(**vars(await district(world)))
    neighbour = await world.committee()
    place.others = {
        "unit colleague": await world.client_of(Role.UNIT, unit=place.unit),
        "committee colleague": await world.client_of(Role.COMMITTEE, committee=place.committee),
        "office colleague": await world.client_of(Role.OFFICE),
        "sister unit": await world.client_of(Role.UNIT, unit=await world.unit(place.committee)),
        "other unit": await world.client_of(Role.UNIT, unit=await world.unit(neighbour)),
        "other committee": await world.client_of(Role.COMMITTEE, committee=neighbour),
        "reviewer": await world.client_of(Role.REVIEWER),
        "municipal": await world.client_of(Role.MUNICIPAL),
    }
    return place


async def told(town: Town) -> dict[str, list[str]]:
    """Who was told what since the beginning; whoever was told nothing is not in it."""
    await hand_on(town.world)
    everybody = {"unit": town.by_unit, "committee": town.by_committee, "office": town.by_office} | town.others
    return {name: said for name, client in everybody.items() if (said := await kinds(client))}


async def done(client: ContractClient, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = await client.post(path, json=body, headers=key())
    assert answer.is_success, answer.text
    return dict(answer.json())


async def test_a_submission_is_told_to_the_committee(town: Town) -> None:
    application = await town.complete()
    await done(town.by_unit, f"/api/v1/applications/{application}/submission")
    submitted = ["application.submitted"]
    assert await told(town) == {"committee": submitted, "committee colleague": submitted}


async def test_a_return_is_told_with_its_reason(town: Town) -> None:
    application = await town.submitted()
    await done(town.by_committee, f"/api/v1/applications/{application}/return", REASON)
    assert await told(town) == {
        "unit": ["application.returned"],
        "unit colleague": ["application.returned"],
        "committee": ["application.submitted"],
        "committee colleague": ["application.submitted", "application.returned"],
    }
    [notice] = await feed(town.by_unit)
    assert notice["text"] == "“‘红马甲’邻里互助站”被退回修改。"
    assert notice["details"] == ["原因：请补充活动开展的具体数据。"]
    assert (notice["subject_id"], notice["link"]) == (str(application), None)


async def test_a_filing_is_a_receipt_for_the_committee_and_news_for_its_units(town: Town) -> None:
    await town.filed(2)
    filed = await told(town)
    assert filed["committee"][-1] == filed["committee colleague"][-1] == "filing.made"
    assert filed["unit"].count("application.filed") == 2
    assert filed["office"] == filed["office colleague"] == ["filing.arrived"]
    assert sorted(filed) == ["committee", "committee colleague", "office", "office colleague", "unit", "unit colleague"]
    assert (await feed(town.by_committee))[0]["text"] == "已上报2件申报，回执编号2015-C01-R01。"


async def test_the_offices_decisions_are_told_to_unit_and_committee(town: Town) -> None:
    accepted, corrected, disqualified = await town.filed(3)
    await hand_on(town.world)
    checks = "/api/v1/applications/{}/{}"
    correction = {"reason_codes": ["seal_unclear", "other"], "remark": "请重新扫描", "due_on": "2015-09-25"}
    await done(town.by_office, checks.format(accepted, "acceptance"))
    await done(town.by_office, checks.format(corrected, "correction-request"), correction)
    await done(town.by_office, checks.format(disqualified, "disqualification"), {"reason_codes": ["untrue"]})
    decided = ["application.accepted", "application.correction_requested", "application.disqualified"]
    after = await told(town)
    assert {name: said[-3:] for name, said in after.items() if "office" not in name} == dict.fromkeys(
        ["unit", "unit colleague", "committee", "committee colleague"], decided
    )
    [disqualification, request, _] = (await feed(town.by_unit))[:3]
    assert request["text"] == "“‘红马甲’邻里互助站”被退回补正，请于2015年9月25日24:00前重新上报。"
    assert request["details"] == ["原因：盖章不清；其他；请重新扫描"]
    assert disqualification["details"] == ["原因：材料失实"]


async def test_handling_the_same_events_again_tells_nobody_twice(town: Town) -> None:
    await town.filed(2)
    before = await told(town)
    async with jobs.acting(town.world.database) as ctx:
        rows = [{"sequence": number, "action": "filing.made"} for number in range(1, 100)]
        await tellings.tell(ctx, rows)
    assert await told(town) == before


async def test_telling_sends_the_same_statements_however_many_are_told(town: Town) -> None:
    counts: list[int] = []
    for _ in range(2):
        for _ in range(1 + 3 * len(counts)):
            await town.submitted()
        await number(town.world)
        async with jobs.acting(town.world.database) as ctx:
            rows = [{"sequence": number, "action": "application.submitted"} for number in range(1, 500)]
            with noted(town.world.database) as sent:
                await tellings.tell(ctx, rows)
        counts.append(len(sent))
    assert counts == [3, 3]
