import re
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.models import Application, ApplicationVersion, Award, Commendation, VersionImage
from app.models.enums import AwardStatus, CommendationStatus, Role
from tests.contract.client import ContractClient
from tests.world import NO_ROWS, NOW, World, key
from tests.world.commending import ENDS, Commending, commending, publicise, publish
from tests.world.files import stored

PUBLIC = "/api/v1/public"
KEPT = "public, max-age=60"
PHOTO, OTHER = b"\xff\xd8\xff approved", b"\xff\xd8\xff not approved"
NEVER = ("3724062", "李文博", "党支部书记", "90", "第 1 名", "创创", "做做", "效效")
"""Of what was filed and judged: a phone, a leader, a score, a rank, a reason, the text itself."""


@pytest.fixture
async def place(world: World) -> Commending:
    """A draft with a case that has an approved picture, another case, and a committee."""
    place = await commending(world, (1, 90.0), (2, 80.0))
    await pictured(place)
    await place.award(0, pictures=[2])
    await place.award(1, public_summary="文化惠民")
    committee = {"to_committee_id": place.committees[1].id, "to_committee_name": place.committees[1].name}
    of_committee = {"kind": "advanced_committee", "application_id": None, "version_id": None, "public_summary": ""}
    await place.award(1, position=3, **committee, **of_committee)
    return place


async def pictured(place: Commending) -> None:
    """Two pictures in what the first case filed, and names as they were then."""
    for slot, data in ((1, OTHER), (2, PHOTO)):
        files = [await stored(place.world, data + bytes([half])) for half in range(2)]
        picture = {"image_id": uuid4(), "file_id": files[0].id, "thumbnail_id": files[1].id}
        await place.world.add(VersionImage(version_id=place.cases[0].filed_version_id, slot=slot, **picture))


async def published(place: Commending) -> list[str]:
    """Publicise and publish; the awards in their order."""
    assert (await publicise(place)).status_code == 200
    place.world.database.clock.stopped_at = ENDS
    assert (await publish(place)).status_code == 200
    return [str(each) for each in await place.its_awards()]


async def everything(place: Commending, client: ContractClient) -> dict[str, Any]:
    """Every public address there could be for this commendation, with status, headers and bytes."""
    hrefs = ["commendations", "awards", f"commendations/{place.commendation.id}"]
    hrefs += [f"awards?{query}" for query in ("q=社区", "category=qingman", f"commendation_id={place.commendation.id}")]
    async with place.world.database.transaction() as session:
        awards = (await session.scalars(select(Award))).all()
    for award in awards:
        hrefs += [f"awards/{award.id}", *(f"awards/{award.id}/images/{slot}" for slot in range(1, 9))]
        hrefs += [f"awards/{award.id}/images/{slot}/thumbnail" for slot in range(1, 9)]
        hrefs += [f"certificates/{award.verification_code}"] if award.verification_code else []
    return {href: await client.get(f"{PUBLIC}/{href}") for href in hrefs}


async def test_anybody_reads_what_is_publicised(place: Commending) -> None:
    await publicise(place)
    anybody = place.world.client()
    listed = await anybody.get(f"{PUBLIC}/commendations")
    assert listed.headers["cache-control"] == KEPT
    [row] = listed.json()["items"]
    assert row == {
        "id": str(place.commendation.id),
        "title": "关于表彰优秀案例的通报",
        "status": "publicised",
        "award_count": 3,
        "publicised_at": "2015-04-21T02:00:00Z",
        "publicity_first_on": "2015-04-22",
        "publicity_last_on": "2015-04-28",
        "document_number": None,
        "published_at": None,
    }
    read = await anybody.get(f"{PUBLIC}/commendations/{place.commendation.id}")
    assert read.headers["cache-control"] == KEPT
    award_id = str((await place.its_awards())[0])
    first, second, third = read.json()["awards"]
    assert read.json() == row | {"preface": "", "wording": "通报表彰", "awards": [first, second, third]}
    assert first == {
        "id": award_id,
        "commendation_id": row["id"],
        "kind": "excellent_case",
        "kind_name": "优秀案例",
        "grade": None,
        "grade_name": None,
        "recipient": "application",
        "name": "第1号品牌",
        "person_title": None,
        "unit_name": place.units[0].name,
        "committee_name": "",
        "unit_name_now": None,
        "committee_name_now": place.committees[0].name,
        "category": "qingman",
        "category_name": "情满路北",
        "public_summary": "邻里互助",
        "cells": [],
        "picture_hrefs": [f"{PUBLIC}/awards/{award_id}/images/2"],
        "thumbnail_hrefs": [f"{PUBLIC}/awards/{award_id}/images/2/thumbnail"],
        "certificate_number": None,
        "awarded_at": None,
    }
    assert (third["recipient"], third["name"], third["unit_name"], third["category"], third["kind_name"]) == (
        "committee",
        place.committees[1].name,
        None,
        None,
        "组织工作先进单位",
    )
    alone = await anybody.get(f"{PUBLIC}/awards/{award_id}")
    assert (alone.json(), alone.headers["cache-control"]) == (first, KEPT)


