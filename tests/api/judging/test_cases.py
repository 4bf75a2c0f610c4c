"""Cases as a judge reads them; a blind round reveals nothing of their origin."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response

from app.models import (
    Account,
    Application,
    ApplicationVersion,
    Assignment,
    Round,
    RoundEntry,
    VersionAttachment,
    VersionImage,
)
from app.models.enums import Role, RoundStatus, VersionOccasion
from app.services.filing.campaigns import template
from tests.contract.client import ContractClient
from tests.world import FORM, NO_ROWS, NOW, World, key
from tests.world.attachments import MEDIA
from tests.world.files import stored
from tests.world.judging import Judging, judging
from tests.world.statements import noted
from tests.world.uploads import photo, scan

CASES = "/api/v1/cases"
PDF = "application/pdf"
CRITERIA = template("lubei-2015")["criteria"]
LEADER = {"leader_name": "甄保密", "leader_title": "密字站站长", "phone": "0315-7654321"}
UNIT, COMMITTEE, NUMBER, CASE_NUMBER = "绝密社区", "绝密街道党工委", "2015-JM-777", 42
PICTURE, SMALL = photo(1), photo(2, size=(80, 60))


@dataclass
class Secret:
    """A round with a judge who has one case, whose origin has words of its own."""

    round: Judging
    case: Application
    assignment: Assignment
    picture: UUID

    @property
    def judge(self) -> Account:
        return self.round.judges[0]

    @property
    def client(self) -> ContractClient:
        return self.round.by_judge[0]

    @property
    def words(self) -> list[str]:
        """Words that would reveal the applicant of a case, or lead to it elsewhere."""
        row = self.case
        ids = [row.id, row.unit_id, row.committee_id, row.filed_version_id, self.assignment.id, self.picture]
        spelled = [str(each) for each in ids] + [each.hex for each in ids if each]
        return [UNIT, COMMITTEE, NUMBER, *LEADER.values(), "绝密", "%E7%BB%9D", *spelled]


async def secret(world: World, **round_: Any) -> Secret:
    made = await judging(world, judges=1, **round_)
    unit = await world.unit(await world.committee(name=COMMITTEE, code="JM"), name=UNIT)
    case = await made.case(unit, entered=False, **LEADER)
    async with world.database.transaction() as session:
        (await session.get_one(Application, case.id)).number = NUMBER
    picture = await enter(made, case)
    return Secret(made, case, await made.assign(case, made.judges[0]), picture)


async def enter(made: Judging, case: Application, **more: str) -> UUID:
    """Put the case into the round, in a version with one picture, whose bytes are stored."""
    files = [await stored(made.world, data) for data in (PICTURE, SMALL)]
    picture: dict[str, Any] = {
        "id": str(uuid4()),
        "slot": 1,
        "caption": "义诊",
        "sha256": files[0].sha256,
        "size": len(PICTURE),
    }
    content = {
        "unit_name": UNIT,
        "committee_name": COMMITTEE,
        "form": FORM | LEADER,
        "narrative_length": 2000,
        "image_count": 1,
        "images": [picture | {"width": 800, "height": 600} | more],
    }
    version = ApplicationVersion(
        application_id=case.id,
        number=2,
        occasion=VersionOccasion.FILING,
        digest="0" * 64,
        content=content,
        fixed_at=NOW,
        fixed_by=made.clerk.id,
    )
    await made.world.add(version)
    image = {"image_id": UUID(picture["id"]), "file_id": files[0].id, "thumbnail_id": files[1].id}
    entry = {"application_id": case.id, "version_id": version.id, "case_number": CASE_NUMBER, "entered_at": NOW}
    await made.world.add(
        VersionImage(version_id=version.id, slot=1, **image), RoundEntry(round_id=made.round.id, **entry)
    )
    return image["image_id"]


async def only(client: ContractClient, **params: Any) -> dict[str, Any]:
    """The one case in the judge's list."""
    answer = await client.get(CASES, params=params)
    assert (answer.status_code, answer.json()["total"]) == (200, 1), answer.text
    return dict(answer.json()["items"][0])


