import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pytest
import pytest_asyncio
from httpx2 import Response
from sqlalchemy import ColumnElement, func, select

from app.models import Committee, File, Unit
from app.models.enums import FileState, Role
from app.services.files import key_of
from app.storage import Storage
from tests.contract.client import ContractClient
from tests.imaging import corpus
from tests.scenarios.steps import done
from tests.world import World, key
from tests.world.attachments import ROLES
from tests.world.filing import District, district
from tests.world.uploads import photo, read, send_photo, send_photos


@dataclass
class Draft:
    """A unit's draft, and the unit's client."""

    committee: Committee
    unit: Unit
    client: ContractClient
    href: str


@pytest_asyncio.fixture(loop_scope="session")
async def draft(world: World) -> Draft:
    campaign = await world.campaign()
    committee = await world.committee(code="QT")
    unit = await world.unit(committee)
    client = await world.client_of(Role.UNIT, unit=unit)
    made = await client.post("/api/v1/applications", json={"campaign_id": str(campaign.id)}, headers=key())
    return Draft(committee, unit, client, made.headers["location"])


async def test_a_picture_comes_in_is_made_clean_and_goes_out_again(world: World, draft: Draft) -> None:
    sent = await send_photo(draft.client, draft.href, photo(1, comment=b"SECRET"), "志愿者义诊")
    assert sent.status_code == 201, sent.text
    image = sent.json()
    assert sent.headers["location"] == f"{draft.href}/images/{image['id']}"
    assert (image["slot"], image["caption"], image["width"], image["height"]) == (1, "志愿者义诊", 800, 600)

    application = await read(draft.client, draft.href)
    assert image == await read(draft.client, sent.headers["location"]) | {"application": image["application"]}
    assert image["application_etag"] == application["etag"]
    assert application["image_count"] == 1
    assert [each["id"] for each in application["images"]] == [image["id"]]

    content = await draft.client.get(image["content_href"])
    assert content.content.startswith(b"\xff\xd8\xff")
    assert b"SECRET" not in content.content
    assert len(content.content) == image["size"]
    assert {name: content.headers[name] for name in ("content-type", "etag", "content-disposition")} == {
        "content-type": "image/jpeg",
        "etag": f'"{image["sha256"]}"',
        "content-disposition": (
            f'attachment; filename="{application["number"]}-picture-1.jpg"; '
            f"filename*=UTF-8''{application['number']}-%E5%9B%BE%E7%89%871.jpg"
        ),
    }


async def test_whoever_changes_a_picture_gets_the_application_as_it_is_then(draft: Draft) -> None:
    """Version, pictures and findings: a page draws them without another read."""
    answers = [await send_photo(draft.client, draft.href, photo(1))]
    image = answers[0].headers["location"]
    changes: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", image, {"json": {"caption": "志愿者义诊"}}),
        ("PUT", f"{image}/content", {"files": {"file": ("photo.jpg", photo(2))}}),
    ]
    for method, address, body in changes:
        match = {"If-Match": answers[-1].json()["etag"]}
        answers.append(await draft.client.request(method, address, headers=match, **body))
        assert answers[-1].json()["application"] == await read(draft.client, draft.href)
    changed = [each.json() for each in answers]
    assert [each["application"]["etag"] for each in changed] == [each["application_etag"] for each in changed]
    assert [each["etag"] for each in changed] == [each.headers["etag"] for each in answers]
    findings = [each["application"]["actions"]["submit"]["findings"] for each in changed]
    assert [each["params"] for each in findings[0] if each["code"] == "too_few_images"] == [{"minimum": 5, "count": 1}]


