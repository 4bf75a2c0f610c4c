"""Kinds of notices: what the table of notices has for rows."""

from dataclasses import dataclass

from app.findings import Sentence
from app.models.enums import Role

OFFICE, COMMITTEE, UNIT = Role.OFFICE, Role.COMMITTEE, Role.UNIT
BOTH = (UNIT, COMMITTEE)
TO_WHOM_IT_NAMES: tuple[Role, ...] = ()
"""The one account an event itself is about."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One kind of notice. The account that caused it gets none, unless it is a receipt.

    `formal`: it sets a date or refuses something, so it is mailed regardless of the preference. `by`: only acts of this
    role. `item` words each line that belongs to it.
    """

    kind: str
    to: tuple[Role, ...]
    sentence: Sentence
    after: frozenset[str] = frozenset()
    formal: bool = False
    receipt: bool = False
    once_a_day: bool = False
    once_an_act: bool = False
    by: Role | None = None
    item: Sentence | None = None


NAMED = Sentence("“{name}”", "“{name}”")
WITH_STATUS = Sentence("“{name}”：{status}", "“{name}”: {status}")
