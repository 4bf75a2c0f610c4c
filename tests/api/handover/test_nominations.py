import asyncio
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from httpx2 import Response
from sqlalchemy.exc import IntegrityError

from app.context import Actor
from app.models import Award, Commendation
from app.models.enums import AwardStatus, CommendationStatus, Role
from app.services.filing.campaigns import template
from app.services.handover import nominations
from tests.world import FORM, NO_COUNTED_ROWS, World, key
from tests.world.commending import award, found
from tests.world.handover import NOMINATIONS, REASON, Nominating, nominating
from tests.world.statements import noted

ANY = {"If-Match": "*"}
SYSTEM = Actor(None, Role.OFFICE, "系统")


@pytest.fixture
async def place(world: World) -> Nominating:
    return await nominating(world)


async def test_an_awarded_case_is_nominated_and_both_offices_read_it(place: Nominating) -> None:
    answer = await place.nominate(position=3)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"{NOMINATIONS}/{made['id']}"
    members = ("application_id", "award_id", "brand_name", "revision", "position", "status", "reason", "award_status")
    assert [made[name] for name in members] == [
        str(place.cases[0]),
        str(place.awards[0].id),
        "第1号品牌",
        1,
        3,
        "prepared",
        REASON,
        "awarded",
    ]
    assert [made[name] for name in ("replaces", "replaced_by", "result", "delivered_at", "answered_at")] == [None] * 5
    read = await place.by_municipal.get(f"{NOMINATIONS}/{made['id']}")
    assert read.json() == made | {"actions": {}}
    (event,) = (await place.by_office.get("/api/v1/audit-events", params={"subject_id": made["id"]})).json()["items"]
    assert (event["action"], event["data"]) == ("nomination.prepared", {"revision": 1, "position": 3})


async def test_neither_list_nor_nomination_tells_the_leader_or_a_telephone(place: Nominating) -> None:
    made = await place.nominated()
    for client in (place.by_office, place.by_municipal):
        for path in (NOMINATIONS, f"{NOMINATIONS}/{made['id']}", f"{NOMINATIONS}/{made['id']}/answers", place.manifest):
            text = (await client.get(path)).text
            assert FORM["phone"] not in text, path
            assert FORM["leader_name"] not in text, path
    events = await place.by_office.get("/api/v1/audit-events", params={"subject_id": made["id"]})
    assert FORM["phone"] not in events.text


async def test_only_the_office_nominates_and_nobody_else_learns_of_it(place: Nominating) -> None:
    made = await place.nominated()
    path = f"{NOMINATIONS}/{made['id']}"
    body = {"position": 1, "reason": REASON}
    readers = place.owners | {"municipal": place.by_municipal}
    for who, client in ((await place.everybody_else()) | readers).items():
        assert (await place.nominate(client=client)).status_code == 403, who
        answers = [
            await client.patch(path, json={"position": 2}, headers=ANY),
            await client.post(f"{path}/revision", json=body, headers=key()),
            await client.post(f"{path}/withdrawal", json={"reason": "撤回"}),
        ]
        assert {each.status_code for each in answers} == {403 if who in readers else 404}, who
    for who, client in (await place.everybody_else()).items():
        for query in ({}, {"campaign_id": str(place.campaign.id)}, {"status": "prepared"}):
            assert (await client.get(NOMINATIONS, params=query)).json() == NO_COUNTED_ROWS, who
        digest = "0" * 64
        for missing in (
            path,
            f"{path}/payload",
            f"{path}/files/{digest}",
            f"{path}/answers",
            f"{path}/answers/{uuid4()}",
            place.manifest,
            place.package,
        ):
            assert (await client.get(missing)).status_code == 404, (who, missing)
        body = {"reference": "A-1", "kind": "received", "payload_digest": made["payload_digest"]}
        assert (await client.post(f"{path}/answers", json=body)).status_code == 404, who
        assert (await client.post(f"{place.manifest}/comparison", json={"entries": []})).status_code == 404, who
    assert (await place.by_office.get(path)).json() == made


