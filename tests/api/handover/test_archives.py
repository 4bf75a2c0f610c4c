import hashlib
import json
import re
import subprocess
import zipfile
from pathlib import Path
from shutil import which
from uuid import UUID

import bagit
import jsonschema_rs

from app.models.enums import PlanStatus, Role
from app.services.filing import applications
from app.services.filing.cells import ApplicationForm
from app.services.history import digest_of
from tests.contract.client import DOCUMENT, Contract, ContractClient
from tests.contract.operations import SCHEMAS
from tests.world import World, actor_of, codes_of, key, templates
from tests.world.attachments import MEDIA
from tests.world.commending import planned
from tests.world.filing import district
from tests.world.handover import Nominating, nominating
from tests.world.sheets import entered
from tests.world.uploads import scan

MODELS = {
    "announcements.json": "AnnouncementOut",
    "awards.json": "AwardSummary",
    "exemptions.json": "ExemptionOut",
    "extensions.json": "ExtensionOut",
    "receipts/*.json": "FilingOut",
}


async def unpacked(client: ContractClient, place: Nominating, folder: Path, query: str = "") -> Path:
    answer = await client.get(f"/api/v1/campaigns/{place.campaign.id}/archive{query}")
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    data = opened(answer.content, folder)
    assert f'filename="{data.parent.name}.zip"' in answer.headers["content-disposition"]
    return data


def opened(content: bytes, folder: Path) -> Path:
    """Open the archive as others do: by the program `unzip`, and by the Library of Congress's validator."""
    folder.mkdir()
    (folder / "all.zip").write_bytes(content)
    if which("unzip"):
        subprocess.run(["unzip", "-tqq", "all.zip"], cwd=folder, check=True)
    with zipfile.ZipFile(folder / "all.zip") as archive:
        archive.extractall(folder)
        (name,) = {Path(each).parts[0] for each in archive.namelist()}
    bagit.Bag(str(folder / name)).validate()
    return folder / name / "data"


def inside(folder: Path) -> list[str]:
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return sorted(files - {"README.txt"})


async def number_of(client: ContractClient, application_id: UUID) -> str:
    return str((await client.get(f"/api/v1/applications/{application_id}")).json()["number"])


async def granted_and_announced(place: Nominating) -> list[str]:
    """Give the committee a later deadline, and a word; return the lists in which both are."""
    mine, of = place.district, {"campaign_id": str(place.campaign.id)}
    form = {"kind": "notice", "title": "活动通知", "public": "true"}
    sent = {"file": ("通知.pdf", scan(77), "application/pdf")}
    documents = f"/api/v1/campaigns/{place.campaign.id}/documents"
    later = {"committee_id": str(mine.committee.id), "deadline": "plan", "due_on": "2015-05-10", "reason": "暴雨。"}
    word = {"title": "补充通知", "text": "请补报。", "audience": "chosen", "committee_ids": [str(mine.committee.id)]}
    looser = {"committee_id": str(mine.committee.id), "limit": "images_minimum", "value": 0, "reason": "仅存一幅。"}
    for answer in (
        await mine.by_office.post("/api/v1/exemptions", json=of | looser, headers=key()),
        await mine.by_office.post(documents, data=form, files=sent, headers=key()),
        await mine.by_office.post("/api/v1/extensions", json=of | later, headers=key()),
        await mine.by_office.post("/api/v1/announcements", json=of | word, headers=key()),
    ):
        assert answer.status_code == 201, answer.text
    return ["announcements.json", "exemptions.json", "extensions.json"]


def objections(contract: Contract, data: Path) -> list[str]:
    """Compare what an archive has for programs with the models of the API: no member more, and none less."""
    kept = {name: json.loads(path.read_text("utf-8")) for name in MODELS for path in data.glob(name)}
    refs = {name: {"$ref": f"{DOCUMENT}#/components/schemas/{model}"} for name, model in MODELS.items()}
    return [
        f"{name}: {error.message}"
        for name, found in kept.items()
        for row in (found if isinstance(found, list) else [found])
        for error in jsonschema_rs.Draft202012Validator(refs[name], registry=contract.registry).iter_errors(row)
    ]


def names_of_plans(data: Path) -> set[str]:
    """The members of plans and of their rows that neither plans nor committees have in the API."""
    found = [json.loads(path.read_text("utf-8")) for path in data.glob("plans/*.json")]
    known = {name for model in ("PlanOut", "PlannedCaseOut", "CommitteeOut") for name in SCHEMAS[model]["properties"]}
    return {name for plan in found for row in (plan, *plan["cases"]) for name in row} - known - {"committee_code"}


