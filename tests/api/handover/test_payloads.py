import hashlib
import json
from datetime import timedelta
from typing import Any

import jsonschema_rs
import pytest
from sqlalchemy import select

from app.models import Award, Campaign, Committee, Endorsement, Unit
from app.models.enums import AwardStatus
from app.services.history import canonical
from tests.world import FORM, NOW, World
from tests.world.attachments import MEDIA
from tests.world.files import stored
from tests.world.handover import NOMINATIONS, PICTURES, REASON, Nominating, nominating
from tests.world.uploads import photo, scan

SCHEMA = "/api/v1/payload-schemas/nomination-1"


@pytest.fixture
async def place(world: World) -> Nominating:
    return await nominating(world)


async def fetched(place: Nominating, made: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    answer = await place.by_municipal.get(made["payload_href"])
    assert answer.status_code == 200, answer.text
    return answer.content, answer.json()


async def test_a_payload_is_valid_by_the_published_schema_which_anybody_may_read(place: Nominating) -> None:
    schema = await place.world.client().get(SCHEMA)
    assert (schema.status_code, schema.headers["content-type"]) == (200, "application/schema+json")
    validator = jsonschema_rs.Draft202012Validator(schema.json(), validate_formats=True)
    content, payload = await fetched(place, await place.nominated())
    assert [error.message for error in validator.iter_errors(payload)] == []
    assert validator.is_valid(payload | {"more": 1}) is False
    assert canonical(payload) == content


async def test_its_bytes_are_what_its_digest_and_its_etag_say(place: Nominating) -> None:
    made = await place.nominated()
    answer = await place.by_office.get(made["payload_href"])
    assert hashlib.sha256(answer.content).hexdigest() == made["payload_digest"]
    assert answer.headers["etag"] == f'"{made["payload_digest"]}"'
    known = await place.by_municipal.get(made["payload_href"], headers={"If-None-Match": answer.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


async def test_it_tells_the_whole_case_as_it_was_filed(place: Nominating) -> None:
    made = await place.nominated()
    _, payload = await fetched(place, made)
    application = payload["application"]
    assert application["content"]["form"] == FORM | {"brand_name": "第1号品牌"}
    assert application["digest"] == hashlib.sha256(canonical(application["content"])).hexdigest()
    assert payload["endorsement"]["digest"] == application["digest"]
    assert (application["version"], application["category_name"], application["filed_at"]) == (
        2,
        "情满路北",
        "2015-04-21T02:00:00Z",
    )
    assert payload["nomination"] == {
        "id": made["id"],
        "revision": 1,
        "replaces": None,
        "reason": REASON,
        "prepared_at": "2015-04-21T02:00:00Z",
    }
    award = payload["award"]
    assert [award[name] for name in ("kind_name", "certificate_number", "document_number", "grade")] == [
        "优秀案例",
        "路北文明创建〔2015〕第1号",
        "路北文明办〔2015〕12号",
        None,
    ]
    assert payload["campaign"]["organizer"]["short_name"] == "路北文明办"
    assert (payload["committee"]["name"], payload["unit"]["name"]) == (
        place.district.committee.name,
        place.district.unit.name,
    )


async def test_its_files_are_fetched_by_their_digest(place: Nominating) -> None:
    made = await place.nominated()
    _, payload = await fetched(place, made)
    originals = [*(photo(slot) for slot in range(1, PICTURES + 1)), scan(0)]
    assert [file["path"] for file in payload["files"]] == ["images/1.jpg", "images/2.jpg", "endorsement.pdf"]
    for file, original in zip(payload["files"], originals, strict=True):
        path = f"{NOMINATIONS}/{made['id']}/files/{file['sha256']}"
        answer = await place.by_municipal.get(path)
        assert (answer.content, len(answer.content)) == (original, file["size"])
        assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
        assert answer.headers["content-type"] == file["media_type"]
        known = await place.by_office.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert known.status_code == 304
    pictures = payload["application"]["content"]["images"]
    assert [file["sha256"] for file in payload["files"][:-1]] == [picture["sha256"] for picture in pictures]
    assert payload["files"][-1]["sha256"] == payload["endorsement"]["sha256"]


async def test_a_file_is_found_only_with_its_own_nomination(world: World) -> None:
    place = await nominating(world, 2)
    first, second = await place.nominated(0), await place.nominated(1)
    _, payload = await fetched(place, first)
    for file in payload["files"]:
        answer = await place.by_municipal.get(f"{NOMINATIONS}/{second['id']}/files/{file['sha256']}")
        assert answer.status_code == 404
    assert (await place.by_municipal.get(f"{NOMINATIONS}/{first['id']}/files/{'0' * 63}")).status_code == 422


async def test_nothing_that_happens_later_changes_it(world: World, place: Nominating) -> None:
    made = await place.nominated()
    before, payload = await fetched(place, made)
    await place.answer(made, "returned")
    await place.by_office.post(f"{NOMINATIONS}/{made['id']}/withdrawal", json={"reason": "奖项已撤销。"})
    async with world.database.transaction() as session:
        (await session.get_one(Award, place.awards[0].id)).status = AwardStatus.REVOKED
        (await session.get_one(Unit, place.district.unit.id)).name = "改名社区"
        (await session.get_one(Committee, place.district.committee.id)).name = "改名党工委"
        (await session.get_one(Campaign, place.campaign.id)).name = "改名活动"
    assert (await place.by_office.get(made["payload_href"])).content == before
    for file in payload["files"]:
        answer = await place.by_office.get(f"{NOMINATIONS}/{made['id']}/files/{file['sha256']}")
        assert answer.status_code == 200
    read = (await place.by_office.get(f"{NOMINATIONS}/{made['id']}")).json()
    assert (read["payload_digest"], read["unit_name"]) == (made["payload_digest"], json.loads(before)["unit"]["name"])


async def test_a_later_seal_does_not_take_the_place_of_the_one_it_was_filed_under(
    world: World, place: Nominating
) -> None:
    async with world.database.transaction() as session:
        filed_under = (await session.scalars(select(Endorsement))).one()
        filed_under.voided_at, filed_under.void_reason = NOW, "replaced"
        later = {"endorsed_at": NOW + timedelta(days=1), "endorsed_by": filed_under.endorsed_by}
        digested = {"application_id": filed_under.application_id, "digest": filed_under.digest}
    await world.add(Endorsement(file_id=(await stored(world)).id, **digested, **later))
    _, payload = await fetched(place, await place.nominated())
    assert payload["endorsement"]["sha256"] == hashlib.sha256(scan(0)).hexdigest()


async def test_supporting_documents_are_told_by_the_fourth_schema_and_fetched_as_the_other_files(world: World) -> None:
    place = await nominating(world, attachments=[MEDIA])
    made = await place.nominated()
    content, payload = await fetched(place, made)
    schema = (await world.client().get(SCHEMA.replace("-1", "-4"))).json()
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    assert [error.message for error in validator.iter_errors(payload)] == []
    assert canonical(payload) == content
    (attached,) = payload["application"]["content"]["attachments"]
    (file,) = [each for each in payload["files"] if each["kind"] == "attachment"]
    assert (payload["schema_version"], attached["kind"], file["path"]) == (4, "media", "attachments/1.pdf")
    assert (file["sha256"], file["size"]) == (attached["sha256"], attached["size"])
    assert payload["application"]["attachment_kinds"] == [{"code": "media", "name": "媒体报道", "name_en": ""}]
    answer = await place.by_municipal.get(f"{NOMINATIONS}/{made['id']}/files/{file['sha256']}")
    assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]


async def test_a_place_in_the_recommended_order_is_told_by_the_fifth_schema(world: World) -> None:
    place = await nominating(world, recommended_order="required", attachments=[MEDIA])
    content, payload = await fetched(place, await place.nominated())
    schema = (await world.client().get(SCHEMA.replace("-1", "-5"))).json()
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    assert [error.message for error in validator.iter_errors(payload)] == []
    assert canonical(payload) == content
    assert (payload["schema_version"], payload["application"]["recommended_rank"]) == (5, 1)


async def test_without_an_order_the_member_is_absent(world: World) -> None:
    place = await nominating(world, recommended_order="optional")
    _, payload = await fetched(place, await place.nominated())
    assert payload["schema_version"] == 1
    assert "recommended_rank" not in payload["application"]
