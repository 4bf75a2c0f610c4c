"""Supporting documents over HTTP: taken by kind, served by the rule of their application, sealed with it."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.models import File
from app.models.enums import FileState, Role
from app.services.policies.filing.attachments import FORMATS
from tests.contract.client import ContractClient
from tests.scenarios.steps import done
from tests.world import World, key
from tests.world.attachments import KINDS, MEDIA
from tests.world.filing import District, district
from tests.world.uploads import photo, read, scan, send_attachment, word

PDF, JPEG, DOCX = FORMATS


@pytest.fixture
async def place(world: World) -> District:
    return await district(world, await world.campaign(attachments=KINDS))


async def drafted(place: District) -> str:
    return f"/api/v1/applications/{await place.complete()}"


async def submitted(place: District, *documents: bytes) -> str:
    path = await drafted(place)
    for document in documents:
        done(await send_attachment(place.by_unit, path, document), 201)
    done(await place.by_unit.post(f"{path}/submission", headers=key()))
    return path


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(each["code"], each["pointer"]) for each in answer.json()["findings"]]


async def test_a_document_comes_in_by_its_kind_and_goes_out_again(place: District) -> None:
    path = await drafted(place)
    sent = done(await send_attachment(place.by_unit, path, scan(1), title="《劳动日报》报道"), 201)
    editable = done(await send_attachment(place.by_unit, path, word(), "editable", "申报表"), 201)
    application = await read(place.by_unit, path)
    assert [each["id"] for each in application["attachments"]] == [sent["id"], editable["id"]]
    assert (editable["application_etag"], editable["application"]) == (application["etag"], application)
    assert (sent["kind"], sent["title"], sent["media_type"], sent["etag"]) == ("media", "《劳动日报》报道", PDF, '"1"')
    content = await place.by_unit.get(editable["content_href"])
    assert (len(content.content), content.headers["etag"]) == (editable["size"], f'"{editable["sha256"]}"')
    safe = ("content-type", "content-security-policy", "x-content-type-options", "cache-control")
    assert [content.headers[name] for name in safe] == [
        DOCX,
        "default-src 'none'; frame-ancestors 'none'; sandbox",
        "nosniff",
        "private, no-store",
    ]
    assert content.headers["content-disposition"].startswith(f'attachment; filename="{application["number"]}-attach')
    ticket = done(await place.by_unit.post("/api/v1/tickets", json={"hrefs": [sent["content_href"]]}))["tickets"][0]
    assert (await place.world.client().get(ticket["ticketed_href"])).headers["content-type"] == PDF


async def test_what_is_not_asked_for_is_refused_with_its_rule_and_leaves_nothing(place: District) -> None:
    path = await drafted(place)
    before = await stored(place)
    refused = [
        await send_attachment(place.by_unit, path, scan(), "proof"),
        await send_attachment(place.by_unit, path, word()),
        await send_attachment(place.by_unit, path, photo(), "editable"),
        await send_attachment(place.by_unit, path, b"PK\x03\x04 xl/workbook.xml"),
        await send_attachment(place.by_unit, path, word(part=("word/vbaProject.bin", b"x")), "editable"),
        await send_attachment(place.by_unit, path, b""),
    ]
    assert [codes(each) for each in refused] == [
        [("unknown_attachment_kind", "/kind")],
        [("wrong_format", "/file")],
        [("wrong_format", "/file")],
        [("unsupported_attachment", "/file")],
        [("active_scan", "/file")],
        [("empty_file", "/file")],
    ]
    assert refused[1].json()["findings"][0]["message"] == "“媒体报道”须为以下格式：PDF 文件、图片；这是Word 文档。"
    assert await stored(place) == before
    assert (await read(place.by_unit, path))["attachments"] == []


async def stored(place: District) -> int | None:
    async with place.world.database.transaction() as session:
        return await session.scalar(select(func.count()).where(File.state == FileState.STORED))


async def test_a_large_file_and_the_same_one_again_are_refused(world: World) -> None:
    small = photo(size=(600, 600))
    asked = MEDIA | {"max_bytes": len(small)}
    place = await district(world, await world.campaign(attachments=[asked]))
    path = await drafted(place)
    large = await send_attachment(place.by_unit, path, photo(size=(1600, 1200)))
    assert codes(large) == [("attachment_too_large", "/file")]
    done(await send_attachment(place.by_unit, path, small), 201)
    assert codes(await send_attachment(place.by_unit, path, small)) == [("duplicate_attachment", "/file")]


async def test_parallel_uploads_leave_as_many_as_the_kind_allows(place: District) -> None:
    path = await drafted(place)
    answers = await asyncio.gather(*(send_attachment(place.by_unit, path, photo(n)) for n in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 201, 409, 409]
    assert {code for each in answers if each.status_code == 409 for code, _ in codes(each)} == {"too_many_attachments"}
    assert [each["kind"] for each in (await read(place.by_unit, path))["attachments"]] == ["media", "media"]


async def test_the_submission_asks_for_them_and_advises_the_others(place: District) -> None:
    path = await drafted(place)
    findings = (await read(place.by_unit, path))["actions"]["submit"]["findings"]
    told = [(each["code"], each["severity"], each["message"]) for each in findings if each["pointer"] == "/attachments"]
    assert told == [
        ("too_few_attachments", "error", "“媒体报道”至少 1 份，现有 0 份。"),
        ("too_few_attachments", "advice", "建议附上“申报表电子版”至少 1 份，现有 0 份。"),
    ]
    refused = await place.by_unit.post(f"{path}/submission", headers=key())
    assert refused.status_code == 409
    await submitted(place, scan(1))


async def test_title_and_presence_change_only_for_who_read_the_last_version(place: District) -> None:
    path = await drafted(place)
    sent = done(await send_attachment(place.by_unit, path, scan(1)), 201)
    address, stale = f"{path}/attachments/{sent['id']}", {"If-Match": sent["etag"]}
    changed = done(await place.by_unit.patch(address, json={"title": "新标题"}, headers=stale))
    assert (changed["title"], changed["etag"]) == ("新标题", '"2"')
    late = [
        await place.by_unit.patch(address, json={"title": "再改"}, headers=stale),
        await place.by_unit.delete(address, headers=stale),
    ]
    assert [each.status_code for each in late] == [412, 412]
    without = done(await place.by_unit.delete(address, headers={"If-Match": changed["etag"]}))
    assert without == await read(place.by_unit, path)
    assert [(await place.by_unit.get(each)).status_code for each in (address, sent["content_href"])] == [404, 404]
    assert (await read(place.by_unit, path))["content_digest"] != changed["sha256"]


async def test_a_version_keeps_what_was_attached_and_the_next_one_tells_the_difference(place: District) -> None:
    path = await submitted(place, scan(1))
    version = await read(place.by_unit, f"{path}/versions/1")
    (first,) = version["attachments"]
    assert (await read(place.by_unit, path))["content_digest"] == version["digest"]
    done(await place.by_committee.post(f"{path}/return", json={"reason": "请补充。"}))
    done(await place.by_unit.delete(f"{path}/attachments/{first['id']}", headers={"If-Match": "*"}))
    done(await send_attachment(place.by_unit, path, scan(2), title="另一篇"), 201)
    assert (await read(place.by_unit, path))["content_digest"] != version["digest"]
    done(await place.by_unit.post(f"{path}/submission", headers=key()))
    differences = await read(place.by_unit, f"{path}/versions/2/differences")
    assert [(each["change"], each["title_before"], each["title_after"]) for each in differences["attachments"]] == [
        ("added", None, "另一篇"),
        ("removed", "报道", None),
    ]
    kept = await place.by_unit.get(first["content_href"])
    assert (kept.status_code, kept.headers["etag"]) == (200, f'"{first["sha256"]}"')


async def test_a_document_is_seen_by_exactly_those_who_see_its_application(world: World, place: District) -> None:
    path = await submitted(place, scan(1))
    (sent,) = (await read(place.by_unit, path))["attachments"]
    addresses = [f"{path}/attachments/{sent['id']}", sent["content_href"]]
    strangers = [
        await world.client_of(Role.COMMITTEE, committee=await world.committee()),
        await world.client_of(Role.UNIT, unit=await world.unit(place.committee)),
        await world.client_of(Role.REVIEWER),
    ]
    assert await seen(place.by_committee, addresses) == [200, 200]
    assert [await seen(each, addresses) for each in (place.by_office, *strangers)] == [[404, 404]] * 4
    assert (await send_attachment(strangers[1], path, scan(2))).status_code == 404
    assert await seen(world.client(), addresses) == [401, 401]


async def seen(client: ContractClient, addresses: list[str]) -> list[int]:
    return [(await client.get(each)).status_code for each in addresses]


async def test_the_office_reads_what_was_filed_and_never_a_later_draft(place: District) -> None:
    paths = [await submitted(place, scan(number)) for number in (1, 2)]
    ids = [UUID(each.rpartition("/")[2]) for each in paths]
    for application_id in ids:
        await place.seal(application_id)
    done(await place.file(*ids), 201)
    filed = await read(place.by_office, paths[0])
    (attached,) = filed["attachments"]
    assert (await place.by_office.get(attached["content_href"])).headers["etag"] == f'"{attached["sha256"]}"'
    reasons = {"reason_codes": ["seal_unclear"], "remark": "请补正。", "due_on": "2015-09-10"}
    done(await place.by_office.post(f"{paths[0]}/correction-request", json=reasons))
    before = await read(place.by_unit, paths[0])
    (own,) = before["attachments"]
    done(await place.by_unit.delete(f"{paths[0]}/attachments/{own['id']}", headers={"If-Match": own["etag"]}))
    after = await read(place.by_unit, paths[0])
    assert (before["sealed"], after["sealed"], after["attachments"]) == (True, False, [])
    assert (await read(place.by_office, paths[0]))["attachments"] == [attached]
    assert (await place.by_office.get(attached["content_href"])).status_code == 200
