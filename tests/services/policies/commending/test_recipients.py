from uuid import UUID

import pytest

from app.services.policies.commending.recipients import Known, Named, Recipient, persons

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
