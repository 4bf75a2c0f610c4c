import asyncio
from typing import Any

import pytest
from httpx2 import Response

from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.world import World, key
from tests.world.commending import ENDS, Commending, found, publicise, publish
from tests.world.winners import WHY, name_persons, name_units, of_committee, of_unit, winners


@pytest.fixture
async def place(world: World) -> Commending:
    return await winners(world)


async def read(client: ContractClient, path: str) -> Any:
    answer = await client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def published(place: Commending) -> Any:
    """Publicise and publish; the commendation as anybody reads it."""
    assert (await publicise(place)).status_code == 200
    place.world.database.clock.stopped_at = ENDS
    answer = await publish(place)
    assert answer.status_code == 200, answer.text
    return await read(place.world.client(), f"public/commendations/{place.commendation.id}")


async def test_units_and_persons_are_proposed_and_only_the_office_reads_them(place: Commending) -> None:
    person = of_unit(place, "王芳", title="社区主任")
    added = [
        *(await name_units(place, 0)).json()["added"],
        *(await name_persons(place, person, of_committee(place, "李强", 1))).json()["added"],
    ]
    unit, of_a_unit, of_a_committee = [await read(place.by_office, f"awards/{each}") for each in added]
    columns = ("recipient", "name", "person_title", "unit_name", "committee_name", "to_unit_id", "to_committee_id")
    house, street = place.units[0], place.committees
    assert [unit[each] for each in columns] == [
        *("unit", house.name, None, house.name, street[0].name),
        *(str(house.id), str(street[0].id)),
    ]
    people = {each["name"]: [each[column] for column in columns] for each in (of_a_unit, of_a_committee)}
    assert people == {
        "王芳": ["person", "王芳", "社区主任", house.name, street[0].name, str(house.id), str(street[0].id)],
        "李强": ["person", "李强", None, None, street[1].name, None, str(street[1].id)],
    }
    assert {unit["reason"], of_a_unit["reason"]} == {WHY["reason"]}
    for who, client in (await place.everybody_else()).items():
        assert (await client.get(f"/api/v1/awards/{added[0]}")).status_code == 404, who
        assert await place.awards(client) == [], who


async def test_a_recipient_is_known_and_of_the_sort_of_its_kind(place: Commending) -> None:
    unit, committee = str(place.units[0].id), str(place.committees[0].id)
    unknown = await place.propose("by_hand", kind="organising_unit", unit_ids=[unit, committee], **WHY)
    assert found(unknown) == [("unknown_reference", "/unit_ids/1")]
    people = [{"name": "王芳", "unit_id": committee}, of_unit(place, "李强"), {"name": "王芳", "committee_id": unit}]
    refused = await name_persons(place, *people)
    assert found(refused) == [
        ("unknown_reference", "/persons/0/unit_id"),
        ("unknown_reference", "/persons/2/committee_id"),
    ]
    for kind in ("excellent_case", "advanced_committee", "advanced_person"):
        wrong = await place.propose("by_hand", kind=kind, unit_ids=[unit], **WHY)
        assert found(wrong) == [("wrong_recipient", "/kind")], kind
    wrong = await place.propose("by_hand", kind="organising_unit", persons=[of_unit(place, "王芳")], **WHY)
    assert found(wrong) == [("wrong_recipient", "/kind")]
    assert await place.awards() == []


@pytest.mark.parametrize(
    ("person", "pointer"),
    [
        ({"name": "王芳"}, "/persons/0/unit_id"),
        ({"name": " "}, "/persons/0/name"),
        ({"name": "王芳", "phone": "3724062"}, "/persons/0/phone"),
    ],
)
async def test_a_person_is_named_whole_and_without_a_phone(place: Commending, person: Any, pointer: str) -> None:
    refused = await name_persons(place, person)
    assert refused.status_code == 422
    assert pointer in {each["pointer"].removeprefix("/by_hand") for each in refused.json()["errors"]}


async def test_a_unit_has_one_award_of_a_kind(place: Commending) -> None:
    other = f"/api/v1/commendations/{(await place.draft()).id}"
    await name_units(place, 0)
    assert (await name_units(place, 0)).json()["added"] == []
    assert found(await name_units(place, 0, path=other)) == [("awarded_elsewhere", "/unit_ids")]
    assert len((await name_persons(place, of_unit(place, "王芳"))).json()["added"]) == 1, "a person of it is another"


