import asyncio
from datetime import timedelta

from sqlalchemy import select

from app.api.http.downloads import attachment
from app.database import Clock
from app.file_names import FileName
from app.models import File
from app.models.enums import ApplicationStatus, FileState, Role
from tests.world import FORM, NOW, World, key
from tests.world.submitted import Submitted
from tests.world.uploads import as_stored, photo, read, scan, send_photo, send_scan


async def test_a_scan_seals_exactly_the_present_content(submitted: Submitted) -> None:
    sealed = await submitted.seal(scan(1))
    assert (sealed["status"], sealed["sealed"]) == ("endorsed", True)
    endorsement = await submitted.endorsement(submitted.unit)
    members = (
        "digest",
        "covers_content",
        "application_etag",
        "media_type",
        "voided_at",
        "void_reason",
        "changed_fields",
    )
    assert [endorsement[name] for name in members] == [
        sealed["content_digest"],
        True,
        sealed["etag"],
        "application/pdf",
        None,
        None,
        [],
    ]
    for client in (submitted.unit, submitted.committee):
        stamped = await client.get(endorsement["scan_href"])
        assert (stamped.content, stamped.headers["content-type"]) == (as_stored(scan(1)), "application/pdf")
        name = FileName("2015-QT-001-盖章扫描件.pdf", "2015-QT-001-scan.pdf")
        assert stamped.headers["content-disposition"] == attachment(name)


async def test_a_photographed_stamp_is_made_clean(submitted: Submitted) -> None:
    await submitted.seal(photo(9, comment=b"SECRET"))
    endorsement = await submitted.endorsement(submitted.unit)
    stamped = await submitted.unit.get(endorsement["scan_href"])
    assert (endorsement["media_type"], len(stamped.content)) == ("image/jpeg", endorsement["size"])
    assert b"SECRET" not in stamped.content


async def test_only_the_committee_seals_and_only_what_it_read(submitted: Submitted) -> None:
    tag = (await submitted.seen())["etag"]
    assert (await send_scan(submitted.unit, submitted.href, scan(), tag)).status_code == 403
    assert (await send_scan(submitted.office, submitted.href, scan(), tag)).status_code == 404
    assert (await send_scan(submitted.committee, submitted.href, scan(), '"1"')).status_code == 412
    missing = await submitted.committee.post(f"{submitted.href}/endorsement", files={"file": ("s.pdf", scan())})
    assert missing.status_code == 428
    assert (await submitted.unit.get(f"{submitted.href}/endorsement")).status_code == 404
    await submitted.put_in_state(ApplicationStatus.RETURNED)
    early = await send_scan(submitted.committee, submitted.href, scan(), tag)
    assert (early.status_code, early.json()["state"]) == (409, "returned")


async def test_what_is_no_acceptable_scan_is_refused_with_its_rule(submitted: Submitted) -> None:
    tag = (await submitted.seen())["etag"]
    refused = [
        (await send_scan(submitted.committee, submitted.href, data, tag)).json()["findings"]
        for data in (b"PK\x03\x04", scan()[:-900], photo(size=(500, 500)))
    ]
    assert [[(f["code"], f["pointer"]) for f in findings] for findings in refused] == [
        [("unsupported_scan", "/file")],
        [("broken_scan", "/file")],
        [("image_too_small", "/file")],
    ]
    assert (await submitted.seen())["status"] == "submitted"


async def test_a_seal_is_in_time_when_it_was_handed_in_in_time(submitted: Submitted, clock: Clock) -> None:
    """The end of 14 September, exclusive: one millisecond decides."""
    tag, end = (await submitted.seen())["etag"], NOW.replace(month=9, day=15, hour=0)
    clock.stopped_at = end
    late = await send_scan(submitted.committee, submitted.href, scan(), tag)
    assert [finding["code"] for finding in late.json()["findings"]] == ["deadline_passed"]
    clock.stopped_at = end - timedelta(milliseconds=1)
    uploading = asyncio.create_task(send_scan(submitted.committee, submitted.href, photo(3), tag))
    await _until_reserved(submitted.world)
    clock.stopped_at = end
    assert (await uploading).status_code == 200


async def _until_reserved(world: World) -> None:
    for _ in range(200):
        async with world.database.transaction() as session:
            if await session.scalar(select(File.id).where(File.state == FileState.RESERVED)):
                return
        await asyncio.sleep(0.005)
    raise AssertionError("nothing was reserved")


async def test_a_seal_is_taken_back_until_it_is_filed(submitted: Submitted) -> None:
    sealed = await submitted.seal()
    address = f"{submitted.href}/endorsement"
    assert (await submitted.committee.delete(address)).status_code == 428
    assert (await submitted.committee.delete(address, headers={"If-Match": '"1"'})).status_code == 412
    assert (await submitted.unit.delete(address, headers={"If-Match": sealed["etag"]})).status_code == 403
    revoked = await submitted.committee.delete(address, headers={"If-Match": sealed["etag"]})
    assert (revoked.json()["status"], revoked.json()["sealed"]) == ("submitted", False)
    endorsement = await submitted.endorsement(submitted.unit)
    assert (endorsement["covers_content"], endorsement["void_reason"]) == (False, "revoked")
    assert endorsement["voided_by_name"] == "党（工）委用户"

    await submitted.seal(scan(2))
    await submitted.put_in_state(ApplicationStatus.FILED)
    late = await submitted.committee.delete(address, headers={"If-Match": "*"})
    assert (late.status_code, late.json()["state"]) == (409, "filed")