async def test_publication_adds_the_numbers(place: Commending) -> None:
    awards = await published(place)
    anybody = place.world.client()
    read = (await anybody.get(f"{PUBLIC}/commendations/{place.commendation.id}")).json()
    assert (read["status"], read["document_number"], read["published_at"]) == (
        "published",
        "路北文明办〔2015〕1号",
        "2015-04-28T16:00:00Z",
    )
    numbers = {row["id"]: row["certificate_number"] for row in read["awards"]}
    assert numbers == {each: f"路北文明创建〔2015〕第{number}号" for number, each in enumerate(awards, 1)}


async def test_never_a_phone_a_person_a_score_a_rank_a_reason_or_an_application(place: Commending) -> None:
    await publicise(place)
    before = await everything(place, place.world.client())
    await finish(place)
    after = await everything(place, place.world.client())
    text = " ".join(answer.text for answer in (*before.values(), *after.values()))
    text = re.sub(
        r"[0-9a-f]{8}-[0-9a-f-]{27}|urn:uuid:\S+", lambda found: found[0] if found[0] in ids(place) else "", text
    )
    numbers = [case.number for case in place.cases]
    assert [word for word in (*NEVER, *ids(place), *numbers) if word in text] == []


def ids(place: Commending) -> set[str]:
    """Of everything that is not the commendation or an award."""
    rows = (*place.cases, *place.units, *place.committees, place.clerk, place.round, place.campaign)
    return {str(row.id) for row in rows} | {str(case.filed_version_id) for case in place.cases}


async def finish(place: Commending) -> None:
    place.world.database.clock.stopped_at = ENDS
    assert (await publish(place)).status_code == 200


