"""Invisible rows do not exist: every request about one is answered as about one that never existed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from app.models.enums import CampaignStatus, Role
from app.services import jobs
from app.services.filing import resemblances
from tests.contract.client import Contract, ContractClient
from tests.scenarios import steps
from tests.scenarios.hidden import HIDDEN_FROM
from tests.scenarios.probing import absent, probes
from tests.scenarios.steps import done, id_of, read, seen
from tests.world import World, key, templates
from tests.world.attachments import MEDIA
from tests.world.corpus import narrative
from tests.world.factors import add_totp
from tests.world.filing import District, district
from tests.world.uploads import scan, send_attachment

pytestmark = pytest.mark.thorough  # long matrices

SECRET = "绝密品牌"


@dataclass
class Secrets:
    """A district with something of everything, those from whom it is hidden, and those whose it is."""

    place: District
    ids: dict[str, str]
    strangers: dict[str, ContractClient]
    owners: list[ContractClient]
    words: dict[str, str]


@pytest.fixture
async def secrets(world: World) -> Secrets:
    """The hidden applications are the only ones of their unit; a sibling under the same committee has filed.

    The other unit agreed to apply jointly, and was taken out again.
    """
    place = await district(world, await world.campaign(attachments=[MEDIA | {"minimum": 0}]))
    elsewhere = await district(world, place.campaign)
    hidden = await world.unit(place.committee, name="绝密社区")
    member = await world.account(Role.UNIT, unit=hidden)
    by_member, campaign = await world.sign_in(member), str(place.campaign.id)
    application = await steps.begin(by_member, campaign)
    await steps.complete(by_member, application, brand_name=SECRET, **narrative(1))
    done(await send_attachment(by_member, application, scan(900)), 201)
    await once_a_partner(application, by_member, elsewhere)
    done(await steps.act(by_member, application, "submission"))
    done(await steps.seal(place.by_committee, application))
    second = await steps.submitted(by_member, campaign, brand_name=SECRET, **narrative(1))
    filed = [await steps.sealed(place.by_unit, place.by_committee, campaign) for _ in range(2)]
    filing = done(await steps.file(place.by_committee, campaign, *filed), 201)
    body = {"campaign_id": campaign, "cases": [{"name": SECRET, "unit_id": str(hidden.id)}]}
    plan = done(await place.by_committee.post("/api/v1/plans", json=body), 201)
    ids = {
        "application_id": id_of(application),
        "image_id": (await read(by_member, application))["images"][0]["id"],
        "attachment_id": (await read(by_member, application))["attachments"][0]["id"],
        "number": "1",
        "paper": "receipt",
        "plan_id": plan["id"],
        "case_id": plan["cases"][0]["id"],
        "filing_id": filing["id"],
        "decision_id": str(uuid4()),
        **await granted_for_one(place, elsewhere),
        "swap_id": await swap(place, filed[0]),
        **await announced(place),
        "seat_id": await seat(place),
        "resemblance_id": await resemblance(place, id_of(application), id_of(second)),
        "earlier_win_id": await earlier_win(place),
        "account_id": str(member.id),
        "factor_id": (await add_totp(world, by_member)).id,
        "session_id": (await read(by_member, "/api/v1/session"))["id"],
        "unit_id": str(hidden.id),
        "committee_id": str(place.committee.id),
        "campaign_id": str((await world.campaign(status=CampaignStatus.DRAFT, year=2016)).id),
    }
    await paper_template(place, templates.address(ids["campaign_id"], ids["paper"]))
    ids["programme_id"] = await programme(place, ids["campaign_id"])
    strangers = {
        "other committee": elsewhere.by_committee,
        "other unit": elsewhere.by_unit,
        "sibling unit": place.by_unit,
        "reviewer": await world.client_of(Role.REVIEWER),
        "municipal": await world.client_of(Role.MUNICIPAL),
        "office": place.by_office,
        "anonymous": world.client(),
    }
    words = {"brand": SECRET, "unit": "绝密社区", "username": member.username, "committee": place.committee.name}
    return Secrets(place, ids, strangers, [by_member, place.by_committee, place.by_office], words)


async def programme(place: District, draft: str) -> str:
    """A notice of several campaigns, of which none is published."""
    body = {"title": "绝密通知", "year": 2016, "organizer": "路北区文明办"}
    made = done(await place.by_office.post("/api/v1/programmes", json=body), 201)
    etag, placed = {"If-Match": made["etag"]}, {"campaigns": [{"campaign_id": draft, "batch": "第一批"}]}
    done(await place.by_office.put(f"/api/v1/programmes/{made['id']}/campaigns", json=placed, headers=etag))
    return str(made["id"])


async def once_a_partner(application: str, by_lead: ContractClient, other: District) -> None:
    """Let a unit be a partner, read the draft, and be one no longer."""
    for partners in ([{"unit_id": str(other.unit.id)}], []):
        etag = {"If-Match": (await read(by_lead, application))["etag"]}
        done(await by_lead.put(f"{application}/partners", json={"partners": partners}, headers=etag))
        if partners:
            done(await other.by_unit.post(f"{application}/partnership"))


async def granted_for_one(place: District, elsewhere: District) -> dict[str, str]:
    """An extension and an exemption for one application that was filed, of a unit nobody else here belongs to."""
    unit = await place.world.unit(place.committee)
    client = await place.world.client_of(Role.UNIT, unit=unit)
    href = await steps.sealed(client, place.by_committee, str(elsewhere.campaign.id))
    done(await steps.file(place.by_committee, place.campaign.id, href), 201)
    whose = {"campaign_id": str(place.campaign.id), "application_id": id_of(href), "reason": "连日暴雨。"}
    later, looser = {"deadline": "application", "due_on": "2015-09-20"}, {"limit": "images_minimum", "value": 3}
    extension = done(await place.by_office.post("/api/v1/extensions", json=whose | later), 201)
    exemption = done(await place.by_office.post("/api/v1/exemptions", json=whose | looser), 201)
    return {"extension_id": extension["id"], "exemption_id": exemption["id"]}


async def swap(place: District, filed: str) -> str:
    """A request to exchange a filed application's scan."""
    files = {"file": ("盖章.pdf", scan(300), "application/pdf")}
    asked = await place.by_committee.post(f"{filed}/scan-swaps", files=files, data={"reason": "原扫描件模糊。"})
    swap_id: str = done(asked, 201)["id"]
    return swap_id


