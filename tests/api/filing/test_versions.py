import hashlib
import json
from typing import Any

from app.models.enums import ApplicationStatus
from app.services.history import digest_of
from tests.world import NO_ROWS, key
from tests.world.submitted import Submitted
from tests.world.uploads import photo, read, send_photo


async def resubmit(one: Submitted, **cells: Any) -> None:
    """Return it, change it, and hand it in again."""
    await one.put_in_state(ApplicationStatus.RETURNED)
    edited = await one.unit.patch(one.href, json=cells, headers={"If-Match": "*"})
    assert edited.status_code == 200, edited.text
    again = await one.unit.post(f"{one.href}/submission", headers=key())
    assert again.status_code == 200, again.text


async def test_what_was_submitted_stays_whatever_is_edited_later(submitted: Submitted) -> None:
    before = await submitted.seen()
    await resubmit(submitted, brand_name="新名称")
    listed = await read(submitted.unit, f"{submitted.href}/versions")
    assert [(row["number"], row["occasion"]) for row in listed["items"]] == [(1, "submission"), (2, "submission")]
    assert listed["total"] == 2

    first = await read(submitted.unit, f"{submitted.href}/versions/1")
    assert first["form"]["brand_name"] == before["brand_name"]
    assert first["digest"] == before["content_digest"]
    assert [image["sha256"] for image in first["images"]] == [image["sha256"] for image in before["images"]]
    for image in first["images"]:
        kept = await submitted.unit.get(image["thumbnail_href"])
        assert kept.status_code == 200


async def test_anybody_who_may_read_a_version_can_check_its_digest(submitted: Submitted) -> None:
    version = await read(submitted.committee, f"{submitted.href}/versions/1")
    content = {
        name: version[name] for name in ("unit_name", "committee_name", "form", "narrative_length", "image_count")
    }
    members = ("id", "slot", "caption", "sha256", "width", "height", "size")
    content["images"] = [{name: image[name] for name in members} for image in version["images"]]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(canonical.encode()).hexdigest() == version["digest"] == digest_of(content)


async def test_differences_are_told_by_sentence_and_by_picture(submitted: Submitted) -> None:
    first, second = (await submitted.seen())["images"][:2]
    await submitted.put_in_state(ApplicationStatus.RETURNED)
    await submitted.unit.delete(f"{submitted.href}/images/{first['id']}", headers={"If-Match": "*"})
    added = (await send_photo(submitted.unit, submitted.href, photo(50), "新照片")).json()
    await submitted.unit.patch(
        f"{submitted.href}/images/{second['id']}", json={"caption": "改了"}, headers={"If-Match": "*"}
    )
    await resubmit(submitted, brand_name="新名称", phone="3724063")

    differences = await read(submitted.unit, f"{submitted.href}/versions/2/differences")
    assert (differences["number"], differences["against"]) == (2, 1)
    assert [(cell["cell"], [piece["change"] for piece in cell["pieces"]]) for cell in differences["cells"]] == [
        ("brand_name", ["removed", "added"]),
        ("phone", ["removed", "added"]),
    ]
    assert [
        (each["change"], each["image_id"], each["caption_before"], each["caption_after"])
        for each in differences["pictures"]
    ] == [
        ("added", added["id"], None, "新照片"),
        ("described", second["id"], second["caption"], "改了"),
        ("removed", first["id"], first["caption"], None),
    ]
    back = await read(submitted.unit, f"{submitted.href}/versions/1/differences?against=2")
    assert [piece["text"] for piece in back["cells"][0]["pieces"]] == ["新名称", "“红马甲”邻里互助站"]
    itself = await read(submitted.unit, f"{submitted.href}/versions/1/differences?against=1")
    assert (itself["cells"], itself["pictures"]) == ([], [])


async def test_the_first_version_differs_from_nothing_in_all_it_says(submitted: Submitted) -> None:
    differences = await read(submitted.unit, f"{submitted.href}/versions/1/differences")
    assert differences["against"] is None
    assert len(differences["cells"]) == 12
    assert [each["change"] for each in differences["pictures"]] == ["added"] * 5


async def test_the_office_sees_the_filings_alone(submitted: Submitted) -> None:
    address = f"{submitted.href}/versions"
    assert (await submitted.office.get(address)).status_code == 404
    await submitted.seal()
    await submitted.put_in_state(ApplicationStatus.FILED, filed=True)
    listed = await read(submitted.office, address)
    assert [(row["number"], row["occasion"]) for row in listed["items"]] == [(2, "filing")]
    asked = ("/1", "/2", "/2/differences", "/2/differences?against=1", "/9")
    assert [(await submitted.office.get(address + each)).status_code for each in asked] == [404, 200, 200, 404, 404]
    assert (await read(submitted.office, f"{address}/2/differences"))["against"] is None


async def test_a_draft_has_no_versions_and_a_stranger_no_draft(submitted: Submitted) -> None:
    campaign_id = (await submitted.seen())["campaign_id"]
    made = await submitted.unit.post("/api/v1/applications", json={"campaign_id": campaign_id}, headers=key())
    address = f"{made.headers['location']}/versions"
    assert await read(submitted.unit, address) == NO_ROWS
    assert (await submitted.office.get(address)).status_code == 404
