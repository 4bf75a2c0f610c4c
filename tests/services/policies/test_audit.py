import re
from pathlib import Path

import pytest

import app.services
from app.services.policies import WORKED_ON_BY_OTHERS, Disclosure, Event
from app.services.policies.audit import EVENTS, HANDED_IN, NOT_FOR_OFFICE

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


def test_every_event_that_is_written_has_its_words() -> None:
    assert WRITTEN - set(EVENTS) == set()


def test_no_words_are_kept_for_what_never_happens() -> None:
    assert set(EVENTS) - WRITTEN == set()


def test_what_the_office_reads_of_the_work_of_others() -> None:
    assert HANDED_IN == READ_WHOLE
    assert {EVENTS[code].subject for code in HANDED_IN} <= WORKED_ON_BY_OTHERS


def test_nothing_is_kept_from_the_office_but_particulars_of_the_work_of_others() -> None:
    assert NOT_FOR_OFFICE == set()
    bare = {code for code, event in EVENTS.items() if event.disclosure is Disclosure.FACT}
    assert bare == {code for code, event in EVENTS.items() if event.subject in WORKED_ON_BY_OTHERS} - READ_WHOLE


@pytest.mark.parametrize(
    ("code", "office", "disclosure"),
    [
        ("round.opened", None, Disclosure.WHOLE),
        ("image.added", None, Disclosure.FACT),
        ("image.added", Disclosure.WHOLE, Disclosure.WHOLE),
        ("image.added", Disclosure.NOTHING, Disclosure.NOTHING),
        ("round.opened", Disclosure.NOTHING, Disclosure.NOTHING),
    ],
)
def test_an_event_says_how_much_of_it_the_office_reads(
    code: str, office: Disclosure | None, disclosure: Disclosure
) -> None:
    assert Event(code, "甲", "A", office).disclosure is disclosure
