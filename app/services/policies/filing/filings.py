"""The rules about a committee's filed set, and the form of its receipt's code."""

import secrets

from app.findings import Finding, Rule
from app.services.policies import Event

TOO_FEW_APPLICATIONS = Rule(
    "too_few_applications",
    "上报后共 {count} 件，最低不少于 {minimum} 件。",
    "{count} would stand filed; at least {minimum} are needed.",
)
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
VERIFICATION_CODE = "^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}$"
"""The form of a receipt's code: nothing in it can be mistaken for something else."""


def set_findings(*, already: int, filed_now: int, minimum: int) -> list[Finding]:
    """申报品牌数量最低不少于2件，多者不限: the set that ends up filed reaches the minimum.

    `already` counts the filed applications and those that the office has sent back for correction.
    """
    count = already + filed_now
    return [] if count >= minimum else [TOO_FEW_APPLICATIONS("/application_ids", count=count, minimum=minimum)]


def new_verification_code() -> str:
    """Eighty random bits in four groups that can be read out over the telephone."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


MADE = Event("filing.made", "上报并取得回执", "Filed, and was given a receipt")