async def answers(client: ContractClient, case_id: str) -> list[Response]:
    """Everything that can be asked about a case, as its judge would."""
    case = f"{CASES}/{case_id}"
    reads = ["", "/review", "/peer-reviews", "/images/1", "/images/1/thumbnail", "/images/2"]
    save: dict[str, Any] = {"json": {"scores": [{"code": "nothing", "score": 3}]}, "headers": {"If-Match": "*"}}
    submission = await client.post(f"{case}/review/submission", headers=key())
    return [
        await client.get(CASES),
        await client.get(CASES, params={"round_id": str(uuid4())}),
        *[await client.get(case + each) for each in reads],
        await client.put(f"{case}/review", **save),
        submission,
    ]


async def test_a_judge_reads_the_filed_version_of_an_open_round_with_its_origin(world: World) -> None:
    made = await secret(world, blind=False)
    listed = await only(made.client)
    case = (await made.client.get(f"{CASES}/{listed['id']}")).json()
    assert {name: case[name] for name in listed} == listed
    assert (listed["case_number"], listed["review_status"], listed["round_name"]) == (CASE_NUMBER, "draft", "初评")
    origin = {"application_number": NUMBER, "unit_name": UNIT, "committee_name": COMMITTEE, **LEADER}
    phone = origin.pop("phone")
    assert {name: case[name] for name in origin} == origin
    assert {name: case[name] for name in FORM.keys() - LEADER} == {name: FORM[name] for name in FORM.keys() - LEADER}
    assert phone not in str(case)
    assert case["images"] == [
        {
            "slot": 1,
            "caption": "义诊",
            "width": 800,
            "height": 600,
            **dict.fromkeys(("role", "role_name", "role_name_en")),
            "content_href": f"{CASES}/{listed['id']}/images/1",
            "thumbnail_href": f"{CASES}/{listed['id']}/images/1/thumbnail",
        }
    ]


async def test_a_picture_is_served_by_the_rule_of_its_case_under_its_number(world: World) -> None:
    made = await secret(world)
    address = f"{CASES}/{(await only(made.client))['id']}/images/1"
    answer = await made.client.get(address)
    small = await made.client.get(f"{address}/thumbnail")
    assert (answer.content, small.content) == (PICTURE, SMALL)
    assert 'filename="case-042-picture-1.jpg"' in answer.headers["content-disposition"]
    assert 'filename="case-042-picture-1-thumbnail.jpg"' in small.headers["content-disposition"]
    again = await made.client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_in_a_blind_round_no_answer_says_where_a_case_comes_from(world: World) -> None:
    made = await secret(world)
    case_id = (await only(made.client))["id"]
    responses = await answers(made.client, case_id)
    assert [each.status_code for each in responses] == [200, 200, 200, 200, 200, 200, 200, 404, 409, 409]
    review, scores = f"{CASES}/{case_id}/review", [{"code": each["code"], "score": 9} for each in CRITERIA]
    responses += [
        await made.client.put(review, json={"scores": scores}, headers={"If-Match": '"0"'}),
        await made.client.post(f"{review}/submission", headers=key()),
        await made.client.get("/api/v1/audit-events"),
    ]
    assert [each.status_code for each in responses[-3:]] == [200, 200, 200]
    written = [f"{each.headers.raw!r} {each.content!r} {each.text}" for each in responses]
    assert [word for word in made.words if any(word in each for each in written)] == []
    case = responses[2].json()
    origin = ("application_number", "unit_name", "committee_name", "leader_name", "leader_title")
    assert [case[name] for name in origin] == [None] * len(origin)