async def test_a_name_is_given_again_only_to_another_person(place: Commending) -> None:
    wang = of_unit(place, "王芳")
    other = f"/api/v1/commendations/{(await place.draft()).id}"
    twice = await name_persons(place, wang, of_unit(place, "李强"), wang)
    assert found(twice) == [("same_name", "/persons/2/name")]
    assert (await name_persons(place, wang, of_committee(place, "王芳"))).status_code == 200
    for path in (None, other):
        again = await name_persons(place, of_unit(place, "王　芳"), path=path)
        assert found(again) == [("same_name", "/persons/0/name")]
    assert place.units[0].name in again.json()["findings"][0]["message"]
    second = await name_persons(place, wang | {"another_person": True}, path=other)
    assert (second.status_code, len(second.json()["added"])) == (200, 1)
    [last] = [each for each in await place.awards() if each["id"] in second.json()["added"]]
    gone = await place.by_office.delete(f"/api/v1/awards/{last['id']}", headers={"If-Match": "*"})
    assert gone.status_code == 204
    assert len(await place.awards(kind="advanced_person")) == 2


async def test_of_two_that_name_the_same_at_once_one_does(place: Commending) -> None:
    paths = [place.path, f"/api/v1/commendations/{(await place.draft()).id}"]
    acts = [name_units(place, 0, 1, path=path) for path in paths]
    acts += [name_persons(place, of_unit(place, "王芳"), path=path) for path in paths]
    answers: list[Response] = await asyncio.gather(*acts)
    assert [sorted(each.status_code for each in pair) for pair in (answers[:2], answers[2:])] == [[200, 409]] * 2
    codes = {code for each in answers if each.status_code == 409 for code, _ in found(each)}
    assert codes <= {"already_exists", "awarded_elsewhere", "same_name"}
    assert sorted(each["recipient"] for each in await place.awards()) == ["person", "unit", "unit"]


async def test_announced_places_are_filled_once_by_two_at_once(world: World) -> None:
    place = await winners(world, places=1)
    two = await name_persons(place, of_unit(place, "王芳"), of_unit(place, "李强"))
    assert found(two) == [("places_taken", "/persons")]
    paths = [place.path, f"/api/v1/commendations/{(await place.draft()).id}"]
    acts = [
        name_persons(place, of_unit(place, name), path=path) for name, path in zip(("王芳", "李强"), paths, strict=True)
    ]
    assert sorted(answer.status_code for answer in await asyncio.gather(*acts)) == [200, 409]


async def test_they_are_published_in_groups_by_name_with_certificates(place: Commending) -> None:
    await name_persons(place, of_unit(place, "王芳", title="社区主任"), of_committee(place, "李强"))
    await name_units(place, 1, 0)
    await place.propose("by_hand", kind="advanced_committee", committee_ids=[str(place.committees[1].id)], **WHY)
    page = await published(place)
    assert [(each["recipient"], each["name"]) for each in page["awards"]] == [
        ("committee", place.committees[1].name),
        *(("unit", name) for name in sorted(unit.name for unit in place.units)),
        *(("person", name) for name in sorted(("王芳", "李强"))),
    ]
    numbers = [each["certificate_number"] for each in page["awards"]]
    assert numbers == [f"路北文明创建〔2015〕第{number}号" for number in range(1, 6)]
    [award] = [each for each in page["awards"] if each["name"] == "王芳"]
    assert {award["public_summary"], award["category"], *award["picture_hrefs"], *award["cells"]} == {"", None}

    own = await read(place.by_office, f"awards/{award['id']}")
    certificate = f"public/certificates/{own['verification_code']}"
    shown = await read(place.world.client(), certificate)
    assert shown == {
        "genuine": True,
        "status": "awarded",
        "recipient": "person",
        "name": "王芳",
        "person_title": "社区主任",
        "unit_name": place.units[0].name,
        "committee_name": place.committees[0].name,
        "kind_name": "先进个人",
        "grade_name": None,
        "certificate_number": award["certificate_number"],
        "awarded_at": award["awarded_at"],
        "revoked_at": None,
    }
    revoked = await place.by_office.post(f"/api/v1/awards/{award['id']}/revocation", json={"reason": "不真实"})
    assert revoked.status_code == 200, revoked.text
    after = await read(place.world.client(), certificate)
    assert {name for name, value in after.items() if value is not None} == {
        *("genuine", "status", "certificate_number", "revoked_at")
    }, "nothing names the person any more"
    assert (await place.world.client().get(f"/api/v1/public/awards/{award['id']}")).status_code == 404


async def test_whose_it_is_reads_the_code_of_the_certificate(place: Commending) -> None:
    await name_units(place, 0)
    await name_persons(place, of_unit(place, "王芳"), of_committee(place, "李强"))
    page = await published(place)
    readers = {
        place.units[0].name: {"own unit", "own committee"},
        "王芳": {"own unit", "own committee"},
        "李强": {"own committee"},
    }
    everybody = await place.everybody_else()
    for award in page["awards"]:
        seen = {who: await read(client, f"awards/{award['id']}") for who, client in everybody.items()}
        assert {who for who, one in seen.items() if one["verification_code"]} == readers[award["name"]]
        assert {one["to_unit_id"] for one in seen.values()} == {None}, "the office's alone"


