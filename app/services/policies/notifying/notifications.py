"""The notices (通知) an event leads to, and their words: one table. An event outside it leads to none.

Nobody gets a notice of a draft that is not theirs, of a recusal, or of an award before it is published.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.findings import Sentence
from app.models.enums import ApplicationStatus, DeadlineKind, Labelled, Language, LimitKind, Role
from app.services.policies.filing.parties import RECOMMENDER, Receiver
from app.services.policies.notifying.kinds import Telling
from app.services.policies.notifying.tellings import TELLINGS

Particulars = Mapping[str, Any]
"""The facts of a notice, stored as JSON: names, figures, codes and instants that its sentence is made of."""
DIGEST_AFTER = timedelta(minutes=3)
"""The time a mail waits for further notices."""

KINDS = {telling.kind: telling for telling in TELLINGS}
"""By the name that is stored with every notification: a renamed kind needs a migration of those."""
AFTER: Mapping[str, list[Telling]] = defaultdict(list)
for _telling in TELLINGS:
    for _event in _telling.after:
        AFTER[_event].append(_telling)
ANNOUNCED = frozenset(AFTER)
"""The events that lead to a notice."""
FORMAL = frozenset(telling.kind for telling in TELLINGS if telling.formal)
"""Kinds that are mailed regardless of the account's preference."""

DATED = {
    "plan.returned": Sentence(
        "实施计划登记表被退回修改，请于{until}前重新报送。", "The plan was returned: hand it in again before {until}."
    )
}
"""The sentences of the kinds to which a date may belong, where it does."""

_OF_CAMPAIGN = Sentence("{campaign}：{text}", "{campaign}: {text}")
"""For a notice that was made while several campaigns ran."""
_REASONS = Sentence("原因：{reasons}", "Reasons: {reasons}")


PARTIES = {"organizer": "主办单位", "receiver": Receiver().short_name, "recommender": RECOMMENDER}
"""Names of the parties for notices without them: made before notices had any, or of the receiver that needs none."""
_CODED: Mapping[str, type[Labelled]] = {"status": ApplicationStatus, "deadline": DeadlineKind, "limit": LimitKind}
"""The particulars that are stored as a code."""


@dataclass(frozen=True, slots=True)
class WordedNotice:
    """A notice in words: a sentence, and what belongs to it line by line."""

    text: str
    details: list[str]


def tellings_after(event: str, by: Role) -> list[Telling]:
    """Return the kinds of notice that an event leads to when somebody of this role caused it."""
    return [telling for telling in AFTER.get(event, ()) if telling.by in (None, by)]


def occasion(telling: Telling, *, sequence: int, at: datetime, subject_id: UUID, request_id: UUID) -> str:
    """Return the occasion of which an account gets one notice: the event, its whole act, or its whole day."""
    if telling.once_a_day:
        return f"{subject_id}:{at:%Y-%m-%d}"
    return f"{subject_id}:{request_id}" if telling.once_an_act else str(sequence)


def worded(kind: str, particulars: Particulars, language: Language) -> WordedNotice:
    """Put a notice into words; its particulars are the facts its recipient may know."""
    telling = KINDS[kind]
    params = _params(particulars)
    details = []
    if telling.item:
        items = particulars.get("items", ())
        details = [telling.item.say(language, **_params(item)) for item in items]
    reasons = [*(particulars.get("reasons") or ()), *filter(None, [particulars.get("remark")])]
    if reasons:
        details.append(_REASONS.say(language, reasons="；".join(reasons)))
    sentence = DATED.get(kind, telling.sentence) if particulars.get("until") else telling.sentence
    text = sentence.say(language, **params)
    campaign = particulars.get("campaign")
    return WordedNotice(_OF_CAMPAIGN.say(language, campaign=campaign, text=text) if campaign else text, details)


def path(subject_type: str, subject_id: UUID) -> str:
    """Return the path of its page in a frontend: the API's path, below the base of all links."""
    return f"/{subject_type}s/{subject_id}"


def _params(particulars: Particulars) -> dict[str, Any]:
    """Add to the figures and names the words for what is stored as a code or an instant."""
    params = dict(particulars) | {party: particulars.get(party) or name for party, name in PARTIES.items()}
    if params.get("until"):
        params["until"] = datetime.fromisoformat(params["until"]).astimezone(ZoneInfo(params["timezone"]))
    return params | {name: words(params[name]) for name, words in _CODED.items() if params.get(name)}
