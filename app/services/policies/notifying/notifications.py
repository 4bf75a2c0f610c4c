"""Who is told of what (通知), and in which words: one table. Of what is not in it, nobody is told.

Nobody is told of drafts that are not theirs, of recusals, or of an award before it is published.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.findings import Sentence
from app.models.enums import ApplicationStatus, DeadlineKind, Language, Role
from app.services.policies.notifying.tellings import TELLINGS, Telling

Particulars = Mapping[str, Any]
"""The facts of a notice, stored as JSON: names, figures, codes and instants that its sentence is made of."""
DIGEST_AFTER = timedelta(minutes=3)
"""How long a mail waits for what else is new."""

KINDS = {telling.kind: telling for telling in TELLINGS}
"""By the name that is stored with every notification: who renames one also migrates what was told."""
AFTER: Mapping[str, list[Telling]] = defaultdict(list)
for _telling in TELLINGS:
    for _event in _telling.after:
        AFTER[_event].append(_telling)
TOLD_OF = frozenset(AFTER)
"""The events that anybody is told of."""
FORMAL = frozenset(telling.kind for telling in TELLINGS if telling.formal)
"""What is mailed whatever the account prefers."""

_REASONS = Sentence("原因：{reasons}", "Reasons: {reasons}")
_CLOCK = Sentence("%Y年%-m月%-d日%H:%M", "%Y-%m-%d %H:%M")
_WHOLE_DAY = Sentence("%Y年%-m月%-d日24:00", "%Y-%m-%d 24:00")


@dataclass(frozen=True, slots=True)
class Said:
    """A notice in words: a sentence, and what belongs to it line by line."""

    text: str
    details: list[str]


def tellings_after(event: str, by: Role) -> list[Telling]:
    """What follows from an event that somebody of this role caused."""
    return [telling for telling in AFTER.get(event, ()) if telling.by in (None, by)]


def occasion(telling: Telling, *, sequence: int, at: datetime, subject_id: UUID, request_id: UUID) -> str:
    """What an account is told of once: the event; or what came of one act; or all that happened in a day."""
    if telling.once_a_day:
        return f"{subject_id}:{at:%Y-%m-%d}"
    return f"{subject_id}:{request_id}" if telling.once_an_act else str(sequence)


def said(kind: str, particulars: Particulars, language: Language) -> Said:
    """Put it into words; the particulars are what the recipient may know."""
    telling = KINDS[kind]
    params = _worded(particulars, language)
    details = []
    if telling.item:
        items = particulars.get("items", ())
        details = [telling.item.say(language, **_worded(item, language)) for item in items]
    reasons = [*(particulars.get("reasons") or ()), *filter(None, [particulars.get("remark")])]
    if reasons:
        details.append(_REASONS.say(language, reasons="；".join(reasons)))
    return Said(telling.sentence.say(language, **params), details)


def spoken(instant: datetime, zone: ZoneInfo, language: Language) -> str:
    """An instant that closes something; midnight is the end of the day before, as people say it."""
    local = instant.astimezone(zone)
    ends_a_day = local.time() == time()
    shown, words = (local - timedelta(days=1), _WHOLE_DAY) if ends_a_day else (local, _CLOCK)
    return shown.strftime(words.zh if language is Language.ZH else words.en)


def path(subject_type: str, subject_id: UUID) -> str:
    """Where a frontend shows it: as the API does, below the base of all links."""
    return f"/{subject_type}s/{subject_id}"


def _worded(particulars: Particulars, language: Language) -> dict[str, Any]:
    """Add to the figures and names the words for what is stored as a code or an instant."""
    params = dict(particulars)
    if params.get("until"):
        zone = ZoneInfo(params["timezone"])
        params["until"] = spoken(datetime.fromisoformat(params["until"]), zone, language)
    if code := params.get("status"):
        params["status"] = ApplicationStatus(code).label if language is Language.ZH else code
    if code := params.get("deadline"):
        params["deadline"] = DeadlineKind(code).label if language is Language.ZH else code
    return params