async def test_the_name_of_a_case_tells_nothing_of_when_it_was_given(world: World) -> None:
    made = await judging(world, cases=3, judges=2)
    for case in (2, 0, 1):
        await made.assign(made.cases[case], made.judges[0])
    for case in (1, 2, 0):
        await made.assign(made.cases[case], made.judges[1])
    lists = [(await client.get(CASES)).content for client in made.by_judge]
    assert lists[0] == lists[1]
    numbers, params = [], {"limit": "1"}
    while params.get("cursor", "first"):
        page = (await made.by_judge[0].get(CASES, params=params)).json()
        numbers.append(page["items"][0]["case_number"])
        params["cursor"] = page["next_cursor"]
    assert numbers == [1, 2, 3]


async def test_only_ones_own_are_listed_and_found(world: World) -> None:
    made = await judging(world, cases=2, judges=2)
    await made.assign(made.cases[0], made.judges[0])
    await made.assign(made.cases[1], made.judges[1])
    mine, others = [(await only(client))["id"] for client in made.by_judge]
    outsiders = [await world.client_of(role) for role in (Role.MUNICIPAL, Role.REVIEWER)]
    by_unit = await world.client_of(Role.UNIT, unit=made.units[0])
    by_committee = await world.client_of(Role.COMMITTEE, committee=made.committees[0])
    for client in (*outsiders, by_unit, by_committee, made.by_office):
        assert (await client.get(CASES)).json() == NO_ROWS
        assert {each.status_code for each in (await answers(client, mine))[2:]} == {404}
    assert {each.status_code for each in (await answers(made.by_judge[0], others))[2:]} == {404}
    assert {each.status_code for each in (await answers(world.client(), mine))} == {401}


async def test_the_list_is_filtered_by_round_and_by_where_the_review_stands(world: World) -> None:
    made = await judging(world, cases=3, judges=1)
    judge, client = made.judges[0], made.by_judge[0]
    await made.assign(made.cases[0], judge)
    await made.review(await made.assign(made.cases[1], judge), 70, submitted=False)
    await made.scored(made.cases[2], judge, 70)

    async def numbers(**params: Any) -> list[int]:
        return [each["case_number"] for each in (await client.get(CASES, params=params)).json()["items"]]

    assert await numbers(review_status="draft") == [1, 2]
    assert await numbers(review_status="submitted") == [3]
    assert await numbers(review_status=["draft", "submitted"]) == [1, 2, 3]
    assert await numbers(round_id=str(made.round.id)) == [1, 2, 3]
    assert await numbers(round_id=str(uuid4())) == []


Act = Callable[[Secret], Awaitable[Any]]


async def _withdrawn(made: Secret) -> None:
    await _set(made, Assignment, made.assignment.id, withdrawn_at=NOW, withdrawn_by=made.round.clerk.id)


async def _recused(made: Secret) -> None:
    await made.round.recuse(made.judge, made.case)


async def _back_to_draft(made: Secret) -> None:
    await _set(made, Round, made.round.round.id, status=RoundStatus.DRAFT)


async def _not_begun(made: Secret) -> None:
    await _set(made, Round, made.round.round.id, opens_at=NOW + timedelta(seconds=1))


async def _set(made: Secret, model: Any, row_id: UUID, **values: Any) -> None:
    async with made.round.world.database.transaction() as session:
        row = await session.get_one(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)


@pytest.mark.parametrize("happens", [_withdrawn, _recused, _back_to_draft, _not_begun])
async def test_what_does_not_stand_is_gone_with_its_pictures_and_its_review(world: World, happens: Act) -> None:
    made = await secret(world)
    await made.round.review(made.assignment, 70)
    case_id = (await only(made.client))["id"]
    await happens(made)
    assert (await made.client.get(CASES)).json() == NO_ROWS
    responses = (await answers(made.client, case_id))[2:]
    assert {each.status_code for each in responses} == {404}
    never = (await answers(made.client, str(uuid4())))[2:]
    assert [_without_number(each) for each in responses] == [_without_number(each) for each in never]


def _without_number(answer: Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "instance"}


