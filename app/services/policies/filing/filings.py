"""The rules about a committee's filed set, and the form of its receipt's code."""

import secrets
from dataclasses import dataclass

from app.findings import Finding, Rule
from app.services.policies import Event

TOO_FEW_APPLICATIONS = Rule(
    "too_few_applications",
    "上报后共 {count} 件，最低不少于 {minimum} 件。",
    "{count} would stand filed; at least {minimum} are needed.",
)
TOO_MANY_APPLICATIONS = Rule(
    "too_many_applications",
    "连同已上报的（含退回补正的，不含不予受理的）共 {count} 件，最多 {maximum} 件。",
    "{count} with those filed before, also returned ones, but no disqualified ones; at most {maximum} may be filed.",
)
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
VERIFICATION_CODE = "^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}$"
"""The form of a receipt's code: nothing in it can be mistaken for something else."""


@dataclass(frozen=True, slots=True)
class FiledSet:
    """A committee's applications in a campaign, as the minimum counts them.

    `put_forward` counts all that it filed and did not take back itself, also what the office has sent back or
    disqualified; `standing` those of them that are not disqualified, and so are filed or will be again; `ready` the
    sealed that were never filed, or are filed anew once they were taken back.
    """

    standing: int
    put_forward: int
    ready: int


def set_findings(
    besides: FiledSet, filed_now: int, *, minimum: int, maximum: int | None, refiled: bool
) -> list[Finding]:
    """申报品牌数量最低不少于2件，多者不限: the set that a committee has put forward reaches the minimum.

    Another notice may set a maximum too, of cases that stand: one that the office disqualified gives its place back.
    The one rule of all that comes to be put forward; `besides` is what the committee has put forward already. The
    numbers judge its own choice: they never stand in the way where everything is `refiled`, that is, was sent back by
    the office or for the municipal office, and so is put forward all the time.
    """
    if refiled:
        return []
    count = besides.put_forward + filed_now
    few = [TOO_FEW_APPLICATIONS(count=count, minimum=minimum)] if count < minimum else []
    return few + most_findings(besides.standing + filed_now, maximum)


def most_findings(count: int, maximum: int | None) -> list[Finding]:
    """Require that a committee puts no more forward than the notice allows; nothing is asked where it sets no limit."""
    return [TOO_MANY_APPLICATIONS(count=count, maximum=maximum)] if maximum and count > maximum else []


def new_verification_code() -> str:
    """Eighty random bits in four groups that can be read out over the telephone."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


MADE = Event("filing.made", "上报并取得回执", "Filed, and was given a receipt")
