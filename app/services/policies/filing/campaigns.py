"""The regulation of campaigns: who may change the notice, and what of it once people rely on it."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from operator import itemgetter
from zoneinfo import ZoneInfo

from app.comparable import same_value
from app.findings import Finding, Rule
from app.models.enums import CampaignStatus as Status
from app.models.enums import Role, Severity
from app.services.policies import REQUIRED, Act, Event, StatusOnly
from app.services.policies.filing import attachments, cells
from app.services.policies.filing.controls import NO_SUCH_CELL
from app.services.policies.filing.deadlines import closing_findings
from app.services.policies.filing.earlier_wins import stricter
from app.services.policies.filing.forms import CAPTION, LABELLED, TEXTS
from app.services.policies.filing.limit_settings import ImageLimits, ImageRole
from app.services.policies.filing.notice import MOST_YEARS_OFF, CampaignSettings, Coded, StoredSettings, Window

OFFICE = Role.OFFICE
MOST_ADVICE = 50
"""Advice that is given at once."""

HURTFUL_CHANGE = Rule(
    "hurtful_change",
    "活动发布后不能作此修改：可能影响已按原要求申报的单位。",
    "Not after publication: it could hurt somebody who relied on the published rules.",
)
WORDS_MADE_PUBLIC = Rule(
    "words_made_public",
    "已有通报公示或发布，其中的用语不能再改。",
    "A commendation that speaks in these words is publicised or published.",
)
DEADLINE_IN_THE_PAST = Rule(
    "deadline_in_the_past",
    "新的截止时间（{closes_at}）必须晚于当前时间。",
    "The new deadline ({closes_at}) must be in the future.",
)
DEADLINE_BEFORE_OPENING = Rule(
    "deadline_before_opening",
    "截止时间不得早于开始日期（{opens_on}）。",
    "The deadline would be before the opening ({opens_on}).",
)
DEADLINE_FAR_OFF = Rule(
    "deadline_far_off",
    "截止时间须在活动年度前后 {years} 年之内。",
    "The deadline must lie within {years} years of the campaign's year.",
)
STILL_NAMES_YEAR = Rule(
    "still_names_year",
    "文中仍有“{text}”，而本活动为{year}年，请核对。",
    "The text still says “{text}”, in a campaign of {year}: is it meant?",
    Severity.ADVICE,
)
DEADLINE_UNCHANGED = Rule(
    "deadline_unchanged", "截止时间（{closes_at}）没有变化。", "The deadline ({closes_at}) would not change."
)
CHANGE_USED = Rule(
    "change_was_used",
    "已有 {count} 项按现行规定办理，不能改回。",
    "{count} were made under the present rule: it cannot be changed back.",
)
DEADLINE_EARLIER = Rule(
    "deadline_earlier",
    "新的截止时间早于已公布的时间（{closes_at}），尚有 {count} 个{recommender}未办完；请先试行查看，确认后再提前。",
    "The deadline would be earlier than published ({closes_at}), and {count} committees are not done: confirm it after "
    "a dry run.",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One value of the settings, before and after."""

    pointer: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Usage:
    """Numbers of what was made under a rule that new settings would no longer allow, by the rule's pointer."""

    by_pointer: Mapping[str, int]

    def of(self, pointer: str) -> int:
        return self.by_pointer.get(pointer, 0)


UNUSED = Usage({})


def changes(old: StoredSettings, new: StoredSettings, place: str = "") -> Iterator[Change]:
    """Yield the values that differ, each with its pointer; lists are compared whole."""
    for name in old | new:  # the lengths of cells come and go
        pointer, before, after = f"{place}/{name}", old.get(name), new.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from changes(before, after, pointer)
        elif not same_value(before, after):
            yield Change(pointer, before, after)


def restored(changed: Iterable[Change], former: Iterable[Change]) -> set[str]:
    """Return the pointers whose new value was in force before, by the changes that the history has."""
    earlier = list(former)
    return {
        change.pointer
        for change in changed
        if any(past.pointer == change.pointer and same_value(past.old, change.new) for past in earlier)
    }


