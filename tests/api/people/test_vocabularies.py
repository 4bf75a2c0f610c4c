from typing import Any

import pytest

from app.models.enums import CampaignStatus, Role
from app.services.policies.people.vocabularies import HONOUR_LEVEL, NOTICE, stored
from tests.contract.client import ContractClient
from tests.world import World, key
from tests.world.filing import district
from tests.world.tables import of_csv

LEVELS, KINDS = "/api/v1/vocabularies/honour-level", "/api/v1/vocabularies/committee-kind"
ANY, EN = {"If-Match": "*"}, {"Accept-Language": "en"}
CAMPUS = {"code": "campus", "label": "文明校园", "label_en": "Civilized campus", "retired": False}
UNIVERSITY = {"code": "university", "label": "高校党（工）委", "label_en": "", "retired": False}
NATIONAL, *OTHERS = stored(NOTICE[HONOUR_LEVEL])
ONE_MORE = {"words": [NATIONAL, CAMPUS, *OTHERS]}


@pytest.fixture
async def office(world: World) -> ContractClient:
    return await world.client_of(Role.OFFICE)


async def read(client: ContractClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def put(office: ContractClient, path: str, words: list[dict[str, Any]]) -> Any:
    answer = await office.put(path, json={"words": words}, headers=ANY)
    assert answer.status_code == 200, answer.text
    return answer.json()


def findings(answer: Any) -> list[tuple[str, str | None]]:
    assert answer.status_code == 409, answer.text
    return [(each["code"], each["pointer"]) for each in answer.json()["findings"]]


async def test_the_words_of_the_notice_hold_until_the_office_changes_them(office: ContractClient) -> None:
    before = await read(office, LEVELS)
    assert before == {"name": "honour-level", "etag": '"0"', "words": [NATIONAL, *OTHERS]}
    same = await office.put(LEVELS, json=before, headers={"If-Match": before["etag"]})
    assert same.json() == before
    changed = await office.put(LEVELS, json=ONE_MORE, headers={"If-Match": '"0"'})
    assert changed.json() == {"name": "honour-level", "etag": '"1"'} | ONE_MORE == await read(office, LEVELS)
    stale = await office.put(LEVELS, json=before, headers={"If-Match": '"0"'})
    assert stale.status_code == 412
    assert (await office.put(LEVELS, json=before)).status_code == 428


async def test_everybody_reads_them_and_only_the_office_changes_them(world: World) -> None:
    committee = await world.committee()
    unit = await world.unit(committee)
    roles = [role for role in Role if role is not Role.PUBLIC]
    whose: dict[Role, dict[str, Any]] = {Role.COMMITTEE: {"committee": committee}, Role.UNIT: {"unit": unit}}
    clients = {role: await world.client_of(role, **whose.get(role, {})) for role in roles}
    seen = {role: (await client.get(KINDS)).status_code for role, client in clients.items()}
    assert seen == dict.fromkeys(roles, 200)
    done = {
        role: (await client.put(LEVELS, json=ONE_MORE, headers=ANY)).status_code for role, client in clients.items()
    }
    assert done == dict.fromkeys(roles, 403) | {Role.OFFICE: 200}
    assert (await world.client().get(LEVELS)).status_code == 401
    assert (await clients[Role.OFFICE].get("/api/v1/vocabularies/colours")).status_code == 404
    assert (await clients[Role.OFFICE].put("/api/v1/vocabularies/role", json=ONE_MORE, headers=ANY)).status_code == 404


async def test_the_history_has_the_words_before_and_after(office: ContractClient) -> None:
    await put(office, LEVELS, [NATIONAL | {"label": "全国文明单位（含先进）"}, CAMPUS, *OTHERS])
    listed = (await read(office, "/api/v1/audit-events"))["items"]
    assert [each["action"] for each in listed] == ["vocabulary.changed", "vocabulary.created"]
    changes = {each["name"]: (each["before"], each["after"]) for each in listed[0]["changes"]}
    assert changes["words/national/label"] == ("全国文明单位", "全国文明单位（含先进）")
    assert changes["words/campus"] == (None, CAMPUS)


@pytest.mark.parametrize(
    ("words", "pointer"),
    [
        ([], "/words"),
        ([CAMPUS, CAMPUS | {"label": "文明校园二"}], "/words/1/code"),
        ([CAMPUS, CAMPUS | {"code": "campus_2"}], "/words/1/label"),
        ([CAMPUS | {"code": "Campus"}], "/words/0/code"),
        ([CAMPUS | {"code": "c" * 33}], "/words/0/code"),
        ([CAMPUS | {"label": " "}], "/words/0/label"),
        ([CAMPUS | {"retired": "no"}], "/words/0/retired"),
    ],
)
async def test_bad_words_are_refused_at_their_place(
    office: ContractClient, words: list[dict[str, Any]], pointer: str
) -> None:
    refused = await office.put(LEVELS, json={"words": words}, headers=ANY)
    assert (refused.status_code, [each["pointer"] for each in refused.json()["errors"]]) == (422, [pointer])


async def test_a_word_is_removed_while_nothing_has_it(world: World, office: ContractClient) -> None:
    await put(office, LEVELS, [CAMPUS, NATIONAL, *OTHERS])
    await put(office, LEVELS, [NATIONAL, *OTHERS])
    unit = await world.unit(await world.committee())
    assert findings(await office.put(LEVELS, json={"words": [NATIONAL]}, headers=ANY)) == [("word_used", "/words")]
    retired = [NATIONAL | {"retired": True}, *OTHERS]
    await put(office, LEVELS, retired)
    assert findings(await office.put(LEVELS, json={"words": OTHERS}, headers=ANY)) == [("retired_word_stays", "/words")]
    address, change = f"/api/v1/units/{unit.id}", {"honour_level": "national"}
    assert findings(await office.patch(address, json=change, headers=ANY)) == [("word_retired", "/honour_level")]
    kinds = (await read(office, KINDS))["words"]
    assert findings(await office.put(KINDS, json={"words": kinds[:1]}, headers=ANY)) == [("word_needed", "/words")]


@pytest.mark.parametrize("status", [CampaignStatus.DRAFT, CampaignStatus.PUBLISHED, CampaignStatus.CLOSED])
async def test_a_word_that_a_notice_names_stays(world: World, office: ContractClient, status: CampaignStatus) -> None:
    await world.campaign(
        status=status,
        honour_levels=["national"],
        filed_by_kind=[{"kind": "township_subdistrict", "minimum": 1, "maximum": 2}],
    )
    assert findings(await office.put(LEVELS, json={"words": OTHERS}, headers=ANY)) == [("word_used", "/words")]
    kinds = (await read(office, KINDS))["words"]
    assert findings(await office.put(KINDS, json={"words": kinds[1:]}, headers=ANY)) == [("word_used", "/words")]


async def test_unknown_codes_are_refused_wherever_they_are_sent(world: World, office: ContractClient) -> None:
    committee, campaign = await world.committee(), await world.campaign(status=CampaignStatus.DRAFT)
    unit = await world.unit(committee)
    unknown = "unknown_reference"
    level = {"name": "理工大学", "honour_level": "campus"}
    kind = {"name": "理工大学党委", "kind": "university"}
    body = level | {"committee_id": str(committee.id)}
    assert findings(await office.post("/api/v1/units", json=body)) == [(unknown, "/honour_level")]
    refused = await office.patch(f"/api/v1/units/{unit.id}", json={"honour_level": "campus"}, headers=ANY)
    assert findings(refused) == [(unknown, "/honour_level")]
    assert findings(await office.post("/api/v1/committees", json=kind)) == [(unknown, "/kind")]
    refused = await office.patch(f"/api/v1/committees/{committee.id}", json={"kind": "university"}, headers=ANY)
    assert findings(refused) == [(unknown, "/kind")]
    listed = {"committees": [kind | {"units": [level]}]}
    assert findings(await office.post("/api/v1/organisation-imports", json=listed)) == [
        (unknown, "/committees/0/kind"),
        (unknown, "/committees/0/units/0/honour_level"),
    ]
    address = f"/api/v1/campaigns/{campaign.id}"
    settings = (await read(office, address))["settings"]
    settings |= {
        "honour_levels": ["national", "campus"],
        "filed_by_kind": [{"kind": "university", "minimum": 1, "maximum": None}],
    }
    assert findings(await office.put(address, json=settings, headers=ANY)) == [
        (unknown, "/honour_levels/1"),
        (unknown, "/filed_by_kind/0/kind"),
    ]
    await put(office, LEVELS, [CAMPUS, NATIONAL, *OTHERS])
    await put(office, KINDS, [*(await read(office, KINDS))["words"], UNIVERSITY])
    assert (await office.put(address, json=settings, headers=ANY)).status_code == 200
    made = await office.post("/api/v1/organisation-imports", json=listed)
    assert (made.status_code, made.json()["created"]) == (200, 2)
    again = await office.post("/api/v1/organisation-imports", json=listed)
    assert again.json()["unchanged"] == 2


async def test_the_template_that_names_a_removed_word_says_so(office: ContractClient) -> None:
    await put(office, LEVELS, [CAMPUS, *OTHERS])
    begun = {"template": "sample-2025", "year": 2015}
    refused = await office.post("/api/v1/campaigns", json=begun)
    assert findings(refused) == [("words_missing", "/template")]
    assert refused.json()["findings"][0]["params"] == {"codes": ["national"]}


async def test_code_lists_have_the_words_in_their_order_by_language(world: World, office: ContractClient) -> None:
    await put(office, LEVELS, ONE_MORE["words"])
    client = world.client()
    listed = (await client.get("/api/v1/code-lists/HonourLevel")).json()
    assert [each["label"] for each in listed["items"][:2]] == ["全国文明单位", "文明校园"]
    english = (await client.get("/api/v1/code-lists/honour_level", headers=EN)).json()
    assert [each["label"] for each in english["items"][:3]] == ["National", "Civilized campus", "Provincial"]
    every = (await client.get("/api/v1/code-lists", headers=EN)).json()["items"]
    assert english in every


async def test_a_refusal_says_titles_as_they_are_called_now(world: World, office: ContractClient) -> None:
    await put(office, LEVELS, [NATIONAL | {"label": "全国称号"}, CAMPUS, *OTHERS])
    place = await district(world, await world.campaign(honour_levels=["national"]))
    await world.put(place.unit, honour_level="campus")
    body = {"campaign_id": str(place.campaign.id)}
    refused = (await place.by_unit.post("/api/v1/applications", json=body, headers=key())).json()["findings"]
    seen = (await read(place.by_unit, f"/api/v1/campaigns/{place.campaign.id}"))["actions"]["begin_application"]
    assert refused == seen["findings"]
    assert refused[0]["message"] == f"“{place.unit.name}”为文明校园，本次活动限以下称号的单位申报：全国称号。"
    assert (refused[0]["params"]["level"], refused[0]["params"]["levels"]) == ("campus", ["national"])


async def test_lists_filter_by_a_word_and_have_its_label_as_tables(world: World, office: ContractClient) -> None:
    await put(office, LEVELS, ONE_MORE["words"])
    committee = await world.committee()
    await world.unit(committee)
    campus = await world.unit(committee, honour_level="campus")
    path = "/api/v1/units?honour_level=campus"
    assert [each["id"] for each in (await read(office, path))["items"]] == [str(campus.id)]
    assert (await read(office, "/api/v1/units?honour_level=village"))["items"] == []
    table = of_csv((await office.get(path, headers={"Accept": "text/csv"})).content)
    assert dict(zip(*table[-2:], strict=True))["文明单位称号级别"] == "文明校园"


async def test_applications_are_sorted_by_the_offices_order(world: World, office: ContractClient) -> None:
    committee, campaign = await world.committee(), await world.campaign()
    await put(office, LEVELS, ONE_MORE["words"])
    for level in ("district", "campus", "national"):
        unit = await world.unit(committee, name=level, honour_level=level)
        await world.filed(campaign, unit)
    path = "/api/v1/applications?sort=honour_level"

    async def order() -> list[str]:
        return [each["unit_name"] for each in (await read(office, path))["items"]]

    assert await order() == ["national", "campus", "district"]
    await put(office, LEVELS, list(reversed(ONE_MORE["words"])))
    assert await order() == ["district", "campus", "national"]


async def test_and_by_the_order_of_the_kinds_of_their_committees(world: World, office: ContractClient) -> None:
    campaign = await world.campaign()
    for kind in ("district_direct", "township_subdistrict"):
        committee = await world.committee(kind=kind)
        await world.filed(campaign, await world.unit(committee, name=kind))
    sorted_by_kind = await read(office, "/api/v1/applications?sort=committee_kind")
    assert [each["unit_name"] for each in sorted_by_kind["items"]] == ["township_subdistrict", "district_direct"]