async def resemblance(place: District, *application_ids: str) -> str:
    """Two applications of one unit, never filed, that resemble each other."""
    for each in application_ids:
        await jobs.alone(place.world.database, resemblances.compare)(subject_id=each)
    (one, _) = (await read(place.by_committee, "/api/v1/resemblances"))["items"]
    return str(one["id"])


async def seat(place: District) -> str:
    """A seat on paper, of a committee that nobody has an account of."""
    body = {"committee_id": str((await place.world.committee()).id), "reason": "来函"}
    seat_id: str = done(await place.by_office.post("/api/v1/seats", json=body), 201)["id"]
    return seat_id


async def paper_template(place: District, href: str) -> None:
    """A template of a paper that is printed of nothing here."""
    done(await templates.put(place.by_office, href, (await place.by_office.get(f"{href}/starter")).content))


async def earlier_win(place: District) -> str:
    """An award of a year before, of the office's list."""
    row = {"year": 2013, "kind": "excellent_case", "award": "绝密奖项", "unit_name": place.unit.name}
    done(await place.by_office.post("/api/v1/earlier-win-imports", json={"wins": [row]}))
    (record,) = (await read(place.by_office, "/api/v1/earlier-wins"))["items"]
    return str(record["id"])


async def announced(place: District) -> dict[str, str]:
    """A document that was sent to the committee alone, and the announcement it came with."""
    files, data = {"file": ("a.pdf", scan(301), "application/pdf")}, {"kind": "attachment", "title": "绝密附件"}
    href = f"/api/v1/campaigns/{place.campaign.id}/documents"
    document = done(await place.by_office.post(href, files=files, data=data | {"public": "false"}), 201)["id"]
    body: dict[str, Any] = {
        "campaign_id": str(place.campaign.id),
        "title": "绝密通知",
        "text": "请补报。",
        "audience": "chosen",
    }
    body |= {"committee_ids": [str(place.committee.id)], "document_ids": [document]}
    sent = done(await place.by_office.post("/api/v1/announcements", json=body, headers=key()), 201)
    return {"announcement_id": sent["id"], "document_id": document}


async def test_the_hidden_is_answered_as_the_absent_is(contract: Contract, secrets: Secrets) -> None:
    nothing = absent(secrets.ids)
    for probe in probes(contract, HIDDEN_FROM):
        for name in HIDDEN_FROM[probe.concept]:
            client = secrets.strangers[name]
            hidden, missing = await probe.ask(client, secrets.ids), await probe.ask(client, nothing)
            assert seen(hidden) == seen(missing), f"{probe.method} {probe.template} by {name}"
            assert hidden.status_code in {401, 403, 404}, f"{probe.method} {probe.template} by {name}: {hidden.text}"


