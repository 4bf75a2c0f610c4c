import asyncio
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response

from app.models import Application, Award, Commendation, Filing, VersionImage
from app.models.enums import ApplicationStatus, AwardStatus, CommendationStatus
from tests.world import NO_COUNTED_ROWS, NOW, World, key
from tests.world.commending import Commending, commending, found
from tests.world.files import stored
from tests.world.judging import judging

FOUR = ((1, 90.0), (2, 85.0), (2, 85.0), (4, 70.0))
GRADED: dict[str, Any] = {
    "code": "excellent_case",
    "name": "优秀案例",
    "recipient": "application",
    "grades": [{"code": "first", "name": "一等奖"}, {"code": "second", "name": "二等奖"}],
}
COMMITTEES = {"code": "advanced_committee", "name": "组织工作先进单位", "recipient": "committee", "grades": []}
ANY = {"If-Match": "*"}
PRIVATE = (
    "to_committee_id",
    "position",
    "basis",
    "reason",
    "created_at",
    "updated_at",
    "revoked_at",
    "revocation_reason",
)


@pytest.fixture
async def place(world: World) -> Commending:
    return await commending(world, *FOUR)


async def proposed(place: Commending, **query: Any) -> list[tuple[int, str, str | None]]:
    """Position, brand and grade of every award, in the order of their positions."""
    ids = [row["id"] for row in await place.awards(**query)]
    read = [(await place.by_office.get(f"/api/v1/awards/{each}")).json() for each in ids]
    return sorted((row["position"], row["name"][1], row["grade"]) for row in read)


async def test_the_best_are_proposed_and_the_office_reads_why(place: Commending) -> None:
    answer = await place.propose("count", count=3)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["added"]) == 3
    assert await proposed(place) == [(1, "1", None), (2, "2", None), (3, "3", None)]
    first = (await place.by_office.get(f"/api/v1/awards/{answer.json()['added'][0]}")).json()
    assert [first[name] for name in ("basis", "reason", "status", "public_summary", "pictures")] == [
        "count",
        "第 1 名，90 分",
        "proposed",
        "",
        [],
    ]
    assert first["application_id"] == str(place.cases[0].id)
    assert [name for name, action in first["actions"].items() if action["allowed"]] == ["edit", "delete"]
    events = await place.by_office.get("/api/v1/audit-events", params={"action": "commendation.awards_proposed"})
    assert events.json()["items"][0]["data"]["added"] == 3


async def test_a_tie_across_the_cut_is_refused_with_the_numbers_of_the_tied(place: Commending) -> None:
    refused = await place.propose("count", count=2)
    assert found(refused) == [("tied_at_the_cut", "/count")]
    numbers = sorted(case.number for case in place.cases[1:3])
    assert refused.json()["findings"][0]["params"] == {"names": "、".join(numbers), "rank": 2}
    assert await place.awards() == []


async def test_a_score_and_a_quota_choose_too(world: World) -> None:
    by_score = await commending(world, *FOUR)
    assert len((await by_score.propose("score", minimum_score=85)).json()["added"]) == 3
    by_quota = await commending(world, (1, 90.0), (2, 80.0))
    refused = await by_quota.propose("quota", quotas={"qingman": 3, "derun": 1, "songs": 1})
    assert found(refused) == [
        ("unknown_category", "/quotas/songs"),
        ("too_few_ranked", "/quotas/qingman"),
        ("too_few_ranked", "/quotas/derun"),
    ]
    assert len((await by_quota.propose("quota", quotas={"qingman": 1})).json()["added"]) == 1


async def test_who_has_an_award_of_the_kind_keeps_it_and_counts_among_the_chosen(world: World) -> None:
    campaign = await world.campaign(award_kinds=[GRADED, COMMITTEES])
    place = await commending(world, *FOUR, campaign=campaign)
    assert found(await place.propose("count", count=1)) == [("grade_needed", "/grade")]
    await place.propose("count", count=1, grade="first")
    assert len((await place.propose("count", count=3, grade="second")).json()["added"]) == 2
    assert await proposed(place) == [(1, "1", "first"), (2, "2", "second"), (3, "3", "second")]
    assert (await place.propose("count", count=3, grade="second")).json()["added"] == []


