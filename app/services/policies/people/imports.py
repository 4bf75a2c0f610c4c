"""The regulation of imports: findings by the rest of the list, and by the rows that are already stored."""

from collections.abc import Hashable, Iterable, Iterator
from collections.abc import Set as AbstractSet

from app.findings import Finding, Rule
from app.models.enums import Severity
from app.services.policies.constraints import ALREADY_EXISTS
from app.services.policies.people.committees import CODE_IS_FIXED
from app.services.policies.people.units import UNIT_RETIRED

FORMER_NAME = Rule(
    "former_name",
    "“{name}”是“{present}”的曾用名（用至{until}），按“{present}”处理；如系另一家，请单独登记。",
    "“{name}” was the name of “{present}” until {until}, and is taken for it. Register another of that name by itself.",
    Severity.ADVICE,
)
REPEATED = Rule("repeated", "与 {first} 重复。", "It repeats {first}.")


def repetitions(values: Iterable[tuple[str, Hashable]]) -> Iterator[Finding]:
    """Find every value that occurred before, with the place of its first occurrence; None repeats nothing."""
    first: dict[Hashable, str] = {}
    for pointer, value in values:
        if value is not None and first.setdefault(value, pointer) != pointer:
            yield REPEATED(pointer, first=first[value])


def committee_findings(
    pointer: str, code: str | None, *, present_code: str | None, retired: bool, taken: AbstractSet[str]
) -> Iterator[Finding]:
    """Findings against a committee's row; `present_code` is the code of the stored committee of that name, if any."""
    if retired:
        yield UNIT_RETIRED(pointer)
    if code and present_code and code != present_code:
        yield CODE_IS_FIXED(f"{pointer}/code", code=present_code)
    if code and not present_code and code in taken:
        yield ALREADY_EXISTS(f"{pointer}/code")


def unit_findings(pointer: str, *, retired: bool, credit_code_is_anothers: bool) -> Iterator[Finding]:
    """Findings against a unit's row."""
    if retired:
        yield UNIT_RETIRED(pointer)
    if credit_code_is_anothers:
        yield ALREADY_EXISTS(f"{pointer}/credit_code")