async def test_editing_what_the_office_returned_voids_the_seal_and_says_what_changed(submitted: Submitted) -> None:
    await submitted.seal()
    await submitted.put_in_state(ApplicationStatus.RETURNED, filed=True)
    same = await submitted.unit.patch(
        submitted.href, json={"brand_name": FORM["brand_name"]}, headers={"If-Match": "*"}
    )
    assert same.json()["sealed"] is True
    edited = await submitted.unit.patch(
        submitted.href, json={"brand_name": "新名称", "phone": "3724063"}, headers={"If-Match": "*"}
    )
    assert edited.json()["sealed"] is False
    endorsement = await submitted.endorsement(submitted.committee)
    assert (endorsement["covers_content"], endorsement["void_reason"]) == (False, "content_changed")
    assert sorted(endorsement["changed_fields"]) == ["brand_name", "phone"]
    filed = await submitted.endorsement(submitted.office)
    members = ("covers_content", "voided_at", "voided_by_name", "void_reason", "changed_fields")
    assert [filed[name] for name in members] == [True, None, None, None, []]
    assert (await submitted.office.get(filed["scan_href"])).content == as_stored(scan())


async def test_changing_a_picture_voids_the_seal_too(submitted: Submitted) -> None:
    await submitted.seal()
    await submitted.put_in_state(ApplicationStatus.RETURNED, filed=True)
    image = (await submitted.seen())["images"][0]
    address = f"{submitted.href}/images/{image['id']}"
    same = await submitted.unit.patch(address, json={"caption": image["caption"]}, headers={"If-Match": "*"})
    assert same.status_code == 200
    assert (await submitted.seen())["sealed"] is True
    await submitted.unit.patch(address, json={"caption": "别的说明"}, headers={"If-Match": "*"})
    endorsement = await submitted.endorsement(submitted.unit)
    assert (endorsement["void_reason"], endorsement["changed_fields"]) == ("content_changed", ["images"])


async def test_the_office_goes_on_seeing_the_pictures_that_were_filed(submitted: Submitted) -> None:
    await submitted.seal()
    await submitted.put_in_state(ApplicationStatus.RETURNED, filed=True)
    first, second = (await read(submitted.office, submitted.href))["images"][:2]
    files = {"file": ("new.jpg", photo(99))}
    replaced = await submitted.unit.put(first["content_href"], files=files, headers={"If-Match": "*"})
    removed = await submitted.unit.delete(f"{submitted.href}/images/{second['id']}", headers={"If-Match": "*"})
    fresh = (await send_photo(submitted.unit, submitted.href, photo(98))).json()
    assert (replaced.status_code, removed.status_code) == (200, 200)

    assert [image["id"] for image in (await read(submitted.office, submitted.href))["images"]][:2] == [
        first["id"],
        second["id"],
    ]
    for image in (first, second):
        kept = await submitted.office.get(image["content_href"])
        assert kept.headers["etag"] == f'"{image["sha256"]}"'
    assert (await submitted.office.get(fresh["content_href"])).status_code == 404
    assert (await submitted.office.get(f"{submitted.href}/images/{fresh['id']}")).status_code == 404
    async with submitted.world.database.transaction() as session:
        assert (await session.scalars(select(File.id).where(File.state != FileState.STORED))).all() == []
    own = await submitted.unit.get(first["content_href"])
    old = await submitted.unit.get(f"{first['content_href']}?version=1")
    assert own.headers["etag"] == f'"{replaced.json()["sha256"]}"'
    assert old.headers["etag"] == f'"{first["sha256"]}"'
    assert (await submitted.office.get(f"{first['content_href']}?version=1")).status_code == 404
    assert (await submitted.unit.get(second["content_href"])).status_code == 200


async def test_the_office_learns_of_the_same_picture_only_from_what_was_filed(submitted: Submitted) -> None:
    await submitted.seal()
    await submitted.put_in_state(ApplicationStatus.FILED, filed=True)
    world = submitted.world
    other = await world.client_of(Role.UNIT, unit=await world.unit(await world.committee(code="XX")))
    campaign_id = (await submitted.seen())["campaign_id"]
    made = await other.post("/api/v1/applications", json={"campaign_id": campaign_id} | FORM, headers=key())
    href = made.headers["location"]
    await asyncio.gather(*(send_photo(other, href, photo(number)) for number in (0, 10, 11, 12, 13)))
    await other.post(f"{href}/submission", headers=key())

    async def seen_in() -> list[str]:
        images = (await read(submitted.office, submitted.href))["images"]
        return [number for image in images for number in image["seen_in"]]

    assert await seen_in() == []
    twin = Submitted(world, other, other, submitted.office, href)
    await twin.put_in_state(ApplicationStatus.FILED, filed=True)
    assert await seen_in() == ["2015-XX-001"]
