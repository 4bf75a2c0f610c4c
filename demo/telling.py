"""The chapter of the notifications (通知) that people received meanwhile."""

from demo.cast import Person
from demo.client import Response
from demo.nominating import nominees
from demo.stage import Stage, wait_for

SHOWN = 6
CORRECTED = ["application.accepted", "application.correction_requested"]
"""Last notifications of the unit of the returned case, the newest first."""


def read_notifications(stage: Stage) -> None:
    """Read the feeds of a unit and the office; nobody is notified of their own acts."""
    stage.narrator.chapter("What everybody was told (通知)")
    unit = stage.unit_called(nominees(stage)[-1]["unit_name"]).person
    wait_for("The correction's acceptance is told", lambda: _has_heard_all(stage, unit))
    _read(stage, unit)
    _read(stage, stage.office)


def _has_heard_all(stage: Stage, person: Person) -> bool:
    """Return true if the feed has the last event; notifications arrive in the order of the events."""
    feed = person.ask("GET", "/notifications?limit=50")["items"]
    kinds = [each["kind"] for each in feed if each["campaign_id"] == stage.campaign_id and each["kind"] in CORRECTED]
    return kinds[:2] == CORRECTED


def _read(stage: Stage, person: Person) -> None:
    """The feed; then one of it is marked as read, then all."""
    feed = person.act("reads the notifications", "GET", f"/notifications?limit={SHOWN}")
    stage.narrator.add(f"{feed['unread']} not read, of {feed['total']}; the newest:")
    for each in feed["items"]:
        stage.narrator.add(f"  {each['kind']}  {' '.join([each['text'], *each['details']])}")
    newest = feed["items"][0]["id"]
    one = _mark(person, "has read the newest", {"notification_ids": [newest]})
    every = _mark(person, "marks all as read", {"up_to": newest})
    stage.narrator.add(f"not read: {feed['unread']}, then {one['unread']}, then {every['unread']}")


def _mark(person: Person, deed: str, which: dict[str, object]) -> Response:
    return person.act(deed, "POST", "/notifications/readings", which)
