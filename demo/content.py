"""The people and the papers of the demonstration. Everything is invented and follows from its seed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

CATEGORIES = ("derun", "meiliang", "qingman", "chengzhu")
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Of 统一社会信用代码 (GB 32100): 31 characters, the last of a code checks the others."""
NUMERALS = "一二三四五六七八九十"
FIGURES = {
    "volunteers": (62, 420),
    "sessions": (24, 68),
    "served": (1200, 9800),
    "groups": (6, 19),
    "forms": (260, 980),
    "percent": (92, 98),
    "rise": (11, 36),
    "letters": (21, 86),
    "media": (5, 27),
}


@dataclass(frozen=True)
class Case:
    """An innovative case: what a unit does that no other does. Each practice is a title and a paragraph."""

    category: str
    unit: str
    topic: str
    brand: str
    brand_name: str
    innovation: str
    practices: tuple[tuple[str, str], ...]
    story: str


@dataclass(frozen=True)
class Unit:
    """A civilized unit with the words it uses of itself (我校), of those it serves (学生) and of its staff (教职工)."""

    name: str
    honour_level: str
    credit_code: str
    leader_name: str
    leader_title: str
    phone: str
    we: str
    folk: str
    team: str


@dataclass(frozen=True)
class Committee:
    """A Party committee, its units, and the further cases its plan promises and nobody ever files."""

    code: str
    name: str
    kind: str
    leader_name: str
    leader_title: str
    liaison_name: str
    liaison_phone: str
    units: tuple[Unit, ...]
    also_planned: tuple[str, ...]

    @property
    def planned_cases(self) -> list[tuple[str, str]]:
        """The rows of 附件1: name of the case, unit that implements it."""
        written = [(case_of(unit).brand_name, unit.name) for unit in self.units]
        return written + [(name, self.units[0].name) for name in self.also_planned]


@dataclass(frozen=True)
class JudgeProfile:
    """Somebody who judges: what they know, how lenient they are in points, and the units they have a tie with.

    They work for `unit`; they are an account of `alias_of` under another name; they know `friend`, and say so.
    """

    name: str
    organisation: str
    expertise: tuple[str, ...]
    leniency: int
    unit: str | None = None
    alias_of: str | None = None
    friend: str | None = None


@dataclass(frozen=True)
class Narrative:
    """The three texts of 附件2 whose length counts."""

    innovation: str
    practices: str
    effects: str

    def __str__(self) -> str:
        return f"{self.innovation}\n{self.practices}\n{self.effects}"


@dataclass(frozen=True)
class ApplicationForm:
    """附件2 as a unit fills it in, with the captions of its pictures."""

    unit: Unit
    brand_name: str
    leader_name: str
    leader_title: str
    phone: str
    category: str
    started_on: date
    ended_on: date
    narrative: Narrative
    captions: tuple[str, ...]


@cache
def committees() -> tuple[Committee, ...]:
    """Return the dozen committees of both kinds, always the same."""
    return tuple(_committee(Random(row["code"]), row) for row in _bank("committees"))  # noqa: S311 -- invents, hides nothing


@cache
def units() -> tuple[Unit, ...]:
    """Return the units of all committees in order; the place in it is the seed of a unit's first application."""
    return tuple(unit for committee in committees() for unit in committee.units)


@cache
def judges() -> tuple[JudgeProfile, ...]:
    """Return the six judges, always the same."""
    return tuple(JudgeProfile(expertise=tuple(row.pop("expertise")), **row) for row in _bank("judges"))


def unit_of(seed: int) -> Unit:
    """Return the unit whose application this seed writes."""
    return units()[seed % len(units())]


def case_of(unit: Unit) -> Case:
    """Return the case this unit is known for."""
    return _cases()[unit.name]


def application_form(seed: int) -> ApplicationForm:
    """Fill in 附件2. The first seeds give each unit its own case; later ones vary its words and figures."""
    unit = unit_of(seed)
    return ApplicationForm(
        unit,
        case_of(unit).brand_name,
        unit.leader_name,
        unit.leader_title,
        unit.phone,
        case_of(unit).category,
        _started_on(seed),
        date(2015, 8, 31),
        application_text(seed),
        tuple(_filled_in(seed, caption) for caption in _bank("paragraphs")["captions"]),
    )