async def test_its_owners_follow_their_case_without_the_words_between_the_offices(place: Nominating) -> None:
    made = await place.nominated()
    path = f"{NOMINATIONS}/{made['id']}"
    moved = await place.by_office.patch(path, json={"position": 4}, headers=ANY)
    hidden: dict[str, Any] = dict.fromkeys(("position", "reason", "payload_href", "withdrawal_reason"))
    hidden["actions"] = {}
    first = (await place.district.by_unit.get(path)).json()
    shown = {"etag": first["etag"], "updated_at": made["prepared_at"]}
    assert first == moved.json() | hidden | shown, "and nothing of its new place"
    await place.answer(made, "returned")
    await place.answer(made, "decided")
    for who, client in place.owners.items():
        [listed] = (await client.get(NOMINATIONS, params={"actions": "true"})).json()["items"]
        read = (await client.get(path)).json()
        assert read["etag"] != first["etag"], who
        assert listed == {name: read[name] for name in listed}, who
        assert [read[name] for name in ("status", "result", "return_reason", *hidden)] == [
            *("decided", "市级示范案例", "电话有误。"),
            *hidden.values(),
        ], who
        answers = (await client.get(f"{path}/answers")).json()["items"]
        assert [each["kind"] for each in answers] == ["returned", "decided"], who
        refused = [f"{path}/payload", f"{path}/files/{'0' * 64}", place.manifest, place.package]
        assert [(await client.get(each)).status_code for each in refused] == [404] * 4, who


async def test_what_is_nominated_changes_nothing_else_its_unit_and_committee_read(place: Nominating) -> None:
    application = f"/api/v1/applications/{place.cases[0]}"
    paths = [application, f"{application}/history", "/api/v1/applications", "/api/v1/audit-events", "/api/v1/awards"]
    own = [place.district.by_unit, place.district.by_committee]
    before = [[(await client.get(path)).content for path in paths] for client in own]
    await place.answer(await place.nominated(), "returned")
    assert [[(await client.get(path)).content for path in paths] for client in own] == before


async def test_a_case_has_one_nomination_at_a_time(place: Nominating) -> None:
    await place.nominated()
    refused = await place.nominate()
    assert found(refused) == [("already_nominated", "/application_id")]
    again = await place.nominate(award_id=str(place.awards[0].id))
    assert found(again) == [("already_nominated", "/award_id")]


async def test_an_award_tells_whether_its_case_may_be_nominated(place: Nominating) -> None:
    """Of its case, with whatever award; not of a committee's, and once it is revoked no more."""
    second = await place.award(place.cases[0], kind="another_kind")
    committee = place.district.committee
    body = {"to_committee_id": committee.id, "to_committee_name": committee.name, "kind": "good_committee"}
    of_committee = await award(place.world, place.commendation, **body)
    assert await nominating_by(place, second.id) == (True, [])
    await place.nominated()
    refused = await place.nominate(award_id=str(second.id))
    assert await nominating_by(place, second.id) == (False, refused.json()["findings"])
    assert "nominate" not in await acts_of(place, of_committee.id)
    await place.by_office.post(f"/api/v1/awards/{second.id}/revocation", json={"reason": "数据不实。"}, headers=key())
    assert [each["code"] for each in (await nominating_by(place, second.id))[1]] == ["wrong_state"]


async def acts_of(place: Nominating, award_id: UUID) -> dict[str, Any]:
    return dict((await place.by_office.get(f"/api/v1/awards/{award_id}")).json()["actions"])


async def nominating_by(place: Nominating, award_id: UUID) -> tuple[bool, list[Any]]:
    act = (await acts_of(place, award_id))["nominate"]
    return act["allowed"], act["findings"]


async def test_of_many_that_nominate_a_case_at_once_one_does(place: Nominating) -> None:
    answers = await asyncio.gather(*(place.nominate() for _ in range(8)))
    assert sorted(each.status_code for each in answers) == [201, *[409] * 7]
    assert {code for each in answers if each.status_code == 409 for code, _ in found(each)} == {"already_nominated"}
    assert (await place.by_office.get(NOMINATIONS)).json()["total"] == 1


async def test_sent_twice_a_case_is_nominated_once(place: Nominating) -> None:
    body, same = {"application_id": str(place.cases[0]), "position": 1, "reason": REASON}, key()
    first, again = [await place.by_office.post(NOMINATIONS, json=body, headers=same) for _ in range(2)]
    assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")


@pytest.mark.parametrize("fallen", [AwardStatus.REVOKED, AwardStatus.HELD, AwardStatus.DROPPED])
async def test_an_award_that_does_not_stand_is_none(world: World, fallen: AwardStatus) -> None:
    place = await nominating(world, 0)
    case = await place.case(awarded=False)
    assert found(await place.nominate()) == [("not_awarded", "/application_id")]
    award = await place.award(case, status=fallen)
    assert found(await place.nominate(award_id=str(award.id))) == [("not_awarded", "/award_id")]
    standing = await place.award(case, kind="best_song")
    assert (await place.nominated())["award_id"] == str(standing.id)