async def test_bytes_are_only_ever_an_attachment_and_are_kept_by_nobody_on_the_way(draft: Draft) -> None:
    image = (await send_photo(draft.client, draft.href, photo(1))).json()
    first = await draft.client.get(image["thumbnail_href"])
    safe = ("content-security-policy", "cross-origin-resource-policy", "x-content-type-options", "cache-control")
    assert [first.headers[name] for name in safe] == [
        "default-src 'none'; frame-ancestors 'none'; sandbox",
        "same-site",
        "nosniff",
        "private, no-store",
    ]
    again = await draft.client.get(image["thumbnail_href"], headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await draft.client.get(image["thumbnail_href"], headers={"If-None-Match": f'"{image["sha256"]}"'})
    assert other.content == first.content


async def test_a_picture_is_seen_by_exactly_those_who_see_its_application(world: World, draft: Draft) -> None:
    image = (await send_photo(draft.client, draft.href, photo(1))).json()
    addresses = [f"{draft.href}/images/{image['id']}", image["content_href"], image["thumbnail_href"]]
    own = await world.client_of(Role.COMMITTEE, committee=draft.committee)
    strangers = [
        await world.client_of(Role.OFFICE),
        await world.client_of(Role.COMMITTEE, committee=await world.committee()),
        await world.client_of(Role.UNIT, unit=await world.unit(draft.committee)),
        await world.client_of(Role.REVIEWER),
    ]
    assert [(await own.get(address)).status_code for address in addresses] == [200, 200, 200]
    assert {(await other.get(address)).status_code for other in strangers for address in addresses} == {404}
    assert [(await send_photo(other, draft.href, photo(2))).status_code for other in strangers] == [404] * 4
    assert {(await world.client().get(address)).status_code for address in addresses} == {401}


async def test_what_is_no_acceptable_picture_is_refused_with_its_rule_and_leaves_nothing(
    world: World, draft: Draft
) -> None:
    bad = [b"%PDF-1.7", b"GIF89a", photo(size=(599, 800)), photo()[:-200], b"", b"\xff\xd8\xff\xe0 nothing more"]
    refused = [(await send_photo(draft.client, draft.href, data)).json()["findings"][0] for data in bad]
    assert [(finding["code"], finding["pointer"]) for finding in refused] == [
        ("unsupported_image", "/file"),
        ("unsupported_image", "/file"),
        ("image_too_small", "/file"),
        ("broken_image", "/file"),
        ("empty_file", "/file"),
        ("broken_image", "/file"),
    ]
    assert refused[2]["message"] == "图片尺寸过小（599×800 像素），短边至少 600 像素。"
    assert await files(world) == 0


async def test_a_picture_with_a_garbled_half_is_taken_with_advice(draft: Draft) -> None:
    whole, spoiled = corpus.jpeg(), corpus.zeroed(corpus.jpeg(quality=95), size=500)
    sent = [(await send_photo(draft.client, draft.href, data)).json() for data in (whole, spoiled)]
    assert [image["damaged"] for image in sent] == [False, True]
    findings = (await read(draft.client, draft.href))["actions"]["submit"]["findings"]
    (advice,) = [each for each in findings if each["code"] == "image_damaged"]
    assert (advice["severity"], advice["pointer"], advice["params"]) == ("advice", "/images", {"slot": 2})
    assert "第 2 幅" in advice["message"]


async def test_a_form_without_its_file_or_with_more_than_it_has_is_invalid(draft: Draft) -> None:
    address = f"{draft.href}/images"
    picture = {"file": ("a.jpg", photo(), "image/jpeg")}
    nothing = await draft.client.post(address, files={"caption": (None, "无")})
    words = await draft.client.post(address, files={"file": (None, "一段文字")})
    more = await draft.client.post(address, files=picture, data={"slot": "3"})
    long = await draft.client.post(address, files=picture, data={"caption": "长" * 201})
    places = [
        [(part["in"], part["pointer"]) for part in each.json()["errors"]] for each in (nothing, words, more, long)
    ]
    assert places == [[("body", "/file")], [("body", "/file")], [("body", "/slot")], [("body", "/caption")]]
    twice = await draft.client.post(address, files=[("file", picture["file"]), ("file", picture["file"])])
    assert [(part["pointer"], part["code"]) for part in twice.json()["errors"]] == [("/file", "repeated_part")]
    assert (await draft.client.post(address, json={})).status_code == 415
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await draft.client.post(address, content=b"--y\r\n", headers=broken)).status_code in (400, 422)


async def test_the_same_picture_is_refused_even_in_another_wrapping(draft: Draft) -> None:
    assert (await send_photo(draft.client, draft.href, photo(1))).status_code == 201
    for data in (photo(1), photo(1, comment=b"another file, the same picture")):
        again = await send_photo(draft.client, draft.href, data)
        assert again.status_code == 409, again.text
        assert [(f["code"], f["pointer"]) for f in again.json()["findings"]] == [("duplicate_image", "/file")]
    assert (await read(draft.client, draft.href))["image_count"] == 1