def particulars(status: Status, **values: object) -> dict[str, object]:
    """Return what all who see the campaign read of a change: its values once it is published, of a draft nothing."""
    return {} if status is Status.DRAFT else values


def reason_findings(status: Status, changed: Iterable[Change], reason: str | None) -> list[Finding]:
    """Demand a reason of every change that follows publication."""
    needed = status is not Status.DRAFT and any(changed) and not reason
    return [REQUIRED("/reason", label="理由")] if needed else []


_VOCABULARIES = ("categories", "award_kinds", "return_reasons", "disqualification_reasons")


def change_findings(
    old: CampaignSettings,
    new: CampaignSettings,
    status: Status,
    back: AbstractSet[str] = frozenset(),
    usage: Usage = UNUSED,
) -> list[Finding]:
    """Return the changes a published campaign may not take: those that could hurt somebody who relied on its rules.

    What goes `back` to a value that was in force before hurts those alone who have made use of the present one.
    """
    if status is Status.DRAFT:
        return []
    lengths = sorted(new.field_lengths.items())
    hurtful = {
        "/year": old.year != new.year,
        "/timezone": old.timezone != new.timezone,
        "/plans": old.plans != new.plans,
        "/applications": old.applications != new.applications,
        "/minimum_filed": new.minimum_filed > old.minimum_filed,
        "/maximum_filed": _lowered(old.maximum_filed, new.maximum_filed),
        "/filed_by_kind": any(_tighter(old, new, kind) for kind in old.kinds_limited | new.kinds_limited),
        "/years_in_operation": new.years_in_operation > old.years_in_operation,
        "/honour_levels": _admits_fewer(old, new),
        "/earlier_winners": stricter(old.earlier_winners, new.earlier_winners),
        **_of_images(old.images, new.images),
        "/narrative/minimum": new.narrative.minimum > old.narrative.minimum,
        "/narrative/maximum": new.narrative.maximum < old.narrative.maximum,
        "/topic_required": new.topic_required and not old.topic_required,
        "/recommended_order": new.recommended_order == "required" != old.recommended_order,
        "/cells": bool(cells.taken_back(old.cells, new.cells) or cells.tightened(old.cells, new.cells)),
        **{f"/{name}": _fixed(getattr(old, name), getattr(new, name)) for name in ("figures", "composites")},
        "/vetoes": _codes(old.vetoes) != _codes(new.vetoes),
        **{f"/{name}": not _codes(getattr(old, name)) <= _codes(getattr(new, name)) for name in _VOCABULARIES},
        "/attachments": attachments.asks_more(old.attachments, new.attachments),
        **{f"/field_lengths/{name}": size < old.field_lengths.get(name, size + 1) for name, size in lengths},
    }
    found = [_hurtful(pointer, pointer in back, usage) for pointer, hurts in hurtful.items() if hurts]
    return [finding for finding in found if finding]


def _fixed(old: Sequence[Coded], new: Sequence[Coded]) -> bool:
    """Return true if one of them is no more, or is another: whoever changes it may know what follows."""
    return any(each not in new for each in old)


def _of_images(old: ImageLimits, new: ImageLimits) -> dict[str, bool]:
    raised = ("minimum", "long_side", "short_side", "smallest")
    return {
        **{f"/images/{name}": getattr(new, name) > getattr(old, name) for name in raised},
        "/images/maximum": new.maximum < old.maximum,
        "/images/roles": _roles_tightened(old.roles, new.roles),
    }


def _roles_tightened(old: Sequence[ImageRole], new: Sequence[ImageRole]) -> bool:
    """Return true if a role is no more, or asks for other numbers of pictures than it had room for."""
    after = {role.code: role for role in new}
    wider = (
        role.code in after and after[role.code].minimum <= role.minimum and after[role.code].maximum >= role.maximum
        for role in old
    )
    asked = any(role.minimum for role in new if role.code not in {each.code for each in old})
    return asked or not all(wider)


def _admits_fewer(old: CampaignSettings, new: CampaignSettings) -> bool:
    """Return true if units of a level are shut out; without any, all are admitted, those to come, too."""
    return bool(new.honour_levels) and not (old.honour_levels and set(old.honour_levels) <= set(new.honour_levels))


