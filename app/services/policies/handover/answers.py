"""The rules of answers to a nomination: complete, about the payload that was handed over, one per reference."""

from collections.abc import Mapping

from app.findings import Finding, Rule
from app.models.enums import AnswerKind
from app.services.policies import REQUIRED

OTHER_PAYLOAD = Rule(
    "other_payload",
    "答复所指的内容与本版推荐报送的内容不一致，请重新获取后再答复。",
    "The answer is about other content than this revision handed over: fetch it again.",
)
REFERENCE_REUSED = Rule(
    "reference_reused",
    "该答复编号已用于另一份答复。",
    "This reference was used for another answer.",
)
RESULT_ELSEWHERE = Rule(
    "result_elsewhere", "只有评定结果的答复才填写结果。", "Only an answer of the kind `decided` has a result."
)


def answer_findings(kind: AnswerKind, text: str, result: str | None) -> list[Finding]:
    """A return needs its reasons and a decision its result; no other answer has a result."""
    decided = kind is AnswerKind.DECIDED
    return [
        *([REQUIRED("/text", label="退回原因")] if kind is AnswerKind.RETURNED and not text else []),
        *([REQUIRED("/result", label="评定结果")] if decided and not result else []),
        *([RESULT_ELSEWHERE("/result")] if result and not decided else []),
    ]


def digest_findings(answered: str, handed_over: str) -> list[Finding]:
    """An answer is about exactly what was handed over with this revision."""
    return [] if answered == handed_over else [OTHER_PAYLOAD("/payload_digest")]


def reference_findings(known: Mapping[str, object], repeated: Mapping[str, object]) -> list[Finding]:
    """A reference names one answer for ever: a repetition must have the same content."""
    return [] if all(known[name] == value for name, value in repeated.items()) else [REFERENCE_REUSED("/reference")]