async def test_announced_places_are_filled_and_ties_enter_where_the_notice_says(world: World) -> None:
    grades = [each | {"places": 1} for each in GRADED["grades"]]
    graded = GRADED | {"grades": grades, "ties": "beyond_places"}
    campaign = await world.campaign(award_kinds=[graded, COMMITTEES])
    place = await commending(world, *FOUR, campaign=campaign)
    refused = await place.propose("count", count=4, grade="first")
    assert found(refused) == [("places_taken", "/count")]
    assert "“一等奖”公布的名额为 1 个" in refused.json()["findings"][0]["message"]
    assert len((await place.propose("count", count=1, grade="first")).json()["added"]) == 1
    assert len((await place.propose("count", count=2, grade="second")).json()["added"]) == 2, "two share the place"
    assert await proposed(place) == [(1, "1", "first"), (2, "2", "second"), (3, "3", "second")]
    second = next(each["id"] for each in await place.awards() if each["grade"] == "second")
    moved = await place.by_office.patch(f"/api/v1/awards/{second}", json={"grade": "first"}, headers=ANY)
    assert found(moved) == [("places_taken", "/grade")]


async def test_a_recommended_order_parts_equals_where_the_notice_says(world: World) -> None:
    kinds = [GRADED | {"grades": [], "tie_break": "recommended_order"}, COMMITTEES]
    campaign = await world.campaign(award_kinds=kinds, recommended_order="optional")
    place = await commending(world, *FOUR, campaign=campaign)
    assert found(await place.propose("count", count=2)) == [("tied_at_the_cut", "/count")], "nobody gave an order"
    order = Filing(
        campaign_id=campaign.id,
        committee_id=place.committees[2].id,
        number="2015-C03-F1",
        verification_code="ABCD-EFGH",
        digest="0" * 64,
        recommended_order=[place.cases[2].id],
        filed_at=NOW,
        filed_by=place.clerk.id,
    )
    await world.add(order)
    assert len((await place.propose("count", count=2)).json()["added"]) == 2
    assert await proposed(place) == [(1, "1", None), (2, "3", None)]
    ids = [row["id"] for row in await place.awards()]
    reasons = {(await place.by_office.get(f"/api/v1/awards/{each}")).json()["reason"] for each in ids}
    assert reasons == {"第 1 名，90 分", "第 2 名，85 分，推荐排序第 1"}


async def test_two_drafts_at_once_fill_the_last_place_once(world: World) -> None:
    grades = [GRADED["grades"][0] | {"places": 1}]
    place = await commending(world, *FOUR, campaign=await world.campaign(award_kinds=[GRADED | {"grades": grades}]))
    body = {"campaign_id": str(place.campaign.id), "title": "另一份通报"}
    other = (await place.by_office.post("/api/v1/commendations", json=body, headers=key())).json()["id"]
    paths = (place.path, f"/api/v1/commendations/{other}")
    named = [
        {"application_ids": [str(case.id)], "reason": "经研究决定。", "grade": "first"} for case in place.cases[:2]
    ]
    acts = [place.propose("by_hand", path, **each) for path, each in zip(paths, named, strict=True)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*acts)) == [200, 409]


async def test_the_order_of_a_list_says_nothing_of_ranks(world: World) -> None:
    place = await commending(world, (3, 70.0), (1, 90.0), (2, 80.0))
    await place.propose("count", count=3)
    assert [row["name"][1] for row in await place.awards()] == ["1", "2", "3"]
    assert await proposed(place) == [(1, "1", None), (2, "2", None), (3, "3", None)]


async def test_by_hand_needs_a_reason_and_what_is_accepted(world: World, place: Commending) -> None:
    first, second = (str(case.id) for case in place.cases[:2])
    elsewhere = (await judging(world, cases=1)).cases[0]
    async with world.database.transaction() as session:
        (await session.get_one(Application, place.cases[1].id)).status = ApplicationStatus.DISQUALIFIED
    refused = await place.propose("by_hand", application_ids=[first, second, str(elsewhere.id)], reason="补充推荐")
    assert found(refused) == [("unknown_reference", "/application_ids/2"), ("not_accepted", "/application_ids")]
    assert (await place.propose("by_hand", reason="补充推荐")).status_code == 422
    assert (
        await place.propose("by_hand", reason="补充推荐", application_ids=[first], committee_ids=[first])
    ).status_code == 422
    assert (await place.propose("by_hand", application_ids=[first])).status_code == 422
    assert (await place.propose("by_hand", application_ids=[first], reason="补充推荐")).status_code == 200
    assert await proposed(place) == [(1, "1", None)]