async def test_a_case_of_a_closed_round_stays_readable(world: World) -> None:
    made = await secret(world)
    case_id = (await only(made.client))["id"]
    await _set(made, Round, made.round.round.id, status=RoundStatus.CLOSED, closed_at=NOW)
    assert (await made.client.get(f"{CASES}/{case_id}")).status_code == 200


async def test_a_case_given_again_has_the_same_name_and_an_empty_sheet(world: World) -> None:
    made = await secret(world)
    await made.round.review(made.assignment, 70)
    case_id = (await only(made.client))["id"]
    await _withdrawn(made)
    await made.round.assign(made.case, made.judge)
    assert (await only(made.client))["id"] == case_id
    review = (await made.client.get(f"{CASES}/{case_id}/review")).json()
    assert (review["etag"], [each["score"] for each in review["scores"]]) == ('"0"', [None] * 4)


@pytest.mark.parametrize("rows", [1, 12])
async def test_a_page_of_cases_is_read_with_two_statements_and_a_case_with_two(world: World, rows: int) -> None:
    made = await judging(world, cases=rows, judges=1)
    for case in made.cases:
        await made.assign(case, made.judges[0])
    with noted(world.database) as sent:
        items = (await made.by_judge[0].get(CASES)).json()["items"]
    assert (len(items), len(sent)) == (rows, 2)
    with noted(world.database) as sent:
        await made.by_judge[0].get(f"{CASES}/{items[0]['id']}")
    assert len(sent) == 2


@pytest.mark.parametrize(("blind", "shown"), [(True, {1: 404, 2: 200, 3: 404}), (False, {1: 200, 2: 200, 3: 404})])
async def test_documents_of_a_blind_kind_are_there_in_an_open_round_alone(
    world: World, blind: bool, shown: dict[int, int]
) -> None:
    kinds = [MEDIA, MEDIA | {"code": "proof", "name": "荣誉证书", "blind": True}]
    made = await judging(world, judges=1, campaign=await world.campaign(attachments=kinds), blind=blind)
    files = [await stored(world, scan(number), PDF) for number in (1, 2)]
    named = [
        {"id": str(uuid4()), "kind": kind, "title": kind, "media_type": PDF, "sha256": file.sha256, "size": file.size}
        for kind, file in zip(("proof", "media"), files, strict=True)
    ]
    case = await made.case(attachments=named)
    for place, (each, file) in enumerate(zip(named, files, strict=True), 1):
        kept = {"attachment_id": UUID(str(each["id"])), "file_id": file.id}
        await world.add(VersionAttachment(version_id=case.filed_version_id, place=place, **kept))
    await made.assign(case, made.judges[0])
    (client,) = made.by_judge
    address = f"{CASES}/{(await only(client))['id']}"
    read = (await client.get(address)).json()
    assert [each["place"] for each in read["attachments"]] == [place for place in shown if shown[place] == 200]
    assert [each["content_href"] for each in read["attachments"]][-1] == f"{address}/attachments/2"
    found = {place: (await client.get(f"{address}/attachments/{place}")).status_code for place in shown}
    assert found == shown
    assert not any(str(each["sha256"]) in str(read) for each in named)


@pytest.mark.parametrize("blind", [True, False])
async def test_the_role_of_a_picture_is_told_in_words_of_both_languages(world: World, *, blind: bool) -> None:
    cover = {"code": "cover", "name": "封面图片", "name_en": "Cover", "minimum": 1, "maximum": 1}
    campaign = await world.campaign(images={"minimum": 1, "maximum": 8, "roles": [cover]})
    made = await judging(world, judges=1, campaign=campaign, blind=blind)
    case = await made.case(entered=False)
    await enter(made, case, role="cover")
    await made.assign(case, made.judges[0])
    (client,) = made.by_judge
    (picture,) = (await client.get(f"{CASES}/{(await only(client))['id']}")).json()["images"]
    assert [picture[name] for name in ("role", "role_name", "role_name_en")] == ["cover", "封面图片", "Cover"]