async def test_twenty_parallel_uploads_leave_exactly_eight_pictures(
    world: World, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.app.state.traffic, "uploads_at_once", 20)
    answers = await asyncio.gather(*(send_photo(draft.client, draft.href, photo(n)) for n in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] * 8 + [409] * 12
    refused = [answer.json()["findings"] for answer in answers if answer.status_code == 409]
    assert {finding["code"] for findings in refused for finding in findings} == {"too_many_images"}
    application = await read(draft.client, draft.href)
    assert [image["slot"] for image in application["images"]] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert application["image_count"] == 8
    contents = [(await draft.client.get(image["content_href"])).status_code for image in application["images"]]
    assert contents == [200] * 8
    assert await files(world, File.state == FileState.STORED) == 16


async def test_twenty_parallel_sends_of_one_picture_leave_one(
    world: World, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.app.state.traffic, "uploads_at_once", 20)
    answers = await asyncio.gather(*(send_photo(draft.client, draft.href, photo(1)) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    refused = [answer.json()["findings"] for answer in answers if answer.status_code == 409]
    assert {finding["code"] for findings in refused for finding in findings} == {"duplicate_image"}


async def test_caption_content_and_place_change_only_for_who_read_the_last_version(draft: Draft) -> None:
    image = (await send_photo(draft.client, draft.href, photo(1))).json()
    address, stale = f"{draft.href}/images/{image['id']}", {"If-Match": image["etag"]}

    described = await draft.client.patch(address, json={"caption": "义诊"}, headers=stale)
    assert (described.json()["caption"], described.json()["etag"]) == ("义诊", '"2"')
    other = {"file": ("b.jpg", photo(2), "image/jpeg")}
    replaced = await draft.client.put(image["content_href"], files=other, headers={"If-Match": '"2"'})
    assert replaced.status_code == 200, replaced.text
    after = replaced.json()
    assert (after["id"], after["caption"], after["slot"], after["etag"]) == (image["id"], "义诊", 1, '"3"')
    assert after["sha256"] != image["sha256"]
    assert (await draft.client.get(image["content_href"])).headers["etag"] == f'"{after["sha256"]}"'

    late = [
        await draft.client.patch(address, json={"caption": None}, headers=stale),
        await draft.client.put(image["content_href"], files={"file": ("c.jpg", photo(3))}, headers=stale),
        await draft.client.delete(address, headers=stale),
    ]
    assert [answer.status_code for answer in late] == [412, 412, 412]
    assert (await draft.client.delete(address)).status_code == 428
    assert (await draft.client.delete(address, headers={"If-Match": after["etag"]})).status_code == 200
    assert (await draft.client.get(address)).status_code == 404
    assert (await draft.client.get(image["content_href"])).status_code == 404
    assert (await read(draft.client, draft.href))["image_count"] == 0


async def test_pictures_are_put_in_the_order_in_which_all_of_them_are_named(draft: Draft) -> None:
    for number in (1, 2, 3):
        await send_photo(draft.client, draft.href, photo(number), f"第{number}幅")
    before = await read(draft.client, draft.href)
    ids = [image["id"] for image in before["images"]]

    fresh = {"If-Match": before["etag"]}
    for wrong in (ids[:2], [*ids, ids[0]], [*ids[:2], before["id"]]):
        refused = await draft.client.put(f"{draft.href}/image-order", json={"image_ids": wrong}, headers=fresh)
        assert [f["code"] for f in refused.json()["findings"]] == ["not_the_same_images"]

    wanted = [ids[2], ids[0], ids[1]]
    ordered = await draft.client.put(f"{draft.href}/image-order", json={"image_ids": wanted}, headers=fresh)
    assert [(image["id"], image["slot"], image["caption"]) for image in ordered.json()["images"]] == [
        (ids[2], 1, "第3幅"),
        (ids[0], 2, "第1幅"),
        (ids[1], 3, "第2幅"),
    ]
    late = await draft.client.put(f"{draft.href}/image-order", json={"image_ids": ids}, headers=fresh)
    assert late.status_code == 412


async def test_a_picture_taken_out_leaves_its_place_to_the_next_one(draft: Draft) -> None:
    sent = [(await send_photo(draft.client, draft.href, photo(number))).json() for number in (1, 2, 3)]
    gone = await draft.client.delete(f"{draft.href}/images/{sent[1]['id']}", headers={"If-Match": sent[1]["etag"]})
    assert gone.json() == await read(draft.client, draft.href)
    fresh = (await send_photo(draft.client, draft.href, photo(2))).json()
    assert [image["id"] for image in (await read(draft.client, draft.href))["images"]] == [
        sent[0]["id"],
        fresh["id"],
        sent[2]["id"],
    ]


async def test_a_picture_used_elsewhere_is_pointed_out_to_the_committee_and_never_to_a_unit(
    world: World, draft: Draft
) -> None:
    campaign_id = (await read(draft.client, draft.href))["campaign_id"]
    neighbour = await world.client_of(Role.UNIT, unit=await world.unit(draft.committee))
    stranger = await world.client_of(Role.UNIT, unit=await world.unit(await world.committee(code="XX")))
    hrefs = []
    for client in (neighbour, stranger):
        made = await client.post("/api/v1/applications", json={"campaign_id": campaign_id}, headers=key())
        hrefs.append(made.headers["location"])
        await send_photo(client, made.headers["location"], photo(1, comment=b"differently wrapped"))
    await send_photo(draft.client, draft.href, photo(1))

    committee = await world.client_of(Role.COMMITTEE, committee=draft.committee)
    seen = [(await read(client, draft.href))["images"][0]["seen_in"] for client in (committee, draft.client)]
    assert seen == [["2015-QT-002"], []]
    assert (await read(neighbour, hrefs[0]))["images"][0]["seen_in"] == []


async def files(world: World, *where: ColumnElement[bool]) -> int:
    async with world.database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(File).where(*where)) or 0


@pytest.mark.parametrize("instead", [None, b"other bytes"])
async def test_lost_and_altered_bytes_are_an_alarm_and_no_reason_to_try_again(
    world: World, draft: Draft, instead: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    image = (await send_photo(draft.client, draft.href, photo(1))).json()
    async with world.database.transaction() as session:
        (file_id,) = await session.scalars(select(File.id).where(File.sha256 == image["sha256"]))
    storage: Storage = world.app.state.storage
    await storage.delete(key_of(file_id))
    if instead:
        await storage.put(key_of(file_id), instead, media_type="image/jpeg", sha256=sha256(instead).hexdigest())
    answer = await draft.client.get(image["content_href"])
    assert (answer.status_code, answer.headers.get("retry-after")) == (500, None)
    (alarm,) = [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]
    assert key_of(file_id) in alarm


async def test_several_pictures_come_at_once_in_their_order(draft: Draft) -> None:
    await send_photo(draft.client, draft.href, photo(9), "原有")
    captions = {"captions": ["第一", "", "第三"]}
    once = {"data": captions, "headers": key()}
    sent = [await send_photos(draft.client, draft.href, photo(1), photo(2), photo(3), **once) for _ in range(2)]
    assert sent[0].status_code == 200, sent[0].text
    assert sent[0].content == sent[1].content
    assert [(image["slot"], image["caption"]) for image in sent[0].json()["images"]] == [
        (1, "原有"),
        (2, "第一"),
        (3, ""),
        (4, "第三"),
    ]


async def test_several_pictures_come_with_their_roles(world: World) -> None:
    place = await district(world, await world.campaign(images={"minimum": 1, "maximum": 8, "roles": ROLES}))
    href = f"/api/v1/applications/{await place.complete(pictures=0)}"
    sent = await send_photos(place.by_unit, href, photo(1), photo(2), photo(3), data={"roles": ["", "cover", "team"]})
    assert sent.status_code == 200, sent.text
    assert [image["role"] for image in sent.json()["images"]] == [None, "cover", "team"]
    for roles, findings in (
        (["cover"], [("/roles", "roles_differ")]),
        (["cover", "back"], [("/roles/1", "unknown_image_role")]),
        (
            ["back", "", "front"],
            [("/roles/0", "unknown_image_role"), ("/roles/2", "unknown_image_role"), ("/roles", "roles_differ")],
        ),
    ):
        refused = await send_photos(place.by_unit, href, photo(4), photo(5), data={"roles": roles})
        assert [(each["pointer"], each["code"]) for each in refused.json()["findings"]] == findings
    assert (await read(place.by_unit, href))["image_count"] == 3


async def test_of_several_pictures_all_are_taken_or_none_and_every_one_is_told(world: World, draft: Draft) -> None:
    await send_photo(draft.client, draft.href, photo(9))
    batches: dict[tuple[tuple[str, str], ...], list[bytes]] = {
        (("/files/1", "unsupported_image"), ("/files/2", "image_too_small"), ("/files/3", "empty_file")): [
            *(photo(1), b"GIF89a", photo(size=(599, 800)), b""),
        ],
        (("/files/1", "duplicate_image"), ("/files/2", "duplicate_image")): [photo(1), photo(9), photo(1)],
        (("/images", "too_many_images"),): [photo(number) for number in range(1, 9)],
    }
    for findings, batch in batches.items():
        refused = await send_photos(draft.client, draft.href, *batch)
        assert refused.status_code == 409, refused.text
        assert tuple((each["pointer"], each["code"]) for each in refused.json()["findings"]) == findings
    differ = await send_photos(draft.client, draft.href, photo(1), photo(2), data={"captions": ["一"]})
    assert [each["code"] for each in differ.json()["findings"]] == ["captions_differ"]
    batch = [photo(1), photo(9), b"GIF89a", b"", photo(1), *(photo(number) for number in range(2, 5))]
    whole = await send_photos(draft.client, draft.href, *batch, data={"captions": ["一"]})
    assert [(each["pointer"], each["code"]) for each in whole.json()["findings"]] == [
        ("/images", "too_many_images"),
        ("/captions", "captions_differ"),
        ("/files/2", "unsupported_image"),
        ("/files/3", "empty_file"),
        ("/files/1", "duplicate_image"),
        ("/files/4", "duplicate_image"),
    ]
    assert (await read(draft.client, draft.href))["image_count"] == 1
    assert await files(world, File.state != FileState.CONDEMNED) == 2


async def test_pictures_have_roles_of_which_the_submission_counts_so_many(world: World) -> None:
    limits = {"minimum": 1, "maximum": 8, "roles": ROLES}
    place = await district(world, await world.campaign(images=limits))
    path = f"/api/v1/applications/{await place.complete(pictures=1)}"
    assert [each["code"] for each in await asked(place, path)] == ["too_few_of_role"]
    file = {"file": ("封面.jpg", photo(21), "image/jpeg")}
    cover = done(await place.by_unit.post(f"{path}/images", files=file, data={"role": "cover"}), 201)
    assert (cover["role"], await asked(place, path)) == ("cover", [])
    (other,) = [each for each in (await read(place.by_unit, path))["images"] if each["id"] != cover["id"]]
    address, now = f"{path}/images/{other['id']}", {"If-Match": other["etag"]}
    refused = await place.by_unit.patch(address, json={"caption": None, "role": "back"}, headers=now)
    assert [each["code"] for each in refused.json()["findings"]] == ["unknown_image_role"]
    second = done(await place.by_unit.patch(address, json={"caption": None, "role": "cover"}, headers=now))
    assert [each["code"] for each in await asked(place, path)] == ["too_many_of_role"]
    assert (await place.by_unit.post(f"{path}/submission", headers=key())).status_code == 409
    now = {"If-Match": second["etag"]}
    kept = done(await place.by_unit.patch(address, json={"caption": "合影"}, headers=now))
    assert (kept["role"], kept["caption"]) == ("cover", "合影")
    now = {"If-Match": kept["etag"]}
    done(await place.by_unit.patch(address, json={"caption": "合影", "role": None}, headers=now))
    done(await place.by_unit.post(f"{path}/submission", headers=key()))
    version = await read(place.by_unit, f"{path}/versions/1")
    assert sorted(str(each["role"]) for each in version["images"]) == ["None", "cover"]


async def asked(place: District, path: str) -> list[Any]:
    findings = (await read(place.by_unit, path))["actions"]["submit"]["findings"]
    return [each for each in findings if each["severity"] == "error"]


async def test_a_picture_below_what_the_notice_asks_for_is_refused_wherever_it_comes_from(world: World) -> None:
    enough = photo(31, size=(1000, 700))
    limits = {"minimum": 1, "maximum": 8, "long_side": 1000, "short_side": 700, "smallest": len(enough)}
    place = await district(world, await world.campaign(images=limits))
    path = f"/api/v1/applications/{await place.complete(pictures=0)}"
    taken = done(await send_photo(place.by_unit, path, enough), 201)
    small = photo(32, size=(999, 700), comment=bytes(len(enough)))
    once = {"file": ("照片.jpg", small, "image/jpeg")}
    again = place.by_unit.put(f"{path}/images/{taken['id']}/content", files=once, headers={"If-Match": taken["etag"]})
    refused = [await send_photo(place.by_unit, path, small), await again]
    assert [codes(each) for each in refused] == [[("/file", "image_too_small")]] * 2
    batch = await send_photos(place.by_unit, path, photo(33, size=(1000, 700), comment=b"x" * 99), small)
    assert codes(batch) == [("/files/1", "image_too_small")]
    light = photo(34, size=(1000, 700), quality=1)
    assert len(light) < len(enough)
    assert codes(await send_photo(place.by_unit, path, light)) == [("/file", "file_too_small")]
    assert [each["id"] for each in (await read(place.by_unit, path))["images"]] == [taken["id"]]


def codes(refused: Response) -> list[tuple[str, str]]:
    assert refused.status_code == 409, refused.text
    return [(each["pointer"], each["code"]) for each in refused.json()["findings"]]