async def test_a_committee_is_awarded_by_hand_or_by_its_indicators(place: Commending) -> None:
    ids = [str(committee.id) for committee in place.committees]
    wrong = await place.propose("by_hand", committee_ids=ids[:1], reason="组织有力")
    assert found(wrong) == [("wrong_recipient", "/kind")]
    by_hand = await place.propose("by_hand", kind="advanced_committee", committee_ids=ids[3:], reason="组织有力")
    assert len(by_hand.json()["added"]) == 1
    await place.propose("count", count=1)  # an award won is all that tells one committee from the others
    chosen = await place.propose("indicators", kind="advanced_committee", count=1)
    assert chosen.status_code == 200, chosen.text
    (row,) = [row for row in await place.awards(kind="advanced_committee") if row["id"] in chosen.json()["added"]]
    assert (row["recipient"], row["name"], row["unit_name"]) == ("committee", place.committees[0].name, None)
    tied = await place.propose("indicators", kind="advanced_committee", count=2)
    assert found(tied) == [("tied_at_the_cut", "/count")]


async def test_only_a_frozen_ranking_of_the_campaign_is_chosen_from(world: World, place: Commending) -> None:
    still_open = await judging(world, campaign=place.campaign, number=2)
    other = await commending(world, *FOUR)
    for round_id, code in ((still_open.round.id, "not_ranked"), (other.round.id, "unknown_reference")):
        assert found(await place.propose("count", count=1, round_id=str(round_id))) == [(code, "/round_id")]
    assert found(await place.propose("count", count=1, kind="best_song")) == [("unknown_award_kind", "/kind")]


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ({"kind": "excellent_case"}, [("", "union_tag_not_found")]),
        ({"basis": "whim"}, [("", "union_tag_invalid")]),
        ({"basis": "count", "kind": "a", "count": 0}, [("/count", "greater_than_equal")]),
        ({"basis": "indicators", "kind": "a", "count": 1, "round_id": "x"}, [("/round_id", "extra_forbidden")]),
        ({"basis": "quota", "kind": "a", "round_id": str(uuid4()), "quotas": {}}, [("/quotas", "too_short")]),
    ],
)
async def test_a_body_is_refused_member_by_member(place: Commending, body: Any, parts: Any) -> None:
    refused = await place.by_office.post(f"{place.path}/awards", json=body, headers=key())
    assert (refused.status_code, [(each["pointer"], each["code"]) for each in refused.json()["errors"]]) == (422, parts)


async def test_an_application_holds_one_award_of_a_kind_in_a_campaign(place: Commending) -> None:
    second = await place.draft()
    path = f"/api/v1/commendations/{second.id}"
    await place.propose("count", count=1)
    refused = await place.propose("count", path, count=1)
    assert found(refused) == [("awarded_elsewhere", "/count")]
    assert refused.json()["findings"][0]["params"] == {"names": place.cases[0].number}


async def test_of_two_that_award_the_same_at_once_one_does(place: Commending) -> None:
    paths = [place.path, place.path, f"/api/v1/commendations/{(await place.draft()).id}"]
    answers: list[Response] = await asyncio.gather(*(place.propose("count", path, count=3) for path in paths))
    assert len(await place.awards()) == 3
    assert sum(len(answer.json()["added"]) for answer in answers if answer.status_code == 200) == 3
    assert {code for each in answers if each.status_code == 409 for code, _ in found(each)} <= {
        "already_exists",
        "awarded_elsewhere",
    }


async def test_sent_twice_an_award_is_proposed_once(place: Commending) -> None:
    body = {"basis": "count", "kind": "excellent_case", "round_id": str(place.round.id), "count": 3}
    same = key()
    first, again = [await place.by_office.post(f"{place.path}/awards", json=body, headers=same) for _ in range(2)]
    assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")


