import pytest

from app.models.enums import AnswerKind
from app.services.policies.handover import answers as policy

DIGEST = "9f" * 32
SAID = {
    "nomination_id": 1,
    "reference": "A-1",
    "kind": "received",
    "payload_digest": DIGEST,
    "text": "",
    "result": None,
}


@pytest.mark.parametrize("kind", AnswerKind)
@pytest.mark.parametrize("text", ["", "材料不全。"])
@pytest.mark.parametrize("result", [None, "市级示范案例"])
def test_a_return_has_reasons_a_decision_its_result_and_nothing_else_has_one(
    kind: AnswerKind, text: str, result: str | None
) -> None:
    found = [(each.rule.code, each.pointer) for each in policy.answer_findings(kind, text, result)]
    expected = []
    if kind is AnswerKind.RETURNED and not text:
        expected.append(("required", "/text"))
    if kind is AnswerKind.DECIDED and result is None:
        expected.append(("required", "/result"))
    if kind is not AnswerKind.DECIDED and result is not None:
        expected.append(("result_elsewhere", "/result"))
    assert found == expected


def test_an_answer_is_about_what_was_handed_over() -> None:
    assert policy.digest_findings(DIGEST, DIGEST) == []
    assert [each.rule.code for each in policy.digest_findings("0" * 64, DIGEST)] == ["other_payload"]


@pytest.mark.parametrize("member", SAID)
def test_a_reference_says_the_same_again_to_the_last_member(member: str) -> None:
    assert policy.reference_findings(SAID | {"id": 7}, SAID) == []
    found = policy.reference_findings(SAID | {member: "other"}, SAID)
    assert [(each.rule.code, each.pointer) for each in found] == [("reference_reused", "/reference")]
