from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.services.policies.commending.recipients import Known, Named, Recipient, corrected, persons

UNIT, COMMITTEE = UUID(int=1), UUID(int=2)
OF_UNIT = Recipient(to_committee_id=COMMITTEE, to_committee_name="乔屯街道", to_unit_id=UNIT, to_unit_name="龙华社区")
OF_COMMITTEE = Recipient(to_committee_id=COMMITTEE, to_committee_name="乔屯街道")


def named(name: str, body: Recipient = OF_UNIT, *, another: bool = False) -> Named:
    return Named("/persons/0", body, name, "主任", another=another)


@pytest.mark.parametrize(
    ("people", "awarded", "namesakes", "refused"),
    [
        ([named("王芳")], {}, [0], 0),
        ([named("王芳"), named("王芳", OF_COMMITTEE), named("李强")], {}, [0, 0, 0], 0),
        ([named("王芳"), named(" 王 芳")], {}, [0, 1], 1),
        ([named("王芳"), named("王芳", another=True)], {}, [0, 1], 0),
        ([named("王芳")], {Known(UNIT, "王芳"): 0}, [1], 1),
        ([named("王芳")], {Known(COMMITTEE, "王芳"): 0}, [0], 0),
        ([named("王芳", another=True)], {Known(UNIT, "王芳"): 4}, [5], 0),
        ([named("王芳", another=True)], {}, [0], 0),
        ([], {}, [], 0),
    ],
)
def test_a_person_is_known_by_name_and_body(
    people: list[Named], awarded: dict[Known, int], namesakes: list[int], refused: int
) -> None:
    chosen, findings = persons(people, awarded)
    assert [each.person_namesake for each in chosen] == namesakes
    assert [(each.rule.code, each.pointer) for each in findings] == [("same_name", "/persons/0/name")] * refused


def test_the_finding_names_the_person_and_where_they_belong() -> None:
    _, [finding] = persons([named("王芳", OF_COMMITTEE)], {Known(COMMITTEE, "王芳"): 0})
    assert finding.params == {"name": "王芳", "body": "乔屯街道"}


def test_a_person_is_named_with_their_body_and_what_they_are_there() -> None:
    [person], _ = persons([named("王芳")], {})
    assert (person.person_name, person.person_title, person.to_unit_id, person.to_committee_id) == (
        "王芳",
        "主任",
        UNIT,
        COMMITTEE,
    )
    assert (person.body_id, person.body_name) == (UNIT, "龙华社区")


PERSON = replace(OF_UNIT, person_name="王芳", person_title="主任")
CASE = Recipient(application_id=UUID(int=3), version_id=UUID(int=4))


@pytest.mark.parametrize(
    ("to", "sent", "last", "values", "refused"),
    [
        (PERSON, {}, None, {}, []),
        (PERSON, {"name": "王 芳"}, 0, {"person_name": "王 芳"}, []),
        (PERSON, {"name": "王方"}, None, {"person_name": "王方", "person_namesake": 0}, []),
        (PERSON, {"name": "王方"}, 1, {"person_name": "王方", "person_namesake": 2}, [("same_name", "/name")]),
        (PERSON, {"person_title": None}, None, {"person_title": None}, []),
        (OF_UNIT, {"name": "龙华东社区", "person_title": None}, None, {"to_unit_name": "龙华东社区"}, []),
        (OF_UNIT, {"person_title": "主任"}, None, {}, [("not_a_person", "/person_title")]),
        (OF_COMMITTEE, {"name": "乔屯街道党工委"}, None, {"to_committee_name": "乔屯街道党工委"}, []),
        (CASE, {}, None, {}, []),
        (
            *(CASE, {"name": "新名", "person_title": "主任"}, None, {}),
            [("named_as_filed", "/name"), ("named_as_filed", "/person_title")],
        ),
    ],
)
def test_a_name_is_corrected_in_its_own_column_and_a_case_has_that_under_which_it_was_filed(
    to: Recipient, sent: Any, last: int | None, values: Any, refused: Any
) -> None:
    changed, findings = corrected(to, sent, last, another=False)
    assert (changed, [(each.rule.code, each.pointer) for each in findings]) == (values, refused)
    same = [each for each in refused if each[0] != "same_name"]
    changed, findings = corrected(to, sent, last, another=True)
    assert (changed, [(each.rule.code, each.pointer) for each in findings]) == (values, same)