async def test_everybody_gets_what_they_may_see_and_nothing_else(world: World, tmp_path: Path) -> None:
    place = await nominating(world, 2)
    mine = place.district
    other = await district(world, place.campaign, code="XX")
    draft = await mine.complete(pictures=0)
    case = ["application.json", "application.txt", "endorsement.pdf", "images/1.jpg", "images/2.jpg"]
    one, two, three = [await number_of(mine.by_unit, each) for each in (*place.cases, draft)]
    filed = [f"{number}/{name}" for number in (one, two) for name in case]
    begun = [f"{three}/{name}" for name in case[:2]]
    made = (await mine.by_committee.get("/api/v1/filings")).json()["items"]
    receipts = [f"receipts/{filing['number']}.json" for filing in made]
    await planned(mine, 2)
    await planned(other, 1, status=PlanStatus.DRAFT, submitted_at=None, submitted_cases=None)
    plan, drafted = ([f"plans/{each.committee.code}.{kind}" for kind in ("json", "txt")] for each in (mine, other))
    lists = await granted_and_announced(place)
    papers = ["documents.json", "documents/01.pdf", "awards.json"]
    expected = {
        "unit": (mine.by_unit, [*filed, *begun, *papers, "exemptions.json"]),
        "committee": (mine.by_committee, filed + begun + receipts + plan + papers + lists),
        "office": (mine.by_office, filed + receipts + plan + papers + lists),
        "other committee": (other.by_committee, drafted + papers[:2]),
    }
    for name, (client, files) in expected.items():
        data = await unpacked(client, place, tmp_path / name)
        assert inside(data) == sorted(files), name
        assert (objections(world.contract, data), names_of_plans(data)) == ([], set())
        texts = " ".join(path.read_text("utf-8") for path in data.glob("[!R]*/*.txt"))
        assert codes_of(place.campaign.settings).isdisjoint(re.findall("[a-z_]+", texts)), "people read them"
    of_each = ((mine.committee, filed + receipts + plan + papers + lists), (other.committee, papers[:2]))
    for committee, files in of_each:
        query = f"?committee_id={committee.id}"
        assert inside(await unpacked(mine.by_office, place, tmp_path / committee.code, query)) == sorted(files)
    path = f"/api/v1/campaigns/{place.campaign.id}/archive"
    assert (await (await world.client_of(Role.REVIEWER)).get(path)).status_code == 403
    assert (await place.by_municipal.get(path)).status_code == 403
    assert (await mine.by_unit.get(f"/api/v1/campaigns/{draft}/archive")).status_code == 404
    for client, unknown in ((mine.by_office, draft), (mine.by_committee, other.committee.id), (mine.by_unit, draft)):
        assert (await client.get(f"{path}?committee_id={unknown}")).status_code == 404


async def test_the_office_has_it_as_it_was_filed_and_its_owners_as_it_is(world: World, tmp_path: Path) -> None:
    place = await nominating(world)
    mine, (case,) = place.district, place.cases
    await place.answer(await place.nominated(), "returned")
    back = {"due_on": "2015-10-01", "remark": "请补正。", "reason_codes": ["seal_unclear"]}
    returned = await mine.by_office.post(f"/api/v1/applications/{case}/correction-request", json=back)
    assert returned.status_code == 200, returned.text
    async with world.acting(actor_of(mine.member)) as ctx:
        await applications.edit(ctx, case, ApplicationForm(brand_name="改过的品牌"), None)
    told = {}
    for name, client in (("office", mine.by_office), ("unit", mine.by_unit)):
        folder = await unpacked(client, place, tmp_path / name) / await number_of(client, case)
        told[name] = json.loads((folder / "application.json").read_text("utf-8"))
        row = (await client.get(f"/api/v1/applications/{case}")).json()
        assert (told[name]["status"], told[name]["content"]["form"]["brand_name"]) == (row["status"], row["brand_name"])
        assert digest_of(told[name]["content"]) == row["content_digest"]
        assert row["brand_name"] in (folder / "application.txt").read_text("utf-8")
        pictures = [hashlib.sha256((folder / f"images/{each['slot']}.jpg").read_bytes()) for each in row["images"]]
        assert [each.hexdigest() for each in pictures] == [each["sha256"] for each in row["images"]]
    assert [each["content"]["form"]["brand_name"] for each in told.values()] == ["第1号品牌", "改过的品牌"]


