"""The regulation of units (文明单位), and their unified social credit code (统一社会信用代码), GB 32100-2015."""

from app.findings import Rule
from app.models.enums import OrganisationStatus as Status
from app.models.enums import Role
from app.services.policies import Act, Event, StatusOnly

UNIT_RETIRED = Rule("retired", "该单位或党（工）委已停用。", "The unit or its committee is retired.")

KEEPERS = (Role.OFFICE, Role.COMMITTEE)
"""The roles that change units; a committee sees only its own."""


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
WEIGHTS = [pow(3, position, 31) for position in range(17)]


def credit_code_check_digit(first17: str) -> str:
    """Compute the eighteenth character; ValueError unless the seventeen before it are of the alphabet."""
    if len(first17) != len(WEIGHTS) or not VALUES.keys() >= set(first17):
        raise ValueError("a credit code begins with 17 characters of its alphabet")
    total = sum(VALUES[character] * weight for character, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def credit_code_is_valid(code: str) -> bool:
    """Return true if the code is exactly 18 characters of the alphabet and the last one checks the others."""
    return (
        len(code) == len(WEIGHTS) + 1 and VALUES.keys() >= set(code) and credit_code_check_digit(code[:-1]) == code[-1]
    )


_Act = Act[Status, StatusOnly[Status]]

CHANGE = _Act(
    "change", Event("unit.changed", "修改单位资料", "Changed the unit"), by={role: set(Status) for role in KEEPERS}
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
ACTS = (CHANGE, RETIRE, REINSTATE)

CREATED = Event("unit.created", "登记单位", "Registered the unit")