def application_text(seed: int) -> Narrative:
    """Write the three texts, about 2000 字 together."""
    case, choose = case_of(unit_of(seed)), Random(f"words {seed}").choice  # noqa: S311 -- the same
    bank = {slot: choose(_variants(texts, case.category)) for slot, texts in _bank("paragraphs").items()}
    generic = [bank[slot] for slot in ("team", "publicity", "evaluation", "records", "deepening")]
    effects = [bank["gain"], bank["story_lead"] + case.story, bank["spread"], bank["benefit"], bank["close"]]
    return Narrative(
        _joined(seed, [bank["background"], case.innovation, bank["concept"], bank["mechanism"]]),
        _joined(seed, _numbered([bank["lead"], *case.practices, *generic])),
        _joined(seed, effects),
    )


def short_text(seed: int) -> Narrative:
    """Write the same as a unit in a hurry would: a few hundred 字, far below what is asked."""
    case = case_of(unit_of(seed))
    titles = _numbered([(title, "") for title, _ in case.practices])
    return Narrative(_filled_in(seed, case.innovation), _joined(seed, titles), _filled_in(seed, case.story))


def _numbered(practices: list[tuple[str, str]]) -> list[str]:
    return [f"{numeral}、{title}。{text}" for numeral, (title, text) in zip(NUMERALS, practices, strict=False)]


def _joined(seed: int, paragraphs: list[str]) -> str:
    return "\n".join(_filled_in(seed, paragraph) for paragraph in paragraphs)


def _filled_in(seed: int, paragraph: str) -> str:
    """Put the unit's words and figures into a paragraph; every paragraph counts something else, so it has its own."""
    unit, draw = unit_of(seed), Random(f"figures {seed} {paragraph}")  # noqa: S311 -- the same
    figures: dict[str, object] = {name: draw.randint(*bounds) for name, bounds in FIGURES.items()}
    figures |= {"percent": f"{figures['percent']}.{draw.randint(1, 9)}", "staff": Random(unit.name).randint(18, 96)}  # noqa: S311 -- the same
    since = f"{_started_on(seed):%Y年%-m月}起"
    return paragraph.format(since=since, brand=case_of(unit).brand, unit=unit.name, **vars(unit), **figures)


def _started_on(seed: int) -> date:
    draw = Random(f"dates {seed}")  # noqa: S311 -- the same
    return date(draw.choice([2012, 2013]), draw.randint(1, 12), draw.choice([1, 8, 10, 15]))


def _committee(draw: Random, row: dict[str, Any]) -> Committee:
    return Committee(
        row["code"],
        row["name"],
        row["kind"],
        _person(draw),
        draw.choice(
            ["党工委副书记", "宣传委员"] if row["kind"] == "township_subdistrict" else ["党委副书记", "副局长"]
        ),
        _person(draw),
        _phone(draw),
        tuple(_unit(draw, **unit) for unit in row["units"]),
        tuple(row["also_planned"]),
    )


def _unit(draw: Random, *, registrar: str, **row: str) -> Unit:
    return Unit(leader_name=_person(draw), phone=_phone(draw), credit_code=_credit_code(draw, registrar), **row)


def _person(draw: Random) -> str:
    return f"{draw.choice(_bank('names')['surnames'])}{draw.choice(_bank('names')['given'])}"


def _phone(draw: Random) -> str:
    return f"0315-555{draw.randint(0, 9999):04}"


def _credit_code(draw: Random, registrar: str) -> str:
    """Invent a code of Lubei (130203) whose organisation part is random."""
    first17 = f"{registrar}130203" + "".join(draw.choices(CODE_ALPHABET, k=9))
    total = sum(CODE_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(first17))
    return first17 + CODE_ALPHABET[-total % 31]


def _variants(texts: Any, category: str) -> Any:
    """Return what may be chosen for a paragraph: some are written for each category, a few are a single text."""
    variants = texts[category] if isinstance(texts, dict) else texts
    return variants if isinstance(variants, list) else [variants]


@cache
def _cases() -> dict[str, Case]:
    return {case.unit: case for category in CATEGORIES for case in _cases_in(category)}


def _cases_in(category: str) -> Iterator[Case]:
    for row in _bank(category):
        practices = tuple((title, text) for title, text in row.pop("practices"))
        yield Case(category=category, practices=practices, **row)


@cache
def _bank(name: str) -> Any:
    return json.loads(files("demo").joinpath("bank", f"{name}.json").read_text(encoding="utf-8"))