async def test_awards_are_found_by_commendation_kind_category_and_text(place: Commending) -> None:
    first, second, third = await published(place)
    anybody = place.world.client()
    for query, expected in (
        ({}, [first, second, third]),
        ({"commendation_id": str(place.commendation.id)}, [first, second, third]),
        ({"commendation_id": str(uuid4())}, []),
        ({"kind": "advanced_committee"}, [third]),
        ({"kind": "nothing"}, []),
        ({"category": "qingman"}, [first, second]),
        ({"category": "derun"}, []),
        ({"q": "第1号"}, [first]),
        ({"q": "文化惠民"}, [second]),
        ({"q": place.committees[1].name}, [third]),
        ({"q": place.units[0].name}, [first]),
        ({"q": "%"}, []),
        ({"q": "邻里", "kind": "excellent_case"}, [first]),
    ):
        page = (await anybody.get(f"{PUBLIC}/awards", params=query)).json()
        assert ([row["id"] for row in page["items"]], page["total"]) == (expected, len(expected)), query
    page = (await anybody.get(f"{PUBLIC}/awards", params={"limit": 2})).json()
    rest = (await anybody.get(f"{PUBLIC}/awards", params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert [row["id"] for row in (*page["items"], *rest["items"])] == [first, second, third]


async def test_a_draft_and_what_was_never_there_are_answered_alike(place: Commending) -> None:
    anybody = place.world.client()
    award_id = str((await place.its_awards())[0])
    for known, unknown in (
        (f"commendations/{place.commendation.id}", f"commendations/{uuid4()}"),
        (f"awards/{award_id}", f"awards/{uuid4()}"),
        (f"awards/{award_id}/images/2", f"awards/{uuid4()}/images/2"),
        (f"awards/{award_id}/images/2/thumbnail", f"awards/{uuid4()}/images/2/thumbnail"),
    ):
        hidden, absent = [await anybody.get(f"{PUBLIC}/{href}") for href in (known, unknown)]
        assert without_number(hidden) == without_number(absent)
        assert (hidden.status_code, hidden.headers["cache-control"]) == (404, "private, no-store")
    for href in ("commendations", "awards", f"awards?commendation_id={place.commendation.id}", "awards?q=第1号"):
        answer = await anybody.get(f"{PUBLIC}/{href}")
        assert answer.json() == NO_ROWS


def without_number(answer: Any) -> tuple[Any, ...]:
    """All of the answer but the request's number."""
    body = {name: value for name, value in answer.json().items() if name != "instance"}
    return answer.status_code, body, {name: v for name, v in answer.headers.items() if name != "x-request-id"}


async def test_whoever_asks_is_answered_the_same_bytes(place: Commending) -> None:
    await published(place)
    expected = await everything(place, place.world.client())
    clients = {**await place.everybody_else(), "office": place.by_office}
    clients["stale"] = place.world.client(Authorization="Bearer nobody")
    for who, client in clients.items():
        for href, answer in (await everything(place, client)).items():
            same = expected[href]
            assert answer.status_code == same.status_code, (who, href)
            if answer.status_code == 200:
                assert answer.content == same.content, (who, href)
                numbered = {"x-request-id": ""}
                assert dict(answer.headers) | numbered == dict(same.headers) | numbered, (who, href)


@pytest.mark.parametrize("status", [AwardStatus.HELD, AwardStatus.PROPOSED])
async def test_what_an_objection_holds_looks_as_it_did(place: Commending, status: AwardStatus) -> None:
    await publicise(place)
    anybody = place.world.client()
    before = await everything(place, anybody)
    await place.stands(CommendationStatus.PUBLICISED, status)
    async with place.world.database.transaction() as session:
        row = await session.get_one(Commendation, place.commendation.id)
        row.publicity_ends_at, row.version = ENDS, row.version + 1
    after = await everything(place, anybody)
    assert {href: without_id(answer) for href, answer in after.items()} == {
        href: without_id(answer) for href, answer in before.items()
    }


def without_id(answer: Any) -> tuple[Any, ...]:
    return (answer.status_code, answer.content) if answer.status_code == 200 else without_number(answer)


async def test_what_was_dropped_or_revoked_is_gone_with_its_pictures(place: Commending) -> None:
    first, *rest = await published(place)
    anybody, picture = place.world.client(), f"{PUBLIC}/awards/{first}/images/2"
    assert [(await anybody.get(f"{picture}{small}")).status_code for small in ("", "/thumbnail")] == [200, 200]
    path = f"/api/v1/awards/{first}/revocation"
    revoked = await place.by_office.post(path, json={"reason": "经查实，材料不实"}, headers=key())
    assert revoked.status_code == 200, revoked.text
    assert [(await anybody.get(f"{picture}{small}")).status_code for small in ("", "/thumbnail")] == [404, 404]
    assert (await anybody.get(f"{PUBLIC}/awards/{first}")).status_code == 404
    assert [row["id"] for row in (await anybody.get(f"{PUBLIC}/awards")).json()["items"]] == rest
    read = (await anybody.get(f"{PUBLIC}/commendations/{place.commendation.id}")).json()
    assert ([row["id"] for row in read["awards"]], read["award_count"]) == (rest, 2)


async def test_only_approved_pictures_are_shown_and_only_as_long_as_their_award(place: Commending) -> None:
    anybody = place.world.client()
    award_id = (await place.its_awards())[0]
    assert (await anybody.get(f"{PUBLIC}/awards/{award_id}/images/2")).status_code == 404
    await publicise(place)
    picture = await anybody.get(f"{PUBLIC}/awards/{award_id}/images/2")
    assert (picture.status_code, picture.content) == (200, PHOTO + b"\0")
    assert (picture.headers["content-type"], picture.headers["cache-control"]) == ("image/jpeg", KEPT)
    assert picture.headers["cross-origin-resource-policy"] == "cross-origin"
    assert picture.headers["content-disposition"] == (
        f'attachment; filename="award-2015-{award_id.hex[-8:]}-picture-2.jpg"; '
        "filename*=UTF-8''2015-%E7%AC%AC1%E5%8F%B7%E5%93%81%E7%89%8C-%E5%9B%BE%E7%89%872.jpg"
    )
    assert picture.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    known = {"If-None-Match": picture.headers["etag"]}
    again = await anybody.get(f"{PUBLIC}/awards/{award_id}/images/2", headers=known)
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", KEPT)
    small = await anybody.get(f"{PUBLIC}/awards/{award_id}/images/2/thumbnail")
    assert (small.status_code, small.headers["cache-control"]) == (200, KEPT)
    assert 'filename="award-2015-' in small.headers["content-disposition"]
    for slot, status in ((1, 404), (3, 404), (0, 422), (9, 422)):
        for form in ("", "/thumbnail"):
            assert (await anybody.get(f"{PUBLIC}/awards/{award_id}/images/{slot}{form}")).status_code == status


async def test_a_picture_is_the_one_that_was_filed_whatever_is_filed_later(place: Commending) -> None:
    """The award keeps its version; a newer one has other pictures and another name."""
    case = place.cases[0]
    async with place.world.database.transaction() as session:
        old = await session.get_one(ApplicationVersion, case.filed_version_id)
        values = {"content": old.content | {"unit_name": "改名后的单位"}, "digest": "1" * 64}
        newer = ApplicationVersion(
            application_id=case.id,
            number=2,
            occasion=old.occasion,
            fixed_at=NOW,
            fixed_by=old.fixed_by,
            **values,
        )
        session.add(newer)
        await session.flush()
        (await session.get_one(Application, case.id)).filed_version_id = newer.id
    await publicise(place)
    anybody = place.world.client()
    award_id = (await place.its_awards())[0]
    assert (await anybody.get(f"{PUBLIC}/awards/{award_id}")).json()["unit_name"] == place.units[0].name
    assert (await anybody.get(f"{PUBLIC}/awards/{award_id}/images/2")).content == PHOTO + b"\0"


async def test_anybody_checks_a_certificate_and_of_a_revoked_one_learns_only_that(place: Commending) -> None:
    first, *_ = await published(place)
    code = (await place.by_office.get(f"/api/v1/awards/{first}")).json()["verification_code"]
    anybody = place.world.client()
    answer = await anybody.get(f"{PUBLIC}/certificates/{code}")
    assert answer.headers["cache-control"] == "private, no-store"
    stands = {
        "genuine": True,
        "status": "awarded",
        "certificate_number": "路北文明创建〔2015〕第1号",
        "recipient": "application",
        "name": "第1号品牌",
        "person_title": None,
        "unit_name": place.units[0].name,
        "committee_name": "",
        "kind_name": "优秀案例",
        "grade_name": None,
        "awarded_at": "2015-04-28T16:00:00Z",
        "revoked_at": None,
    }
    assert answer.json() == stands
    await place.by_office.post(f"/api/v1/awards/{first}/revocation", json={"reason": "材料不实"}, headers=key())
    revoked = (await anybody.get(f"{PUBLIC}/certificates/{code}")).json()
    kept = {"genuine", "certificate_number"}
    gone = dict.fromkeys(stands.keys() - kept)
    assert revoked == stands | gone | {"status": "revoked", "revoked_at": "2015-04-28T16:00:00Z"}
    assert (await anybody.get(f"{PUBLIC}/certificates/7K4M-Q2XA-9TCE-H5WP")).status_code == 404
    assert (await anybody.get(f"{PUBLIC}/certificates/7k4m")).status_code == 422


async def test_nothing_can_be_changed_without_signing_in(place: Commending) -> None:
    await publicise(place)
    for client in (place.world.client(), await place.world.client_of(Role.OFFICE)):
        for href in ("commendations", f"commendations/{place.commendation.id}", "awards"):
            assert (await client.post(f"{PUBLIC}/{href}", json={})).status_code == 405


async def test_an_answer_is_known_by_its_tag_until_something_changes(place: Commending) -> None:
    [award, *_] = await published(place)
    anybody = place.world.client()
    first, plain = [
        await anybody.get(f"{PUBLIC}/awards", headers=sent) for sent in ({}, {"Accept-Encoding": "identity"})
    ]
    assert first.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert (first.content, first.headers["etag"]) == (plain.content, plain.headers["etag"])
    known = {"If-None-Match": first.headers["etag"]}
    assert (await anybody.get(f"{PUBLIC}/awards", headers=known)).status_code == 304
    reason = {"reason": "经查实，材料不实"}
    assert (await place.by_office.post(f"/api/v1/awards/{award}/revocation", json=reason, headers=key())).is_success
    after = await anybody.get(f"{PUBLIC}/awards", headers=known)
    assert after.status_code == 200
    assert award not in after.text
