import hashlib
import json
import subprocess
import zipfile
from pathlib import Path
from shutil import which
from uuid import UUID

import bagit

from app.api.http.downloads import attachment
from app.models.enums import Role
from app.services.filing import applications
from app.services.history import digest_of
from tests.contract.client import ContractClient
from tests.world import World, actor_of
from tests.world.filing import district
from tests.world.handover import Nominating, nominating

NAME = "material-2015-20150421"


async def unpacked(client: ContractClient, place: Nominating, folder: Path, query: str = "") -> Path:
    answer = await client.get(f"/api/v1/campaigns/{place.campaign.id}/archive{query}")
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["content-disposition"] == attachment(f"{NAME}.zip")
    return opened(answer.content, folder)


def opened(content: bytes, folder: Path) -> Path:
    """Open the archive as others do: by the program `unzip`, and by the Library of Congress's validator."""
    folder.mkdir()
    (folder / "all.zip").write_bytes(content)
    if which("unzip"):
        subprocess.run(["unzip", "-tqq", "all.zip"], cwd=folder, check=True)
    with zipfile.ZipFile(folder / "all.zip") as archive:
        archive.extractall(folder)
    bagit.Bag(str(folder / NAME)).validate()
    return folder / NAME / "data"


def inside(folder: Path) -> list[str]:
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return sorted(files - {"README.txt"})


async def number_of(client: ContractClient, application_id: UUID) -> str:
    return str((await client.get(f"/api/v1/applications/{application_id}")).json()["number"])


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
    expected = {
        "unit": (mine.by_unit, filed + begun),
        "committee": (mine.by_committee, filed + begun + receipts),
        "office": (mine.by_office, filed + receipts),
        "other committee": (other.by_committee, []),
    }
    for name, (client, files) in expected.items():
        assert inside(await unpacked(client, place, tmp_path / name)) == sorted(files), name
    for committee, files in ((mine.committee, filed + receipts), (other.committee, [])):
        query = f"?committee_id={committee.id}"
        assert inside(await unpacked(mine.by_office, place, tmp_path / committee.code, query)) == sorted(files)
    path = f"/api/v1/campaigns/{place.campaign.id}/archive"
    assert (await (await world.client_of(Role.REVIEWER)).get(path)).status_code == 403
    assert (await place.by_municipal.get(path)).status_code == 403
    assert (await mine.by_unit.get(f"/api/v1/campaigns/{draft}/archive")).status_code == 404


async def test_the_office_has_it_as_it_was_filed_and_its_owners_as_it_is(world: World, tmp_path: Path) -> None:
    place = await nominating(world)
    mine, (case,) = place.district, place.cases
    await place.answer(await place.nominated(), "returned")
    back = {"due_on": "2015-10-01", "remark": "请补正。", "reason_codes": ["seal_unclear"]}
    returned = await mine.by_office.post(f"/api/v1/applications/{case}/correction-request", json=back)
    assert returned.status_code == 200, returned.text
    async with world.acting(actor_of(mine.member)) as ctx:
        await applications.edit(ctx, case, applications.ApplicationForm(brand_name="改过的品牌"), None)
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