async def test_what_is_hidden_is_there(contract: Contract, secrets: Secrets) -> None:
    """Otherwise the test above would have shown nothing.

    A case that is not filed has no decision, nor a veto list; a notice without a published campaign no paper; a plan
    that was not sent back and a swap without an answer no letter; an account with a password alone no identity.
    """
    others = {"/api/v1/applications/{application_id}/vetoes", "/api/v1/programmes/{programme_id}/arrears/paper"}
    others |= {"/api/v1/plans/{plan_id}/return-letter", "/api/v1/swaps/{swap_id}/letter"}
    others |= {"/api/v1/accounts/{account_id}/identity"}
    for probe in probes(contract, HIDDEN_FROM):
        if probe.method == "get" and "{decision_id}" not in probe.template and probe.template not in others:
            answers = [await probe.ask(owner, secrets.ids) for owner in secrets.owners]
            assert 200 in [answer.status_code for answer in answers], probe.template


async def test_no_list_search_filter_or_count_shows_it(secrets: Secrets) -> None:
    for concept, query, existing in questions(secrets):
        for name in HIDDEN_FROM[concept]:
            client = secrets.strangers[name]
            hidden, missing = [await client.get(f"/api/v1/{concept}?{query}{value}") for value in existing]
            assert seen(hidden) == seen(missing), f"{concept}?{query} by {name}"


def questions(secrets: Secrets) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Questions of a stranger to a list: about the hidden, and about nothing."""
    ids, words, no_id = secrets.ids, secrets.words, str(uuid4())
    for concept, name in (
        ("applications", "unit_id"),
        ("plans", "committee_id"),
        ("filings", "committee_id"),
        ("extensions", "application_id"),
        ("exemptions", "application_id"),
        ("accounts", "unit_id"),
    ):
        yield concept, f"{name}=", (ids[name], no_id)
    for concept, word in (
        ("applications", "brand"),
        ("applications", "unit"),
        ("accounts", "username"),
        ("units", "unit"),
        ("committees", "committee"),
    ):
        yield concept, "q=", (words[word], "从来没有")
    yield "campaigns", "status=", ("draft", "draft&status=closed")
    yield "applications", "status=", ("endorsed", "declined")


async def test_a_reference_to_the_hidden_is_one_to_nothing(secrets: Secrets) -> None:
    for name, path, body, member in references(secrets):
        answers = []
        for value in (secrets.ids[member], str(uuid4())):
            sent = {each: [value] if each.endswith("_ids") else value for each in body if body[each] is None}
            client = secrets.strangers[name]
            answers.append(seen(await client.post(f"/api/v1/{path}", json=body | sent, headers=key())))
        found, expected = [(status, text.replace(secrets.ids[member], "")) for status, text, _ in answers]
        assert found[0] == expected[0], f"{path} by {name}"
        assert re.sub(UUID, "", found[1]) == re.sub(UUID, "", expected[1]), f"{path} by {name}"


UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
Reference = tuple[str, str, dict[str, Any], str]


def references(secrets: Secrets) -> Iterator[Reference]:
    """Bodies that name the hidden row; None is its placeholder."""
    campaign, why = {"campaign_id": str(secrets.place.campaign.id)}, {"reason": "材料有误。"}
    person = {"name": "张三", "username": f"p{uuid4().hex[:8]}"}
    decision = {"decision": "accept", "application_ids": None}
    later = campaign | why | {"deadline": "application", "due_on": "2015-09-30"}
    yield "other committee", "filings", campaign | {"application_ids": None}, "application_id"
    yield "other committee", "withdrawals", why | {"application_ids": None}, "application_id"
    yield "other unit", "withdrawals", why | {"application_ids": None}, "application_id"
    yield "office", "checks", decision, "application_id"
    yield "office", "extensions", later | {"application_id": None}, "application_id"
    looser = campaign | why | {"limit": "images_minimum", "value": 3}
    yield "office", "exemptions", looser | {"application_id": None}, "application_id"
    for name in ("other committee", "other unit", "sibling unit"):
        yield name, "applications", campaign | {"unit_id": None}, "unit_id"
    yield "other committee", "plans", {"campaign_id": None}, "campaign_id"
    yield "other committee", "applications", {"campaign_id": None, "unit_id": str(uuid4())}, "campaign_id"
    yield "other committee", "units", {"name": "社区", "honour_level": "district", "committee_id": None}, "committee_id"
    yield "other committee", "accounts", person | {"role": "unit", "unit_id": None}, "unit_id"