async def test_an_objection_holds_and_drops_the_award_of_a_person(place: Commending) -> None:
    await name_persons(place, of_unit(place, "王芳"), of_unit(place, "李强"))
    await publicise(place)
    [wang] = [each for each in await place.awards() if each["name"] == "王芳"]
    stranger = (await place.everybody_else())["unit"]
    body = {"award_id": wang["id"], "text": "该同志不符合条件。"}
    raised = await stranger.post(f"{place.path}/objections", json=body, headers=key())
    assert (raised.status_code, raised.json()["award_name"]) == (201, "王芳")
    assert (await read(place.by_office, f"awards/{wang['id']}"))["status"] == "held"
    answer = {"status": "upheld", "answer": "情况属实，不再列入。"}
    path = f"/api/v1/objections/{raised.json()['id']}/answer"
    assert (await place.by_office.post(path, json=answer, headers=key())).status_code == 200
    place.world.database.clock.stopped_at = ENDS
    assert (await publish(place)).status_code == 200
    page = await read(place.world.client(), f"public/commendations/{place.commendation.id}")
    assert [each["name"] for each in page["awards"]] == ["李强"]
    again = await name_persons(place, of_unit(place, "王芳"), path=f"/api/v1/commendations/{(await place.draft()).id}")
    assert again.status_code == 200, "who was dropped may be proposed again"


async def test_the_record_of_a_unit_has_its_own_awards_and_those_of_its_people(world: World, place: Commending) -> None:
    await name_units(place, 0)
    await name_persons(place, of_unit(place, "王芳", title="社区主任"), of_committee(place, "李强"))
    path = f"units/{place.units[0].id}/awards"
    everybody = await place.everybody_else()
    assert (await read(everybody["own unit"], path))["items"] == []
    await published(place)
    for client in (everybody["own unit"], everybody["own committee"], place.by_office):
        items = (await read(client, path))["items"]
        assert [(each["recipient"], each["name"], each["person_title"]) for each in items] == [
            ("person", "王芳", "社区主任"),
            ("unit", place.units[0].name, None),
        ]
        assert [each["kind_name"] for each in items] == ["先进个人", "优秀组织单位"]
        assert {each["document_number"] for each in items} == {"路北文明办〔2015〕1号"}
    assert (await everybody["unit"].get(f"/api/v1/{path}")).status_code == 404
    sibling = await world.client_of(Role.COMMITTEE, committee=place.committees[1])
    assert (await sibling.get(f"/api/v1/{path}")).status_code == 404


async def test_a_proposed_name_is_corrected_before_publicity_and_the_history_says_so(place: Commending) -> None:
    people = of_unit(place, "王方", title="社区主任"), of_unit(place, "李强"), of_unit(place, "王芳", 1)
    persons = (await name_persons(place, *people)).json()["added"]
    (unit,) = (await name_units(place, 0)).json()["added"]
    found_by = {(await read(place.by_office, f"awards/{each}"))["name"]: each for each in persons}

    async def correct(award: str, **names: Any) -> Response:
        href = f"/api/v1/awards/{award}"
        return await place.by_office.patch(href, json=names, headers={"If-Match": "*"})

    wrong, other = found_by["王方"], found_by["李强"]
    corrected = (await correct(wrong, name="王芳", person_title="主任")).json()
    assert (corrected["name"], corrected["person_title"]) == ("王芳", "主任")
    assert found(await correct(other, name=" 王芳 ")) == [("same_name", "/name")]
    assert (await correct(other, name="王芳", another_person=True)).json()["name"] == "王芳"
    assert (await correct(unit, name="龙华社区居委会")).json()["unit_name"] == "龙华社区居委会"
    assert found(await correct(unit, person_title="主任")) == [("not_a_person", "/person_title")]
    case = await place.award(0)
    assert found(await correct(str(case.id), name="新名")) == [("named_as_filed", "/name")]
    events = await read(place.by_office, f"audit-events?subject_id={wrong}&action=award.edited")
    ((event,), told) = events["items"], {each["name"]: each for each in events["items"][0]["changes"]}
    assert (event["action"], told["person_name"]["before"], told["person_name"]["after"]) == (
        *("award.edited", "王方", "王芳"),
    )
    assert (await publicise(place)).status_code == 200
    late = await correct(wrong, name="王方")
    assert (late.status_code, late.json()["state"]) == (409, "publicised")