def _lowered(old: int | None, new: int | None) -> bool:
    return new is not None and (old is None or new < old)


def _tighter(old: CampaignSettings, new: CampaignSettings, kind: str) -> bool:
    """Return true if numbers of its own leave a kind of committee less room than it had."""
    before, after = old.filed_by(kind), new.filed_by(kind)
    return after.minimum_filed > before.minimum_filed or _lowered(before.maximum_filed, after.maximum_filed)


def _hurtful(pointer: str, back: bool, usage: Usage) -> Finding | None:
    if not back:
        return HURTFUL_CHANGE(pointer)
    return CHANGE_USED(pointer, count=usage.of(pointer)) if usage.of(pointer) else None


def name_findings(old: CampaignSettings, new: CampaignSettings) -> list[Finding]:
    """Refuse names that no cell of the form has: they would have no effect. Those that were stored before may stay."""
    lengths = [
        f"/field_lengths/{name}" for name in new.field_lengths.keys() - TEXTS - {CAPTION} - old.field_lengths.keys()
    ]
    labels = [f"/field_labels/{name}" for name in new.field_labels.keys() - LABELLED - old.field_labels.keys()]
    return [NO_SUCH_CELL(pointer, name=pointer.rpartition("/")[2]) for pointer in sorted(lengths + labels)]


def wording_findings(old: CampaignSettings, new: CampaignSettings, *, commended: bool) -> list[Finding]:
    """Return the changes of words that a commendation uses; once anybody can read it, they stay."""
    if not commended:
        return []
    changed = {
        "/award_kinds": any(kind not in new.award_kinds for kind in old.award_kinds),
        "/categories": not _names(old.categories) <= _names(new.categories),
        "/commendation/wording": old.commendation.wording != new.commendation.wording,
    }
    return [WORDS_MADE_PUBLIC(pointer) for pointer, differs in changed.items() if differs]


def publication_advice(settings: StoredSettings, status: Status) -> list[Finding]:
    """Advise on the texts of a draft that name an earlier year, as those of a copied notice do."""
    if status is not Status.DRAFT:
        return []
    year = int(settings["year"])
    stale = (
        STILL_NAMES_YEAR(f"/settings{pointer}", text=found[0], year=year)
        for pointer, text in _texts(settings)
        for found in _YEAR.finditer(text)
        if int(found.group("year")) < year
    )
    return list(islice(stale, MOST_ADVICE))


