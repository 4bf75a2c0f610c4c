"""The table of requirements in docs/security.md is complete, and names what there is."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.api.http.bodies import UPLOAD_LIMIT
from app.imaging import documents, pictures, scans
from app.imaging.process import CPU_SECONDS
from app.services.people import codes, sessions
from app.services.policies.people import passwords, retention, throttling
from app.settings import Settings

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")

# The levels of the requirements of OWASP ASVS 5.0.0: a line for a chapter, a word for a section, a figure for each.
LEVELS = """
    22 1111122223 112222222223 222 123
    122 112 12223 23
    3 113 12223 11222233 11122333 3 22333
    12233 23333 22 1222
    2 112333 113 222
    122 111111112222 11223333 112233 22222333 2223 33 2222
    222 1111 22 11222 223 22
    1233 1123 133 23
    111 1222
    22 223 22223 1111122222233333 22222 22 222
    2233 22233 11233 1222 23 23 33
    12233 11 22223
    2333 222223 2233 1222233
    22 12223333 122
    12233 12233 1222222 3333
    2 22222 2222 222 2223
    23 22223333 22
"""
ALSO = {"2.3.5", "5.2.4", "6.3.5", "6.3.7"}
"""Requirements of Level 3 that are ours all the same."""
REQUIREMENTS = {
    f"{chapter}.{section}.{requirement}": level
    for chapter, sections in enumerate(LEVELS.split("\n")[1:-1], 1)
    for section, levels in enumerate(sections.split(), 1)
    for requirement, level in enumerate(levels, 1)
}
OURS = {number for number, level in REQUIREMENTS.items() if level in "12"} | ALSO


@dataclass(frozen=True)
class Row:
    """A line of the table: of one requirement, or of those of a section or chapter together."""

    number: str
    level: str
    short: str
    met: str
    by: str
    test: str

    @property
    def covers(self) -> list[str]:
        return [number for number in OURS if f"{number}.".startswith(f"{self.number}.")]

    @property
    def paths(self) -> list[str]:
        return [*_paths(self.by), *_paths(self.test)]


def _paths(cell: str) -> Iterator[str]:
    """Files named in a cell; other words in code are settings, headers and names."""
    named = re.findall(r"`([\w.-]+(?:/[\w.-]+)*(?:::\w+)?)`", cell)
    yield from (name for name in named if re.match(r"(app|tests|docs|deploy|openapi|requirements)/", name))
    yield from (name for name in named if name in {"compose.yaml", "Dockerfile", ".dockerignore", "pyproject.toml"})


ROWS = [Row(*cells) for cells in re.findall(r"^\| ([0-9.]+) " + r"\| (.*?) " * 5 + r"\|$", PAGE, re.MULTILINE)]


def test_every_requirement_is_judged_once() -> None:
    assert Counter(number for row in ROWS for number in row.covers) == Counter(OURS)
    assert len(ROWS) == len(re.findall(r"^\| [0-9]", PAGE, re.MULTILINE))


def test_a_row_tells_the_level() -> None:
    told = {row.number: row.level for row in ROWS}
    levels = {row.number: sorted({REQUIREMENTS[number] for number in row.covers}) for row in ROWS}
    assert told == {number: "–".join(its) for number, its in levels.items()}


def test_the_figures_are_counted() -> None:
    met = Counter({row.met: 0 for row in ROWS})
    for row in ROWS:
        met[row.met] += len(row.covers)
    assert met.keys() <= {"yes", "in part", "no", "does not apply"}
    assert (
        f"Of {len(OURS)} requirements {met['yes']} are met, {met['in part']} in part, {met['no']} not, "
        f"and {met['does not apply']} do not apply."
    ) in PAGE


def test_what_is_met_names_its_code_and_all_else_its_reason() -> None:
    assert [row.number for row in ROWS if row.met in {"yes", "in part"} and not row.paths] == []
    assert [row.number for row in ROWS if len(row.by) < len("not Java")] == []
    assert [row.number for row in ROWS if row.test != "–" and not list(_paths(row.test))] == []


def test_what_a_row_names_is_there() -> None:
    missing = [(row.number, path) for row in ROWS for path in row.paths if not _is_there(*path.partition("::")[::2])]
    assert missing == []


def _is_there(file: str, test: str) -> bool:
    path = ROOT / file
    return path.exists() and (
        not test or re.search(rf"^(async )?def {test}\(", path.read_text("utf-8"), re.MULTILINE) is not None
    )


def _setting(name: str) -> object:
    return Settings.model_fields[name].default


@pytest.mark.parametrize(
    "sentence",
    [
        f"have {passwords.MINIMUM} to 128 characters",
        f"close that pair for {throttling.WINDOW.seconds // 60} minutes",
        f"{throttling.FAILURES_PER_ADDRESS} failures close an address",
        f"during the last {throttling.KNOWN.days} days",
        f"once, {codes.CODE_LIFE.days * 24} hours",
        f"| silence | {_setting('session_idle_minutes')} minutes",
        f"| in any case | {_setting('session_hours')} hours",
        f"| a machine's token | {_setting('client_token_minutes')} minutes",
        f"| at a time | {sessions.PER_PERSON} of a person, {sessions.PER_CLIENT} of a client",
        f"with its form {UPLOAD_LIMIT // 2**20}; 2²⁶ pixels",
        f"side {pictures.MAX_SIDE // 1000} 000; {CPU_SECONDS} s of CPU",
        f"{scans.MAX_PAGES} pages, {documents.MAX_OBJECTS // 1000} 000 objects, {documents.MAX_STREAM // 2**20} MiB a",
        f"at most {pictures.CLEAN_SIDE} pixels",
        f"after {throttling.REMEMBERED.days} day, of known addresses after {throttling.KNOWN.days}",
        f"`PINPAI_FILE_GRACE_DAYS` ({_setting('file_grace_days')})",
        f"{retention.ANSWERS.days} days sealed",
    ],
)
def test_a_figure_in_the_text_is_the_codes(sentence: str) -> None:
    assert sentence in " ".join(PAGE.split())