async def test_the_office_words_an_award_while_it_is_a_draft(world: World, place: Commending) -> None:
    award = await place.award(public_summary="")
    for slot in (1, 2):
        file = await stored(world)
        kept = {"image_id": uuid4(), "file_id": file.id, "thumbnail_id": file.id}
        await world.add(VersionImage(version_id=award.version_id, slot=slot, **kept))
    path = f"/api/v1/awards/{award.id}"
    read = await place.by_office.get(path)
    body = {"public_summary": "邻里互助", "pictures": [2, 1], "position": 7}
    edited = await place.by_office.patch(path, json=body, headers={"If-Match": read.headers["etag"]})
    assert edited.status_code == 200, edited.text
    assert {name: edited.json()[name] for name in body} == body
    assert (await place.by_office.patch(path, json=body, headers={"If-Match": read.headers["etag"]})).status_code == 412
    refused = await place.by_office.patch(path, json={"pictures": [1, 3], "grade": "first"}, headers=ANY)
    assert found(refused) == [("unknown_grade", "/grade"), ("unknown_picture", "/pictures/1")]
    for wrong in ({"pictures": [1, 1]}, {"pictures": [9]}, {"public_summary": "字" * 501}, {"status": "awarded"}):
        assert (await place.by_office.patch(path, json=wrong, headers=ANY)).status_code == 422
    await place.stands(CommendationStatus.PUBLICISED)
    for answer in (
        await place.by_office.patch(path, json={"public_summary": "改"}, headers=ANY),
        await place.by_office.delete(path, headers=ANY),
    ):
        assert (answer.status_code, answer.json()["state"]) == (409, "publicised")


async def test_an_award_is_taken_out_of_a_draft(place: Commending) -> None:
    path = f"/api/v1/awards/{(await place.award()).id}"
    assert (await place.by_office.delete(path)).status_code == 428
    assert (await place.by_office.delete(path, headers=ANY)).status_code == 204
    assert (await place.by_office.get(path)).status_code == 404
    assert len((await place.propose("count", count=1)).json()["added"]) == 1


async def test_nobody_but_the_office_finds_an_award_of_a_draft(place: Commending) -> None:
    award = await place.award()
    path = f"/api/v1/awards/{award.id}"
    body = {"basis": "by_hand", "kind": "excellent_case", "application_ids": [str(place.cases[0].id)], "reason": "自荐"}
    for who, client in (await place.everybody_else()).items():
        filters: list[dict[str, Any]] = [{}, *({"status": status.value} for status in AwardStatus)]
        filters += [{"commendation_id": str(place.commendation.id)}, {"campaign_id": str(place.campaign.id)}]
        for query in filters:
            assert (await client.get("/api/v1/awards", params=query)).json() == NO_COUNTED_ROWS, who
        answers = [
            await client.get(path),
            await client.patch(path, json={"public_summary": "我"}, headers=ANY),
            await client.delete(path, headers=ANY),
            await client.post(f"{path}/revocation", json={"reason": "不真实"}),
            await client.post(f"{place.path}/awards", json=body, headers=key()),
        ]
        assert {answer.status_code for answer in answers} == {404}, who


async def test_an_award_of_a_draft_changes_nothing_its_unit_and_committee_read(place: Commending) -> None:
    others = await place.everybody_else()
    application = f"/api/v1/applications/{place.cases[0].id}"
    paths = [application, f"{application}/history", "/api/v1/applications", "/api/v1/audit-events"]
    own = [others[who] for who in ("own unit", "own committee")]
    before = [[(await client.get(path)).content for path in paths] for client in own]
    await place.propose("count", count=1)
    assert [[(await client.get(path)).content for path in paths] for client in own] == before


@pytest.mark.parametrize("held", [False, True])
async def test_of_a_publicised_award_others_read_what_the_public_reads(place: Commending, held: bool) -> None:
    await place.award(status=AwardStatus.HELD if held else AwardStatus.PROPOSED, reason="第 1 名，90 分")
    await place.award(1, status=AwardStatus.DROPPED)
    await place.stands(CommendationStatus.PUBLICISED)
    for who, client in (await place.everybody_else()).items():
        (row,) = await place.awards(client)
        assert (row["status"], row["etag"], row["public_summary"]) == ("proposed", '"1"', "邻里互助"), who
        assert [len(await place.awards(client, status=status)) for status in ("proposed", "held", "dropped")] == [
            1,
            0,
            0,
        ]
        read = (await client.get(f"/api/v1/awards/{row['id']}")).json()
        assert [read[name] for name in PRIVATE] == [None] * len(PRIVATE), who
        assert (read["actions"], read["certificate_number"]) == ({}, None)
        assert (read["application_id"] is not None) == who.startswith("own"), who
        assert "phone" not in str(read)
    assert [len(await place.awards(status=status)) for status in ("held", "dropped")] == [int(held), 1]


