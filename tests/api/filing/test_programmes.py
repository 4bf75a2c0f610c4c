import asyncio
from typing import Any

import pytest

from app.models.enums import CampaignStatus, Role
from app.services.policies.filing.programmes import ProgrammeSettings
from tests.contract.client import ContractClient
from tests.scenarios import steps
from tests.scenarios.steps import done, no_promise_is_broken, read, reasons
from tests.world import NO_ROWS, World
from tests.world.filing import District, district

URL = "/api/v1/programmes"
SAID = {
    "title": "关于开展2015年度文明创建品牌征集活动的通知",
    "year": 2015,
    "document_number": "路北文明办〔2015〕3号",
    "organizer": "路北区文明办",
}


@pytest.fixture
async def office(world: World) -> ContractClient:
    return await world.client_of(Role.OFFICE)


async def programme(office: ContractClient, **changes: Any) -> str:
    return f"{URL}/{done(await office.post(URL, json=SAID | changes), 201)['id']}"


async def begin(office: ContractClient, href: str, *campaigns: dict[str, Any], **more: Any) -> Any:
    return await office.post(f"{href}/campaigns", json={"campaigns": list(campaigns)} | more)


async def arrange(office: ContractClient, href: str, *campaigns: dict[str, Any]) -> Any:
    etag = {"If-Match": (await read(office, href))["etag"]}
    return await office.put(f"{href}/campaigns", json={"campaigns": list(campaigns)}, headers=etag)


def placed(found: Any) -> list[tuple[str | None, str | None]]:
    return [(each["entry"], each["batch"]) for each in found["campaigns"]]


async def test_a_year_of_monthly_batches_is_begun_by_one_request(office: ContractClient) -> None:
    href = await programme(office)
    names = [f"第{number}批" for number in "一二三四五六七八九十"]
    first = {"template": "lubei-2015", "batch": names[0], "name": "工作品牌征集（第一批）"}
    (made,) = done(await begin(office, href, first))["campaigns"]
    copies = [{"copy_of": made["id"], "batch": name, "months_later": place} for place, name in enumerate(names[1:], 1)]
    tried = done(await begin(office, href, *copies, dry_run=True))
    assert (tried["dry_run"], len(tried["campaigns"]), len((await read(office, href))["campaigns"])) == (True, 9, 1)
    done(await begin(office, href, *copies))
    found = (await read(office, href))["campaigns"]
    assert [each["name"] for each in found] == [f"工作品牌征集（{name}）" for name in names]
    closing = [each["application_deadline"]["published_on"] for each in found]
    assert closing == [f"2015-{month:02d}-14" for month in range(9, 13)] + [
        f"2016-{month:02d}-14" for month in range(1, 7)
    ]
    listed = (await read(office, f"/api/v1/campaigns?programme_id={made_in(href)}"))["items"]
    assert [(each["batch"], each["programme_id"]) for each in listed] == [(name, made_in(href)) for name in names]