async def test_an_award_counts_once_its_commendation_is_published(world: World, place: Nominating) -> None:
    async with world.database.transaction() as session:
        row = await session.get_one(Commendation, place.commendation.id)
        row.status, row.published_at = CommendationStatus.PUBLICISED, None
    assert found(await place.nominate()) == [("not_awarded", "/application_id")]


async def test_where_the_campaign_allows_it_an_accepted_case_is_nominated_without_an_award(world: World) -> None:
    commendation = template("lubei-2015")["commendation"] | {"nominate_accepted": True}
    place = await nominating(world, 0, commendation=commendation)
    await place.case(awarded=False)
    made = await place.nominated()
    assert (made["award_id"], made["award_status"]) == (None, None)
    payload = (await place.by_municipal.get(f"{NOMINATIONS}/{made['id']}/payload")).json()
    assert payload["award"] is None


async def test_what_is_not_there_cannot_be_nominated(world: World, place: Nominating) -> None:
    draft = await world.application(place.campaign, place.district.unit)
    for unknown in (str(uuid4()), str(draft.id)):
        assert found(await place.nominate(application_id=unknown)) == [("unknown_reference", "/application_id")]
    to_committee = {"kind": "advanced_committee", "to_committee_id": place.district.committee.id, "public_summary": ""}
    by_hand = {"position": 9, "basis": "by_hand", "reason": "组织有力", "status": AwardStatus.AWARDED}
    committees = await award(world, place.commendation, **to_committee, **by_hand)
    for unknown in (str(uuid4()), str(committees.id)):
        assert found(await place.nominate(award_id=unknown)) == [("unknown_reference", "/award_id")]
    one = str(place.cases[0])
    for wrong in (
        {"application_id": None},
        {"application_id": one, "award_id": one},
        {"position": 0},
        {"position": 10_001},
        {"reason": "好"},
        {"reason": "好" * 501},
        {"status": "accepted"},
    ):
        body = {"application_id": one, "position": 1, "reason": REASON} | wrong
        assert (await place.by_office.post(NOMINATIONS, json=body, headers=key())).status_code == 422, wrong


async def test_its_place_changes_until_it_is_on_its_way_and_what_is_handed_over_never(place: Nominating) -> None:
    made = await place.nominated()
    path = f"{NOMINATIONS}/{made['id']}"
    payload = (await place.by_municipal.get(f"{path}/payload")).content
    assert (await place.by_office.patch(path, json={"position": 7})).status_code == 428
    moved = await place.by_office.patch(path, json={"position": 7}, headers={"If-Match": made["etag"]})
    assert (moved.json()["position"], moved.json()["payload_digest"]) == (7, made["payload_digest"])
    assert (await place.by_office.patch(path, json={"position": 8}, headers={"If-Match": '"1"'})).status_code == 412
    assert (await place.by_municipal.get(f"{path}/payload")).content == payload
    async with place.world.acting(SYSTEM) as ctx:
        await nominations.send(ctx, made["id"])
    late = await place.by_office.patch(path, json={"position": 9}, headers=ANY)
    assert (late.status_code, late.json()["state"]) == (409, "delivering")


async def test_a_returned_case_is_corrected_and_nominated_again(world: World, place: Nominating) -> None:
    made = await place.nominated()
    path = f"{NOMINATIONS}/{made['id']}"
    again = {"position": 5, "reason": "已更正联系人并补充说明。"}
    early = await place.by_office.post(f"{path}/revision", json=again, headers=key())
    assert (early.status_code, early.json()["state"]) == (409, "prepared")
    await place.answer(made, "returned")
    assert (await place.by_office.get(path)).json()["return_reason"] == "电话有误。"
    async with world.database.transaction() as session:
        (await session.get_one(Award, place.awards[0].id)).public_summary = "已更正的简介"
    answer = await place.by_office.post(f"{path}/revision", json=again, headers=key())
    assert answer.status_code == 201, answer.text
    second = answer.json()
    assert answer.headers["location"] == f"{NOMINATIONS}/{second['id']}"
    members = ("revision", "position", "reason", "status", "replaces", "replaced_by")
    assert [second[name] for name in members] == [2, 5, again["reason"], "prepared", made["id"], None]
    first = (await place.by_office.get(path)).json()
    assert (first["status"], first["replaced_by"]) == ("replaced", second["id"])
    payloads = [
        (await place.by_municipal.get(f"{NOMINATIONS}/{each}/payload")).json() for each in (made["id"], second["id"])
    ]
    assert [each["award"]["public_summary"] for each in payloads] == ["邻里互助", "已更正的简介"]
    assert [each["nomination"]["replaces"] for each in payloads] == [None, made["id"]]
    once_more = await place.by_office.post(f"{path}/revision", json=again, headers=key())
    assert (once_more.status_code, once_more.json()["state"]) == (409, "replaced")
    listed = (await place.by_municipal.get(NOMINATIONS)).json()["items"]
    assert [(row["revision"], row["status"]) for row in listed] == [(1, "replaced"), (2, "prepared")]