async def test_what_is_publicised_is_changed_by_nobody_else(place: Commending) -> None:
    path = f"/api/v1/awards/{(await place.award()).id}"
    await place.stands(CommendationStatus.PUBLICISED)
    for who, client in (await place.everybody_else()).items():
        answers = [
            await client.patch(path, json={"public_summary": "我"}, headers=ANY),
            await client.delete(path, headers=ANY),
            await client.post(f"{path}/revocation", json={"reason": "不真实"}),
        ]
        assert {answer.status_code for answer in answers} == {403}, who


async def test_a_revoked_award_leaves_the_public_and_keeps_its_trace(world: World, place: Commending) -> None:
    award = await place.award(certificate_number="第7号", verification_code="X7")
    path = f"/api/v1/awards/{award.id}"
    early = await place.by_office.post(f"{path}/revocation", json={"reason": "不真实"})
    assert (early.status_code, early.json()["state"]) == (409, "proposed")
    await place.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
    others = await place.everybody_else()
    for who, client in others.items():
        read = (await client.get(path)).json()
        assert (read["status"], read["certificate_number"]) == ("awarded", "第7号")
        assert (read["verification_code"] is not None) == who.startswith("own"), who
        assert (await client.post(f"{path}/revocation", json={"reason": "不真实"})).status_code == 403

    revoked = await place.by_office.post(f"{path}/revocation", json={"reason": "数据不真实"})
    assert revoked.status_code == 200, revoked.text
    kept = revoked.json()
    assert [kept[name] for name in ("status", "revocation_reason", "certificate_number")] == [
        "revoked",
        "数据不真实",
        "第7号",
    ]
    again = await place.by_office.post(f"{path}/revocation", json={"reason": "数据不真实"})
    assert (again.status_code, again.json()["state"]) == (409, "revoked")
    for client in others.values():
        assert (await client.get(path)).status_code == 404
        assert (await client.get("/api/v1/awards", params={"status": "revoked"})).json() == NO_COUNTED_ROWS
    events = await place.by_office.get("/api/v1/audit-events", params={"subject_id": str(award.id)})
    assert [(each["action"], each["data"]["reason"]) for each in events.json()["items"]] == [
        ("award.revoked", "数据不真实")
    ]
    async with world.database.transaction() as session:
        assert (await session.get_one(Award, award.id)).status is AwardStatus.REVOKED


async def test_lists_are_filtered_and_paged(world: World, place: Commending) -> None:
    await place.propose("count", count=4)
    other = await commending(world, *FOUR)
    await other.propose("count", count=1)
    assert len(await place.awards()) == 5
    assert len(await place.awards(campaign_id=str(place.campaign.id))) == 4
    assert len(await place.awards(commendation_id=str(other.commendation.id))) == 1
    assert len(await place.awards(kind="advanced_committee")) == 0
    first = (await place.by_office.get("/api/v1/awards", params={"limit": 3})).json()
    rest = (await place.by_office.get("/api/v1/awards", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert (first["total"], len(first["items"]), len(rest["items"])) == (5, 3, 2)


async def test_a_draft_that_is_gone_takes_no_awards(world: World, place: Commending) -> None:
    async with world.database.transaction() as session:
        await session.delete(await session.get_one(Commendation, place.commendation.id))
    assert (await place.propose("count", count=1)).status_code == 404


@pytest.mark.parametrize("body", [[], None, 5, {"basis": []}, {"basis": {"count": 1}}, {"basis": None}])
async def test_a_body_that_is_no_choice_is_refused(place: Commending, body: Any) -> None:
    assert (await place.by_office.post(f"{place.path}/awards", json=body, headers=key())).status_code == 422