async def test_a_plan_is_the_submitted_one_to_the_office_and_the_present_one_to_its_committee(
    world: World, tmp_path: Path
) -> None:
    place = await district(world, liaison_name="张静", liaison_phone="0315-3724062", leader_name="李文博")
    unit = {"unit_id": str(place.unit.id)}
    body = {"campaign_id": str(place.campaign.id), "cases": [unit | {"name": "道德讲堂", "category": "derun"}]}
    plan = (await place.by_committee.post("/api/v1/plans", json=body, headers=key())).json()
    path = f"/api/v1/plans/{plan['id']}"
    assert (await place.by_committee.post(f"{path}/submission", headers=key())).status_code == 200
    sent_back = await place.by_office.post(f"{path}/return", json={"reason": "请改名称。"})
    assert sent_back.status_code == 200, sent_back.text
    renamed = {"cases": [{"id": plan["cases"][0]["id"], "name": "改过的名称", **unit}]}
    assert (await place.by_committee.patch(path, json=renamed, headers={"If-Match": "*"})).status_code == 200
    name = {"office": "道德讲堂", "committee": "改过的名称"}
    for who, client in (("office", place.by_office), ("committee", place.by_committee)):
        answer = await client.get(f"/api/v1/campaigns/{place.campaign.id}/archive")
        folder = opened(answer.content, tmp_path / who) / "plans"
        kept = json.loads((folder / f"{place.committee.code}.json").read_text("utf-8"))
        assert [(row["name"], row["unit_name"]) for row in kept["cases"]] == [(name[who], place.unit.name)]
        assert (kept["liaison_name"], kept["status"], kept["return_reason"]) == ("张静", "returned", "请改名称。")
        lines = (folder / f"{place.committee.code}.txt").read_text("utf-8").splitlines()
        assert lines[2:5] == ["状态：已退回", "主管领导：李文博", "联络员：张静，0315-3724062"]
        assert lines[5].startswith(f"1. {name[who]}（{place.unit.name}")


async def test_supporting_documents_are_packed_for_the_office_and_for_their_owners(
    world: World, tmp_path: Path
) -> None:
    place = await nominating(world, attachments=[MEDIA])
    address = f"/api/v1/applications/{place.cases[0]}"
    for name, client in {"office": place.by_office, "unit": place.district.by_unit}.items():
        application = (await client.get(address)).json()
        (attached,) = application["attachments"]
        packed = await unpacked(client, place, tmp_path / name)
        content = (packed / application["number"] / "attachments" / "1.pdf").read_bytes()
        assert hashlib.sha256(content).hexdigest() == attached["sha256"]


async def test_scans_of_score_sheets_are_packed_for_the_office_in_the_material_of_all(
    world: World, tmp_path: Path
) -> None:
    sheet = await entered(world)
    made = sheet.made
    assert (await sheet.store(1)).status_code == 200
    path = f"/api/v1/campaigns/{made.campaign.id}/archive"
    packed = opened((await made.by_office.get(path)).content, tmp_path / "office")
    (listed,) = json.loads((packed / "score_sheets.json").read_text("utf-8"))
    names = {"reviewer_name": made.judges[0].name, "clerk_name": made.clerk.name, "checker_name": None}
    content = (packed / "score_sheets" / "1-001-1.pdf").read_bytes()
    assert listed == names | {
        "file": "1-001-1.pdf",
        "round_number": 1,
        "case_number": 1,
        "application_number": await number_of(made.by_office, made.cases[0].id),
        "media_type": "application/pdf",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    committee = made.committees[0]
    by_committee = await world.client_of(Role.COMMITTEE, committee=committee)
    for name, client, query in (("one", made.by_office, f"?committee_id={committee.id}"), ("own", by_committee, "")):
        files = inside(opened((await client.get(path + query)).content, tmp_path / name))
        assert [each for each in files if "sheet" in each] == []


async def test_templates_in_force_are_packed_for_the_office_with_the_digest_that_it_reads(
    world: World, tmp_path: Path
) -> None:
    place = await nominating(world)
    mine, campaign = place.district, place.campaign.id
    for paper in ("plan_form", "receipt"):
        href = templates.address(campaign, paper)
        await templates.put(mine.by_office, href, (await mine.by_office.get(f"{href}/starter")).content)
    removed = await mine.by_office.delete(templates.address(campaign, "receipt"), headers={"If-Match": "*"})
    assert removed.status_code == 200, removed.text
    in_force = (await mine.by_office.get(templates.address(campaign, "plan_form"))).json()["template"]
    data = await unpacked(mine.by_office, place, tmp_path / "office")
    assert [path.name for path in data.glob("templates/*")] == ["plan_form.docx"]
    manifest = (data.parent / "manifest-sha256.txt").read_text("utf-8").splitlines()
    assert f"{in_force['sha256']} data/templates/plan_form.docx" in [" ".join(line.split()) for line in manifest]
    assert "文书模板" in (data / "README.txt").read_text("utf-8")
    others = ((mine.by_committee, ""), (mine.by_unit, ""), (mine.by_office, f"?committee_id={mine.committee.id}"))
    for number, (client, query) in enumerate(others):
        assert not (await unpacked(client, place, tmp_path / str(number), query) / "templates").exists()