async def test_what_the_municipal_office_wants_corrected_goes_the_way_of_every_correction(place: Nominating) -> None:
    """Accepted it is changed by nobody; returned, it is asked for, corrected, filed, accepted, nominated anew."""
    case = f"/api/v1/applications/{place.cases[0]}"
    wanted = {"reason_codes": ["other"], "remark": "市文明办要求更正电话。", "due_on": "2015-12-31"}
    nomination = await place.nominated()
    refused = await place.by_office.post(f"{case}/correction-request", json=wanted)
    assert [finding["code"] for finding in refused.json()["findings"]] == ["not_sent_back"]
    await place.answer(nomination, "returned")
    assert (await place.by_office.post(f"{case}/correction-request", json=wanted)).json()["status"] == "returned"
    await place.corrected(0, phone="0315-3724063")
    body = {"position": 1, "reason": REASON}
    again = await place.by_office.post(f"{NOMINATIONS}/{nomination['id']}/revision", json=body, headers=key())
    assert again.status_code == 201, again.text
    payload = (await place.by_municipal.get(f"{NOMINATIONS}/{again.json()['id']}/payload")).json()
    assert payload["application"]["content"]["form"]["phone"] == "0315-3724063"
    assert await place.status(nomination) == "replaced"


async def test_of_two_that_nominate_a_returned_case_again_at_once_one_does(place: Nominating) -> None:
    made = await place.nominated()
    await place.answer(made, "returned")
    body = {"position": 1, "reason": REASON, "despite_unchanged": True}
    path = f"{NOMINATIONS}/{made['id']}/revision"
    answers = await asyncio.gather(*(place.by_office.post(path, json=body, headers=key()) for _ in range(6)))
    assert sorted(each.status_code for each in answers) == [201, *[409] * 5]
    assert (await place.by_office.get(NOMINATIONS)).json()["total"] == 2


async def test_a_returned_case_whose_award_fell_is_not_nominated_again(place: Nominating) -> None:
    made = await place.nominated()
    await place.answer(made, "returned")
    revoked = await revoke(place)
    assert revoked.status_code == 200, revoked.text
    body = {"position": 1, "reason": REASON}
    late = await place.by_office.post(f"{NOMINATIONS}/{made['id']}/revision", json=body, headers=key())
    assert (late.status_code, late.json()["state"]) == (409, "withdrawn")
    assert found(await place.nominate()) == [("not_awarded", "/application_id")]
    read = (await place.by_municipal.get(f"{NOMINATIONS}/{made['id']}")).json()
    assert [read[name] for name in ("status", "withdrawal_reason", "award_status")] == [
        "withdrawn",
        "奖项已撤销：数据不真实",
        "revoked",
    ]


async def revoke(place: Nominating, **body: Any) -> Response:
    path = f"/api/v1/awards/{place.awards[0].id}/revocation"
    return await place.by_office.post(path, json={"reason": "数据不真实"} | body)


@pytest.mark.parametrize("answered", [None, "received", "returned", "accepted"])
async def test_a_nomination_follows_its_award_until_the_municipal_office_has_decided(
    place: Nominating, answered: str | None
) -> None:
    made = await place.nominated()
    if answered:
        await place.answer(made, answered)
    offered = (await place.by_office.get(f"/api/v1/awards/{place.awards[0].id}")).json()["actions"]["revoke"]
    assert (offered["allowed"], [each["code"] for each in offered["findings"]]) == (True, ["nomination_follows"])
    assert (await revoke(place)).status_code == 200
    assert await place.status(made) == "withdrawn"
    events = (await place.by_office.get("/api/v1/audit-events", params={"subject_id": made["id"]})).json()["items"]
    withdrawn = [each["data"] for each in events if each["action"] == "nomination.withdrawn"]
    assert [each["award"] for each in withdrawn] == [str(place.awards[0].id)]


async def test_what_the_municipal_office_has_decided_stays_and_is_confirmed_when_its_award_falls(
    place: Nominating,
) -> None:
    made = await place.nominated()
    await place.answer(made, "decided")
    assert found(await revoke(place)) == [("decided_by_the_city", "/despite_decision")]
    assert (await revoke(place, despite_decision=True)).status_code == 200
    assert await place.status(made) == "decided"
    package = await place.by_office.get(place.package)
    packed = ZipFile(BytesIO(package.content)).namelist()
    assert [name for name in packed if name.endswith("payload.json")] == [], "its certificate is handed over to nobody"


