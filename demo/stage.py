"""State that the chapters of the play share: the scale, the people, the campaign, and the applications."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from demo import photos
from demo.cast import CommitteePlayer, Door, JudgePlayer, Person, UnitPlayer
from demo.client import Response
from demo.content import ApplicationForm
from demo.errors import CannotPlay
from demo.narrator import Narrator

Found = TypeVar("Found")
PATIENCE = 60
"""Seconds for what a worker does by itself."""


class Fate(StrEnum):
    """The last state that a unit's application reaches."""

    FILED = "f"
    SEALED = "s"
    DECLINED = "d"
    HANDED_IN = "h"
    WITHDRAWN = "x"
    DRAFTED = "w"
    NOTHING = "-"


FATES = {
    "QT": "fff",
    "WB": "fff",
    "DYT": "ff",
    "GY": "ffd",
    "JCL": "sw",
    "GYX": "ffh",
    "JY": "ffff",
    "WS": "fff",
    "CG": "wwx",
    "SC": "fff",
    "MZ": "---",
    "ZG": "ff--",
}
"""One letter for each unit of each committee."""
EVENTFUL, MODEL, PAIR, ALONE, RETURNED, UNCHECKED, UNPLANNED, LATE = "QT", "JY", "DYT", "JCL", "WS", "SC", "MZ", "ZG"
"""Committees: with mistakes, without, with the minimum, with only one; units: returned by the office, left
unchecked, without a plan, and too late."""


@dataclass(frozen=True)
class Scale:
    """The size of the play: its writers, their pictures and cameras, and the amount of judging.

    The numbers: cases to commend; a judge's maximum, first too low, then sufficient; reviews that a wave may spend.
    """

    fates: Mapping[str, str]
    pictures: Callable[[int], int]
    photograph: Callable[[int], bytes]
    cut: int
    loads: tuple[int, int]
    wave: int


FULL = Scale(FATES, lambda seed: 5 + seed % 4, photos.photograph, cut=6, loads=(7, 16), wave=8)
QUICK = Scale(
    FATES | dict.fromkeys(["WB", "GY", "GYX", "SC"], "---") | {"JY": "ff--", "CG": "w--", "JCL": "s-"},
    lambda _: 5,
    photos.small_photograph,
    cut=3,
    loads=(3, 8),
    wave=4,
)


OPINIONS = {"sample-2025": {"lower_body": "龙华社区党委", "lower_opinion": "情况属实，同意推荐。"}}
"""Opinions of the bodies below those who recommend, by the templates that ask for them."""


@dataclass
class Stage:
    """State of the play."""

    narrator: Narrator
    door: Door
    scale: Scale
    office: Person
    push_to: str
    template: str
    papers: Path
    kinds: tuple[str, ...] = ()
    campaign_id: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    committees: dict[str, CommitteePlayer] = field(default_factory=dict)
    plans: dict[str, str] = field(default_factory=dict)
    applications: dict[str, str] = field(default_factory=dict)
    judges: list[JudgePlayer] = field(default_factory=list)
    rounds: list[str] = field(default_factory=list)
    figure_tables: dict[str, str] = field(default_factory=dict)
    composite_id: str | None = None
    programme_id: str | None = None
    commendations: dict[str, str] = field(default_factory=dict)

    def campaign(self) -> Response:
        return self.office.ask("GET", f"/campaigns/{self.campaign_id}")

    @property
    def asks_for_plans(self) -> bool:
        return "plan" in self.kinds

    def now(self) -> datetime:
        """Read the server's clock, in the campaign's time zone: the only clock that counts."""
        return datetime.fromisoformat(self.campaign()["answered_at"]).astimezone(self.zone)

    def body_of(self, form: ApplicationForm) -> dict[str, Any]:
        """The cells of 附件2 as JSON, with those that the notice adds and cannot do without."""
        names = ("brand_name", "leader_name", "leader_title", "phone", "category")
        dates = {"started_on": form.started_on.isoformat(), "ended_on": form.ended_on.isoformat()}
        added = {"cells": OPINIONS[self.template]} if self.template in OPINIONS else {}
        return {name: getattr(form, name) for name in names} | dates | vars(form.narrative) | added

    def application(self, unit: UnitPlayer) -> str:
        """The path of a unit's application."""
        return f"/applications/{self.applications[unit.unit_id]}"

    def fate(self, committee: CommitteePlayer, unit: UnitPlayer) -> Fate:
        place = committee.units.index(unit)
        return Fate(self.scale.fates[committee.committee.code][place])

    def units(self, committee: CommitteePlayer, *fates: Fate) -> list[UnitPlayer]:
        """The committee's units whose applications come that far."""
        return [unit for unit in committee.units if self.fate(committee, unit) in fates]

    def others(self, *codes: str) -> list[CommitteePlayer]:
        """All committees but these."""
        return [player for code, player in self.committees.items() if code not in codes]

    def unit_called(self, name: str) -> UnitPlayer:
        """A unit that plays, by its name."""
        units = (unit for player in self.committees.values() for unit in player.units)
        return next(unit for unit in units if unit.unit.name == name)

    def committee_of(self, unit: UnitPlayer) -> CommitteePlayer:
        return next(player for player in self.committees.values() if unit in player.units)

    def round(self) -> str:
        """The path of the round that is judged now."""
        return f"/rounds/{self.rounds[-1]}"

    def source(self) -> dict[str, str]:
        """The source that awards are chosen from: the composite result if there is one, or the last round."""
        return {"composite_id": self.composite_id} if self.composite_id else {"round_id": self.rounds[-1]}

    def result(self) -> Response:
        """The result of that source."""
        path = f"/composites/{self.composite_id}" if self.composite_id else f"{self.round()}/ranking"
        return self.office.ask("GET", path)

    def plan_of(self, committee: CommitteePlayer) -> str:
        """The path of a committee's plan."""
        return f"/plans/{self.plans[committee.committee.code]}"

    def application_ids(self, committee: CommitteePlayer, *fates: Fate) -> list[str]:
        return [self.applications[unit.unit_id] for unit in self.units(committee, *fates)]


def wait_for(what: str, look: Callable[[], Found | None]) -> Found:
    """Look until it is there: what a worker does takes it a second or two."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise CannotPlay(f"{what}: nothing for {PATIENCE} s. Does a worker run? `pinpai worker` starts one.")
