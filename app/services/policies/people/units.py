"""The regulation of units (文明单位), and what to think of their unified social credit code (统一社会信用代码)."""

from dataclasses import dataclass

from app.findings import Finding, Rule
from app.models.enums import CreditCodeDoubt, Role, Severity
from app.models.enums import OrganisationStatus as Status
from app.services.policies import Act, Event

UNIT_RETIRED = Rule("retired", "该单位或党（工）委已停用。", "The unit or its committee is retired.")

KEEPERS = (Role.OFFICE, Role.COMMITTEE)
"""The roles that change units; a committee sees only its own."""


_IDENTITY = Rule(
    "credit_code_is_an_identity_number",
    "“{code}”像是居民身份证号；请填写单位的统一社会信用代码。确属单位代码的，由主办单位确认。",
    "“{code}” looks like a citizen's identity number: enter the unit's own code. If it is one, the office confirms it.",
    Severity.ADVICE,
)
_CHECK_DIGIT = Rule(
    "credit_code_fails_its_check",
    "统一社会信用代码“{code}”与其校验码（GB 32100-2015）不符，请核对；确在使用的，由主办单位确认。",
    "The credit code “{code}” fails its check digit (GB 32100-2015): look at it again. If it is in use, the office "
    "confirms it.",
    Severity.ADVICE,
)
_DOUBTS = {CreditCodeDoubt.IDENTITY_NUMBER: _IDENTITY, CreditCodeDoubt.CHECK_DIGIT: _CHECK_DIGIT}
NO_DOUBT = Rule("credit_code_not_in_doubt", "该单位的代码无须确认。", "There is no doubt about the unit's code.")


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """The values that the rules of a unit judge."""

    status: Status
    credit_code: str | None
    doubt: CreditCodeDoubt | None


def code_advice(facts: UnitFacts) -> list[Finding]:
    """Advise to look at a doubtful code again."""
    return [_DOUBTS[facts.doubt]("/credit_code", code=facts.credit_code)] if facts.doubt else []


def confirmation_findings(facts: UnitFacts) -> list[Finding]:
    """Require a doubt that can be settled."""
    return [] if facts.doubt else [NO_DOUBT("/credit_code")]


_Act = Act[Status, UnitFacts]

CHANGE = _Act(
    "change",
    Event("unit.changed", "修改单位资料", "Changed the unit"),
    by={role: set(Status) for role in KEEPERS},
    rules=code_advice,
)
CONFIRM_CREDIT_CODE = _Act(
    "confirm_credit_code",
    Event("unit.credit_code_confirmed", "确认统一社会信用代码", "Confirmed the credit code"),
    by={Role.OFFICE: set(Status)},
    rules=confirmation_findings,
)
RETIRE = _Act(
    "retire",
    Event("unit.retired", "停用单位", "Retired the unit"),
    by={role: {Status.ACTIVE} for role in KEEPERS},
    target=Status.RETIRED,
)
REINSTATE = _Act(
    "reinstate",
    Event("unit.reinstated", "恢复单位", "Reinstated the unit"),
    by={role: {Status.RETIRED} for role in KEEPERS},
    target=Status.ACTIVE,
)
MOVE = _Act(
    "move",
    Event("unit.moved", "转至另一党（工）委", "Moved to another committee"),
    by={Role.OFFICE: set(Status)},
)
ACTS = (CHANGE, CONFIRM_CREDIT_CODE, RETIRE, REINSTATE, MOVE)

CREATED = Event("unit.created", "登记单位", "Registered the unit")