async def test_the_database_lets_no_award_be_revoked_without_its_nomination(world: World, place: Nominating) -> None:
    await place.nominated()
    with pytest.raises(IntegrityError, match="a nomination follows its award"):
        async with world.database.transaction() as session:
            (await session.get_one(Award, place.awards[0].id)).status = AwardStatus.REVOKED


async def test_an_uncorrected_case_is_nominated_again_only_if_nothing_was_to_be_corrected(place: Nominating) -> None:
    made = await place.nominated()
    await place.answer(made, "returned")
    path = f"{NOMINATIONS}/{made['id']}"
    body = {"position": 1, "reason": "另一个推荐理由。"}
    refused = await place.by_office.post(f"{path}/revision", json=body, headers=key())
    assert found(refused) == [("not_corrected", "/despite_unchanged")]
    read = (await place.by_office.get(path)).json()
    assert read["actions"]["revise"] == {"allowed": False, "findings": refused.json()["findings"]}
    confirmed = body | {"despite_unchanged": True}
    assert (await place.by_office.post(f"{path}/revision", json=confirmed, headers=key())).status_code == 201


async def test_a_nomination_is_taken_back_with_a_reason_and_the_case_nominated_anew(place: Nominating) -> None:
    made = await place.nominated()
    path = f"{NOMINATIONS}/{made['id']}"
    taken = await place.by_office.post(f"{path}/withdrawal", json={"reason": "奖项复核中。"})
    assert taken.status_code == 200, taken.text
    members = ("status", "withdrawal_reason", "withdrawn_at")
    assert [taken.json()[name] for name in members] == ["withdrawn", "奖项复核中。", "2015-04-21T02:00:00Z"]
    assert (await place.by_office.post(f"{path}/withdrawal", json={"reason": "再撤"})).status_code == 409
    file = (await place.by_office.get(f"{path}/payload")).json()["files"][0]["sha256"]
    for client, status in ((place.by_municipal, 404), (place.by_office, 200)):
        gone = [await client.get(f"{path}/{what}") for what in ("payload", f"files/{file}")]
        assert [each.status_code for each in gone] == [status] * 2
    read = (await place.by_municipal.get(path)).json()
    assert [read[name] for name in ("payload_href", *members)] == [None, *(taken.json()[name] for name in members)]
    anew = await place.nominated()
    assert (anew["revision"], anew["replaces"], anew["status"]) == (2, made["id"], "prepared")
    await place.answer(anew, "decided")
    late = await place.by_office.post(f"{NOMINATIONS}/{anew['id']}/withdrawal", json={"reason": "太晚"})
    assert (late.status_code, late.json()["state"]) == (409, "decided")


async def test_nominations_are_listed_by_campaign_and_state_in_pages(world: World) -> None:
    place = await nominating(world, 3)
    elsewhere = await nominating(world, 1, "2016")
    made = [await place.nominated(case) for case in range(3)]
    await elsewhere.nominated()
    await place.answer(made[1], "accepted")
    here = {"campaign_id": str(place.campaign.id)}
    first = (await place.by_municipal.get(NOMINATIONS, params=here | {"limit": 2})).json()
    rest = (
        await place.by_municipal.get(NOMINATIONS, params=here | {"limit": 2, "cursor": first["next_cursor"]})
    ).json()
    assert [row["id"] for row in (*first["items"], *rest["items"])] == [each["id"] for each in made]
    assert (first["total"], rest["total"], rest["next_cursor"]) == (3, 3, None)
    for status, count in (("accepted", 1), ("prepared", 2), ("replaced", 0)):
        listed = await place.by_office.get(NOMINATIONS, params=here | {"status": status})
        assert listed.json()["total"] == count, status
    assert (await place.by_office.get(NOMINATIONS)).json()["total"] == 4


async def test_how_many_there_are_makes_no_more_statements(world: World) -> None:
    place = await nominating(world, 3)
    counts = []
    for case in range(3):
        made = await place.nominated(case)
        await place.answer(made, "returned")
        with noted(world.database) as sent:
            assert (await place.by_municipal.get(NOMINATIONS)).status_code == 200
            assert (await place.by_municipal.get(f"{NOMINATIONS}/{made['id']}/answers")).status_code == 200
            assert (await place.by_municipal.get(place.manifest)).status_code == 200
        counts.append(len(sent))
    assert counts == [counts[0]] * 3