def _texts(value: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of the settings with its place."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict | list):
        for name, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(member, f"{pointer}/{name}")


_YEAR = re.compile(r"(?<!\d)〔?(?P<year>(?:19|20)\d\d)(?:〕|年[^，。；：、）》\s]{0,12})")


def deadline_move_findings(settings: CampaignSettings, old: Window, new: Window, now: datetime) -> list[Finding]:
    """Return why a deadline may not be moved there: into the past, before the opening, far off, or not at all."""
    findings = closing_findings(settings, new.due_on, settings.closes_at(new))
    if any(abs(day.year - settings.year) > MOST_YEARS_OFF for day in (new.due_on, settings.closes_at(new))):
        findings.append(DEADLINE_FAR_OFF("/due_on", years=MOST_YEARS_OFF))
    if settings.closes_at(new) <= now:
        findings.append(DEADLINE_IN_THE_PAST("/due_on", closes_at=settings.closes_at(new)))
    if settings.closes_at(new) <= settings.opens_at(new):
        findings.append(DEADLINE_BEFORE_OPENING("/due_on", opens_on=new.opens_on))
    if settings.closes_at(new) == settings.closes_at(old) and new.due_on == old.due_on:
        findings.append(DEADLINE_UNCHANGED("/due_on", closes_at=settings.closes_at(old)))
    return findings


def earlier_findings(
    settings: CampaignSettings, old: Window, new: Window, status: Status, concerned: int
) -> list[Finding]:
    """Refuse an earlier deadline that committees still rely on, unless the office has confirmed it."""
    until = settings.closes_at(old)
    earlier = status is not Status.DRAFT and settings.closes_at(new) < until
    if not (earlier and concerned):
        return []
    return [DEADLINE_EARLIER("/despite_earlier", closes_at=until, count=concerned, recommender=settings.recommender)]


def moved_to_year(settings: StoredSettings, year: int) -> StoredSettings:
    """Move every date of the settings to another year; 29 February becomes 28 February."""
    present, name = itemgetter("year", "name")(settings)
    renamed = {"year": year, "name": name.replace(str(present), str(year))}
    return moved_by(settings, months=12 * (year - present)) | renamed


def moved_by(settings: StoredSettings, *, months: int = 0, days: int = 0) -> StoredSettings:
    """Move every date of the settings by months, then by days; a day that its month does not have becomes the last."""
    zone = ZoneInfo(settings["timezone"])
    return _moved_members(settings, lambda stamp: _later(stamp, zone, months, days))


def _moved_members(members: StoredSettings, moved: Callable[[str], str]) -> StoredSettings:
    return {
        name: moved(value) if name.endswith(("_on", "_at")) and value else _moved(value, moved)
        for name, value in members.items()
    }


def _moved(value: object, moved: Callable[[str], str]) -> object:
    if isinstance(value, dict):
        return _moved_members(value, moved)
    return [_moved(item, moved) for item in value] if isinstance(value, list) else value


def _later(stamp: str, zone: ZoneInfo, months: int, days: int) -> str:
    """Move a day, or the day of an instant in the campaign's time zone."""
    if len(stamp) > len("2015-09-14"):
        at = datetime.fromisoformat(stamp).astimezone(zone)
        return datetime.combine(_later_day(at.date(), months, days), at.time(), zone).isoformat()
    return _later_day(date.fromisoformat(stamp), months, days).isoformat()


def _later_day(day: date, months: int, days: int) -> date:
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])) + timedelta(days)


def _names(items: Iterable[Coded]) -> set[tuple[str, str]]:
    return {(item.code, item.name) for item in items}


def _codes(items: Iterable[Coded]) -> set[str]:
    return {item.code for item in items}


_Act = Act[Status, StatusOnly[Status]]

EDIT = _Act(
    "edit",
    Event("campaign.edited", "修改活动设置", "Changed the campaign"),
    by={OFFICE: {Status.DRAFT, Status.PUBLISHED}},
)
PUBLISH = _Act(
    "publish",
    Event("campaign.published", "发布活动", "Published the campaign"),
    by={OFFICE: {Status.DRAFT}},
    target=Status.PUBLISHED,
)
CLOSE = _Act(
    "close",
    Event("campaign.closed", "结束活动", "Closed the campaign"),
    by={OFFICE: {Status.PUBLISHED}},
    target=Status.CLOSED,
)
REOPEN = _Act(
    "reopen",
    Event("campaign.reopened", "恢复活动", "Reopened the campaign"),
    by={OFFICE: {Status.CLOSED}},
    target=Status.PUBLISHED,
)
MOVE_DEADLINE = _Act(
    "move_deadline",
    Event("campaign.deadline_moved", "调整截止时间", "Moved a deadline"),
    by={OFFICE: {Status.DRAFT, Status.PUBLISHED}},
)
EXTEND = _Act(
    "extend", Event("extension.granted", "批准延期", "Granted a later deadline"), by={OFFICE: {Status.PUBLISHED}}
)
EXEMPT = _Act("exempt", Event("exemption.granted", "批准特批", "Loosened a limit"), by={OFFICE: {Status.PUBLISHED}})
ADD_DOCUMENT = _Act(
    "add_document",
    Event("document.added", "添加文件", "Added a document"),
    by={OFFICE: set(Status)},
)
ANNOUNCE = _Act(
    "announce",
    Event("announcement.sent", "发送通知", "Sent an announcement"),
    by={OFFICE: {Status.PUBLISHED, Status.CLOSED}},
)
ACTS = (EDIT, PUBLISH, MOVE_DEADLINE, EXTEND, EXEMPT, ADD_DOCUMENT, ANNOUNCE, CLOSE, REOPEN)

CREATED = Event("campaign.created", "创建活动", "Began the campaign")
