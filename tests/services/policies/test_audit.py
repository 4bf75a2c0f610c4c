import re
from pathlib import Path

import app.services
from app.services.policies.audit import EVENTS, TOLD_TO_OFFICE, WORKED_ON_BY_OTHERS

SOURCES = [path for folder in app.services.__path__ for path in Path(folder).rglob("*.py") if path.name != "audit.py"]
SUBJECTS = "|".join(sorted({event.partition(".")[0] for event in EVENTS}))
WRITTEN = {event for path in SOURCES for event in re.findall(rf'"((?:{SUBJECTS})\.[a-z_]+)"', path.read_text("utf-8"))}


def test_every_event_that_is_written_has_its_words() -> None:
    assert WRITTEN - set(EVENTS) == set()


def test_no_words_are_kept_for_what_never_happens() -> None:
    assert set(EVENTS) - WRITTEN == set()


def test_what_the_office_is_told_of_the_work_of_others_happens() -> None:
    assert set(EVENTS) >= TOLD_TO_OFFICE
    assert {event.partition(".")[0] for event in TOLD_TO_OFFICE} <= WORKED_ON_BY_OTHERS
