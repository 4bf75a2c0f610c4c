"""The regulation of earlier winners (以往获奖): who won before may not apply, or is pointed at, as the notice says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.findings import Finding, Rule
from app.inputs import Code, Input, each_once
from app.models.enums import Severity, labels
from app.services.policies import Event

Same = Annotated[Literal["unit", "brand"], Field(json_schema_extra=labels("单位", "品牌"))]
SPANS = {"years": {"span": "年", "span_en": "years"}, "campaigns": {"span": "届", "span_en": "campaigns"}}
_POINTERS: dict[Same, str] = {"unit": "/unit_id", "brand": "/brand_name"}

WON_BEFORE = Rule(
    "won_before",
    "“{name}”{year}年已获“{award}”：本次活动不受理近{last}{span}内的获奖者；确需申报的，请主办单位特批。",
    "“{name}” won “{award}” in {year}: this campaign does not take who won within the last {last} {span_en}, unless "
    "the office makes an exemption.",
)
MENTIONS_WIN = Rule(
    "won_before",
    "“{name}”{year}年已获“{award}”，在近{last}{span}之内，请核对。",
    "“{name}” won “{award}” in {year}, within the last {last} {span_en}: please look at it.",
    Severity.ADVICE,
)
WIN_REVOKED = Rule("already_revoked", "该条获奖记录已经撤销。", "The record is revoked already.")

ENTERED = Event("earlier_win.entered", "录入以往获奖", "Entered an award of an earlier year")
REVOKED = Event("earlier_win.revoked", "撤销以往获奖记录", "Took back the record of an earlier award")


class EarlierWinners(Input):
    """Winners of earlier campaigns that may not apply again, or that are pointed at."""

    last: Annotated[int, Field(strict=True, ge=1, le=20)] = Field(
        description="So many years or campaigns back an award counts.", examples=[2]
    )
    counted_in: Literal["years", "campaigns"] = Field(
        "years",
        description="Unit of `last`: calendar years before the campaign's year, or years in which there was a "
        "campaign.",
        json_schema_extra=labels("年", "届"),
    )
    among: Literal["all", "programme"] = Field(
        "all",
        description="Awards that count: of all campaigns and the office's list, or only of the campaigns of the same "
        "programme, such as its earlier batches.",
        json_schema_extra=labels("历次活动", "同一系列活动"),
    )
    same: Annotated[
        list[Same],
        Field(min_length=1, max_length=2, json_schema_extra={"uniqueItems": True}),
        AfterValidator(each_once),
    ] = Field(
        description="Sameness of the winner: the unit (of a joint application the lead now, any of its units "
        "then), or a brand whose name looks the same.",
        examples=[["unit"]],
    )
    kinds: list[Code] = Field(
        [],
        max_length=20,
        description="Codes of kinds of award that count; empty: all of cases. An award to the unit itself counts where "
        "its kind is named.",
    )
    grades: list[Code] = Field([], max_length=20, description="Codes of grades (等次) that count; empty: all.")
    effect: Literal["refused", "advised"] = Field(
        "refused",
        description="Effect: not taken, or advice to those who check.",
        json_schema_extra=labels("不受理", "提示"),
    )


@dataclass(frozen=True, slots=True)
class Win:
    """An award of before: when, which, whose, and in what its winner is the same; of a case, or of a unit itself."""

    year: int
    kind: str
    grade: str | None
    award: str
    same: Same
    name: str
    of_case: bool = True
    here: bool = False
    """It was given in a campaign of the same programme."""


@dataclass(frozen=True, slots=True)
class Past:
    """The awards of before that may concern an application, and the years in which there was a campaign."""

    wins: Sequence[Win] = ()
    years: Sequence[int] = ()


NOTHING_WON = Past()


def win_findings(asked: EarlierWinners | None, year: int, past: Past) -> list[Finding]:
    """Name every award of before that counts for a campaign of this year, the latest first."""
    if asked is None or not asked.last:  # an exemption makes it none
        return []
    since = first_year(asked, year, past.years)
    counting = {win for win in past.wins if since <= win.year <= year and _counts(asked, win)}
    rule, words = WON_BEFORE if asked.effect == "refused" else MENTIONS_WIN, SPANS[asked.counted_in]
    return [
        rule(_POINTERS[win.same], name=win.name, year=win.year, award=win.award, last=asked.last, **words)
        for win in sorted(counting, key=lambda win: (-win.year, win.same, win.award, win.name))
    ]


def first_year(asked: EarlierWinners, year: int, held: Sequence[int]) -> int:
    """Return the first year whose awards count: of the year itself those of every other campaign do."""
    if asked.counted_in == "years":
        return year - asked.last
    earlier = sorted({each for each in held if each < year})
    return min(earlier[-asked.last :], default=year)


def stricter(old: EarlierWinners | None, new: EarlierWinners | None) -> bool:
    """Return true if the new setting may refuse somebody whom the old one did not."""
    if new is None or new.effect == "advised":
        return False
    return (
        old is None
        or old.effect == "advised"
        or old.counted_in != new.counted_in
        or new.last > old.last
        or new.among != old.among == "programme"
        or not set(new.same) <= set(old.same)
        or _wider(old.kinds, new.kinds)
        or _wider(old.grades, new.grades)
    )


def revocation_findings(revoked_at: datetime | None) -> list[Finding]:
    """Require a record that was not revoked."""
    return [] if revoked_at is None else [WIN_REVOKED()]


def _counts(asked: EarlierWinners, win: Win) -> bool:
    of_kind = win.kind in asked.kinds if asked.kinds else win.of_case
    if asked.among == "programme" and not win.here:
        return False
    return win.same in asked.same and of_kind and (not asked.grades or win.grade in asked.grades)


def _wider(old: Sequence[str], new: Sequence[str]) -> bool:
    """Return true if codes, of which none means all, include one more than before."""
    return bool(old) and (not new or not set(new) <= set(old))
