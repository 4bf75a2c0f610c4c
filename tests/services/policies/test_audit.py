import re
from pathlib import Path

import app.services
from app.services.policies import WORKED_ON_BY_OTHERS
from app.services.policies.audit import EVENTS, HANDED_IN, INWARD

SOURCES = [path for folder in app.services.__path__ for path in Path(folder).rglob("*.py") if path.name != "audit.py"]
SUBJECTS = "|".join(sorted({event.subject for event in EVENTS.values()}))
WRITTEN = {event for path in SOURCES for event in re.findall(rf'"((?:{SUBJECTS})\.[a-z_]+)"', path.read_text("utf-8"))}
READ_WHOLE = {
    "application.submitted",
    "application.endorsed",
    "application.filed",
    "application.correction_requested",
    "application.accepted",
    "application.disqualified",
    "application.withdrawn",
    "plan.submitted",
    "plan.returned",
}
"""What the office reads of the work of units and committees: what is handed in, and what is decided on it."""

NOT_READ = {"application.paused", "application.resumed"}
"""The owners' own business, of which the office is not to learn."""


def test_every_event_that_is_written_has_its_words() -> None:
    assert WRITTEN - set(EVENTS) == set()


def test_no_words_are_kept_for_what_never_happens() -> None:
    assert set(EVENTS) - WRITTEN == set()


def test_what_the_office_reads_of_the_work_of_others() -> None:
    assert HANDED_IN == READ_WHOLE
    assert INWARD == NOT_READ
    assert {EVENTS[code].subject for code in HANDED_IN | INWARD} <= WORKED_ON_BY_OTHERS