async def test_nothing_is_begun_where_one_of_them_cannot_be(office: ContractClient, world: World) -> None:
    href, stranger = await programme(office), str((await world.committee()).id)
    bad: list[dict[str, Any]] = [
        {"template": "lubei-2015", "entry": "品牌案例"},
        {"copy_of": stranger, "entry": "先进集体"},
        {"template": "lubei-2015", "entry": "品牌案例"},
        {"template": "lubei-2015", "year": 2100, "entry": "微视频", "months_later": 60},
    ]
    assert reasons(await begin(office, href, *bad)) == [
        ("unknown_reference", "/campaigns/1/copy_of"),
        ("same_labels", "/campaigns/2"),
    ]
    strange = (await world.campaign()).id
    far = {"copy_of": str(strange), "year": 2015, "entry": "微视频"}
    answers = [await begin(office, href, far | {"months_later": months}) for months in (-60, 60)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert len((await read(office, href))["campaigns"]) == 1


async def test_campaigns_are_arranged_and_labelled(office: ContractClient, world: World) -> None:
    href = await programme(office)
    states = (CampaignStatus.DRAFT, CampaignStatus.DRAFT, CampaignStatus.PUBLISHED)
    one, two, three = [str((await world.campaign(status=status)).id) for status in states]
    labels = [{"campaign_id": one, "entry": "品牌案例"}, {"campaign_id": two, "entry": "先进集体"}]
    shown = done(await arrange(office, href, *labels))
    assert placed(shown) == [("品牌案例", None), ("先进集体", None)]
    same = await arrange(office, href, labels[0], labels[1] | {"entry": "品牌案例"})
    assert reasons(same) == [("same_labels", "/campaigns/1")]
    last = {"campaign_id": three, "entry": "微视频", "batch": "第一批"}
    assert placed(done(await arrange(office, href, last, labels[1]))) == [("微视频", "第一批"), ("先进集体", None)]
    left = await read(office, f"/api/v1/campaigns/{one}")
    assert (left["programme_id"], left["entry"]) == (None, None)
    assert reasons(await arrange(office, href, labels[1])) == [("stays_in_programme", "/campaigns")]
    other = await programme(office)
    assert reasons(await arrange(office, other, {"campaign_id": three})) == [("in_another_programme", "/campaigns/0")]
    assert reasons(await arrange(office, other, {"campaign_id": made_in(other)})) == [
        ("unknown_reference", "/campaigns/0/campaign_id")
    ]
    twice = await arrange(office, other, {"campaign_id": one}, {"campaign_id": one})
    assert twice.status_code == 422
    history = (await read(office, f"/api/v1/campaigns/{three}/history"))["items"]
    assert [event["action"] for event in history] == ["campaign.placed"]
    assert {change["name"] for change in history[0]["changes"]} == {"programme_id", "position", "entry", "batch"}


async def test_a_programme_is_changed_and_deleted_while_it_is_empty(office: ContractClient, world: World) -> None:
    href = await programme(office)
    before = await read(office, href)
    stale = await office.put(href, json=SAID, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    changed = done(await office.put(href, json=SAID | {"title": "更正"}, headers={"If-Match": before["etag"]}))
    assert (changed["title"], changed["organizer"], changed["etag"]) == ("更正", "路北区文明办", '"2"')
    again = done(await office.put(href, json=SAID | {"title": "更正"}, headers={"If-Match": changed["etag"]}))
    assert again["etag"] == changed["etag"]
    done(await begin(office, href, {"template": "lubei-2015"}))
    assert reasons(await office.delete(href, headers={"If-Match": "*"})) == [("has_campaigns", None)]
    done(await arrange(office, href))
    done(await office.delete(href, headers={"If-Match": "*"}), 204)
    assert (await office.get(href)).status_code == 404
    await no_promise_is_broken(world)


async def test_others_see_a_programme_once_a_campaign_of_it_is_published(office: ContractClient, world: World) -> None:
    href = await programme(office)
    unit = await world.client_of(Role.UNIT, unit=await world.unit(await world.committee()))
    new = [{"template": "lubei-2015", "year": 2015, "entry": entry} for entry in ("品牌案例", "先进集体")]
    first, _ = done(await begin(office, href, *new))["campaigns"]
    assert (await read(unit, URL), (await unit.get(href)).status_code) == (NO_ROWS, 404)
    assert (await unit.put(href, json=SAID, headers={"If-Match": "*"})).status_code == 404
    done(await office.post(f"/api/v1/campaigns/{first['id']}/publication"))
    seen = await read(unit, href)
    assert ([each["entry"] for each in seen["campaigns"]], seen["campaigns"][0]["open"]) == (["品牌案例"], True)
    assert (await unit.put(href, json=SAID, headers={"If-Match": "*"})).status_code == 403
    assert (await unit.post(URL, json=SAID)).status_code == 403
    public = await read(world.client(), f"/api/v1/public/campaigns/{first['id']}")
    assert (public["programme"]["title"], public["entry"]) == (SAID["title"], "品牌案例")
    assert [each["title"] for each in (await read(unit, f"{URL}?year=2015"))["items"]] == [SAID["title"]]
    assert await read(unit, f"{URL}?year=2016") == NO_ROWS


async def test_a_campaign_comes_into_one_of_two_programmes(office: ContractClient, world: World) -> None:
    """Both are asked at once: one waits for the other's lock, and finds the campaign elsewhere."""
    one, other, campaign = await programme(office), await programme(office), await world.campaign()
    body = {"campaign_id": str(campaign.id)}
    answers = await asyncio.gather(*(arrange(office, href, body) for href in (one, other)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_two_requests_for_campaigns_follow_one_another(office: ContractClient) -> None:
    href = await programme(office)
    batches = [{"template": "lubei-2015", "batch": name} for name in ("第一批", "第二批")]
    answers = await asyncio.gather(*(begin(office, href, *batches) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert placed(await read(office, href)) == [(None, "第一批"), (None, "第二批")]


def made_in(href: str) -> str:
    return href.rpartition("/")[2]


async def running(world: World, *labels: tuple[str | None, str | None], **rules: Any) -> tuple[District, list[str]]:
    """A programme with these rules, and the ids of its published campaigns."""
    place = await district(world)
    href = await programme(place.by_office, **rules)
    new = [
        {"template": "lubei-2015", "year": 2015, "name": f"征集{at}", "entry": entry, "batch": batch}
        for at, (entry, batch) in enumerate(labels, 1)
    ]
    begun = done(await begin(place.by_office, href, *new))["campaigns"]
    for each in begun:
        href = f"/api/v1/campaigns/{each['id']}"
        settings = (await read(place.by_office, href))["settings"] | {"minimum_filed": 1, "plans": None}
        settings["commendation"]["indicators"] = []
        done(await place.by_office.put(href, json=settings, headers={"If-Match": "*"}))
        done(await place.by_office.post(f"{href}/publication"))
    return place, [each["id"] for each in begun]


async def drafted(place: District, campaign_id: str, **cells: Any) -> str:
    href = await steps.begin(place.by_unit, campaign_id)
    await steps.complete(place.by_unit, href, **cells)
    return href


async def test_a_unit_enters_so_many_kinds_also_at_once(world: World) -> None:
    kinds = [("品牌案例", None), ("先进集体", None), ("微视频", None)]
    place, campaigns = await running(world, *kinds, entries_per_unit={"most": 1})
    one, other = [await drafted(place, each) for each in campaigns[:2]]
    answers = await asyncio.gather(*(steps.act(place.by_unit, href, "submission") for href in (one, other)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    first, second = (one, other) if answers[0].status_code == 200 else (other, one)
    refused = await steps.act(place.by_unit, second, "submission")
    assert reasons(refused) == [("too_many_entries", "/unit_id")]
    told = (await read(place.by_unit, second))["actions"]["submit"]["findings"]
    assert told == refused.json()["findings"]
    done(await steps.act(place.by_unit, first, "withdrawal", {}))
    done(await steps.act(place.by_unit, second, "submission"))


async def test_a_brand_is_in_one_batch_until_that_is_closed(world: World) -> None:
    place, campaigns = await running(world, (None, "第一批"), (None, "第二批"), one_batch="refused")
    one, other = [await drafted(place, each, brand_name="邻里一家亲") for each in campaigns]
    answers = await asyncio.gather(*(steps.act(place.by_unit, href, "submission") for href in (one, other)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    taken, second = (0, other) if answers[0].status_code == 200 else (1, one)
    assert reasons(await steps.act(place.by_unit, second, "submission")) == [("in_another_batch", "/brand_name")]
    done(await place.by_office.post(f"/api/v1/campaigns/{campaigns[taken]}/closure"))
    done(await steps.act(place.by_unit, second, "submission"))


async def test_a_committee_files_so_many_in_all_batches_also_at_once(world: World) -> None:
    place, campaigns = await running(world, (None, "第一批"), (None, "第二批"), maximum_filed=2)
    sealed = [[await steps.sealed(place.by_unit, place.by_committee, each) for _ in range(2)] for each in campaigns]
    done(await steps.file(place.by_committee, campaigns[0], sealed[0][0]), 201)
    both = await steps.file(place.by_committee, campaigns[1], *sealed[1])
    assert reasons(both) == [("too_many_together", "/application_ids")]
    answers = await asyncio.gather(
        *(steps.file(place.by_committee, campaign, cases[1]) for campaign, cases in zip(campaigns, sealed, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    left = sealed[0][1] if answers[0].status_code == 409 else sealed[1][1]
    told = (await read(place.by_committee, left))["actions"]["file"]["findings"]
    assert [(each["code"], each["params"]["count"]) for each in told] == [("too_many_together", 3)]
    done(await steps.act(place.by_committee, sealed[0][0], "withdrawal", {"reason": "不再申报"}))
    done(await steps.file(place.by_committee, campaigns[1 if left == sealed[1][1] else 0], left), 201)


async def test_a_withdrawal_below_the_minimum_of_all_is_pointed_at(world: World) -> None:
    place, (campaign, _) = await running(world, (None, "第一批"), (None, "第二批"), minimum_filed=1)
    href = await steps.sealed(place.by_unit, place.by_committee, campaign)
    done(await steps.file(place.by_committee, campaign, href), 201)
    told = (await read(place.by_committee, href))["actions"]["withdraw"]
    assert (told["allowed"], [each["code"] for each in told["findings"]]) == (True, ["too_few_together"])


async def test_rules_for_all_campaigns_are_only_relaxed_once_one_is_published(world: World) -> None:
    place, (campaign, _) = await running(world, (None, "第一批"), (None, "第二批"), maximum_filed=3)
    href = f"{URL}/{(await read(place.by_office, f'/api/v1/campaigns/{campaign}'))['programme_id']}"
    tighter = {"maximum_filed": 2, "minimum_filed": 1, "one_batch": "advised", "entries_per_unit": {"most": 1}}
    refused = await place.by_office.put(href, json=SAID | tighter, headers={"If-Match": "*"})
    hurt = [f"/{name}" for name in ("entries_per_unit", "one_batch", "minimum_filed", "maximum_filed")]
    assert reasons(refused) == [("hurtful_change", pointer) for pointer in hurt]
    done(await place.by_office.put(href, json=SAID | {"maximum_filed": 4}, headers={"If-Match": "*"}))
    shown = await read(place.by_office, href)
    again = {name: shown[name] for name in ProgrammeSettings.model_fields}
    done(await place.by_office.put(href, json=again, headers={"If-Match": shown["etag"]}))
    stranger = {"campaign_id": str((await world.campaign()).id)}
    present = [{"campaign_id": each["id"], "batch": each["batch"]} for each in shown["campaigns"]]
    late = await arrange(place.by_office, href, *present, stranger)
    assert reasons(late) == [("joins_programme_late", "/campaigns/2")]


WHY = {"reason": "来函申请。"}


async def exempt(place: District, campaign_id: str, limit: str, value: int) -> str:
    body = {"campaign_id": campaign_id, "committee_id": str(place.committee.id), "limit": limit, "value": value}
    granted = done(await place.by_office.post("/api/v1/exemptions", json=body | WHY), 201)
    return f"/api/v1/exemptions/{granted['id']}"


async def revoke(place: District, exemption: str) -> None:
    done(await steps.act(place.by_office, exemption, "revocation", {"reason": "误批"}))


async def test_a_committee_is_exempted_from_rules_for_its_units_in_every_campaign(world: World) -> None:
    """Granted in the third, it holds in all; taken back, the notice's own figure holds again."""
    labels = [("品牌案例", "第一批"), ("品牌案例", "第二批"), ("微视频", None)]
    rules = {"entries_per_unit": {"most": 1}, "one_batch": "refused"}
    place, (first, second, film) = await running(world, *labels, **rules)
    done(await steps.act(place.by_unit, await drafted(place, first, brand_name="邻里一家亲"), "submission"))
    for campaign, limit, value, code in (
        (second, "one_batch", 0, "in_another_batch"),
        (film, "entries_per_unit", 2, "too_many_entries"),
    ):
        href = await drafted(place, campaign, brand_name="邻里一家亲")
        assert [code for code, _ in reasons(await steps.act(place.by_unit, href, "submission"))] == [code]
        exemption = await exempt(place, film, limit, value)
        assert (await read(place.by_unit, href))["actions"]["submit"]["findings"] == []
        await revoke(place, exemption)
        told = (await read(place.by_unit, href))["actions"]["submit"]["findings"]
        assert [each["code"] for each in told] == [code]
        await exempt(place, first, limit, value)
        done(await steps.act(place.by_unit, href, "submission"))


async def test_numbers_for_all_campaigns_are_loosened_for_one_committee(world: World) -> None:
    place, (first, second) = await running(world, (None, "第一批"), (None, "第二批"), minimum_filed=2, maximum_filed=2)
    other = await district(world)
    href = f"{URL}/{(await read(place.by_office, f'/api/v1/campaigns/{first}'))['programme_id']}"

    async def lacking(name: str) -> dict[str, tuple[int, int]]:
        rows = (await read(place.by_office, f"{href}/{name}"))["items"]
        return {row["committee_id"]: (row.get("minimum_filed", 0), row["missing"]) for row in rows}

    ours, theirs = str(place.committee.id), str(other.committee.id)
    exemption = await exempt(place, second, "minimum_together", 0)
    assert await lacking("progress") == {ours: (0, 0), theirs: (2, 2)}
    assert {each: missing for each, (_, missing) in (await lacking("arrears")).items()} == {ours: 0, theirs: 2}
    await revoke(place, exemption)
    assert (await lacking("progress"))[ours] == (2, 2)

    sealed = [await steps.sealed(place.by_unit, place.by_committee, first) for _ in range(3)]
    refused = await steps.file(place.by_committee, first, *sealed)
    assert reasons(refused) == [("too_many_together", "/application_ids")]
    grants = await asyncio.gather(
        *(
            place.by_office.post(
                "/api/v1/exemptions",
                json={"campaign_id": each, "committee_id": ours, "limit": "maximum_together", "value": 3} | WHY,
            )
            for each in (first, second)
        )
    )
    assert sorted(each.status_code for each in grants) == [201, 409], "the same, in two campaigns"
    done(await steps.file(place.by_committee, first, *sealed), 201)
    tighter = next(each for each in grants if each.status_code == 409)
    assert [(each["code"], each["params"]["present"]) for each in tighter.json()["findings"]] == [
        ("limit_not_looser", 3)
    ]


async def test_a_campaign_by_itself_has_no_rules_for_several(world: World) -> None:
    place = await district(world)
    whose = {"campaign_id": str(place.campaign.id), "committee_id": str(place.committee.id)} | WHY
    refused = await place.by_office.post("/api/v1/exemptions", json=whose | {"limit": "one_batch", "value": 0})
    assert reasons(refused) == [("not_limited", "/limit")]
    one = WHY | {"campaign_id": whose["campaign_id"], "application_id": str(place.unit.id)}
    for limit in ("minimum_together", "maximum_together"):
        answer = await place.by_office.post("/api/v1/exemptions", json=one | {"limit": limit, "value": 1})
        assert answer.status_code == 422, "one application has no number of cases"
