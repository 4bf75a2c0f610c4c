"""Nothing changes without a trace: the four verbs through which anything is ever changed.

Each applies the change and writes its audit row in the same transaction, with the digests of the row before and after.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, inspect, select, true

from app.comparable import same_value
from app.context import Context
from app.findings import Finding
from app.models import AuditEvent, Base, Campaign, Committee, Versioned
from app.models.enums import Labelled
from app.problems import StaleVersion
from app.services.policies import Act, Event, Facts, judge, permit, refuse
from app.services.policies import audit as policy

S = TypeVar("S", bound=Labelled)
F = TypeVar("F", bound=Facts[Any])
Model = TypeVar("Model", bound=Base)


def create(ctx: Context, subject: Model, event: Event, **data: object) -> Model:
    """Store something new."""
    if isinstance(subject, Versioned):
        subject.created_at = subject.updated_at = ctx.now
    ctx.session.add(subject)
    _record(ctx, event, subject, before=None, after=digest(subject), data=data)
    return subject


def change(
    ctx: Context, subject: Base, event: Event, *, data: Mapping[str, object] | None = None, **values: object
) -> None:
    """Set these values; the names of those that differ go into the history, and beside it what it keeps of them."""
    before = digest(subject)
    pairs = {name: (getattr(subject, name), value) for name, value in differing(subject, values).items()}
    for name, value in values.items():
        setattr(subject, name, value)
    touch(ctx, subject)
    said = {"changed": list(pairs), **(data or {})}
    kept = policy.changes(event.subject, pairs)
    _record(ctx, event, subject, before=before, after=digest(subject), data=said, changes=kept)


def move(
    ctx: Context,
    subject: Any,
    act: Act[S, F],
    facts: F | None = None,
    *,
    findings: Iterable[Finding] = (),
    data: Mapping[str, object] | None = None,
    **values: object,
) -> None:
    """Do an act: role (403), state (409), rules (409, all at once), then change and trace.

    An act that has rules is judged by `facts`; `findings` are those that depend on the request. One that keeps the
    state and sets values which are there already changes nothing, and leaves no trace.
    """
    if facts is None:
        permit(act, role=ctx.actor.role, status=subject.status)
        assert act.rules is act.parent is None, f"the rules of {act.name} need facts"
        refuse(findings)
    else:
        judge(act, ctx.actor.role, facts, findings)
    if act.target is None and values and not differing(subject, values):
        return
    change_state(ctx, subject, act, data=data, **values)


def change_state(
    ctx: Context, subject: Any, act: Act[S, F], *, data: Mapping[str, object] | None = None, **values: object
) -> None:
    """Do an act that has been judged already, with others or before something that must come first."""
    before, after = subject.status, act.target or subject.status
    if act.event.handed_in:
        before = before.outward
    change(ctx, subject, act.event, data={"from": before, "to": after, **(data or {})}, status=after, **values)


async def remove(ctx: Context, subject: Base, event: Event, **data: object) -> None:
    """Delete a row that nothing needs any more; its trace stays."""
    _record(ctx, event, subject, before=digest(subject), after=None, data=data)
    await ctx.session.delete(subject)


def note(ctx: Context, subject: Base, event: Event, **data: object) -> None:
    """Leave a trace of something that changes nothing, as a sign-in or its refusal."""
    unchanged = digest(subject)
    _record(ctx, event, subject, before=unchanged, after=unchanged, data=data)


def mark(ctx: Context, subject_id: UUID, event: Event, **data: object) -> None:
    """Leave a trace of an act on something that is no row of ours, as a job of the queue."""
    _record(ctx, event, _Foreign(subject_id), before=None, after=None, data=data)


def touch(ctx: Context, subject: Base) -> None:
    """Count a change of a versioned row: its next ETag."""
    if isinstance(subject, Versioned):
        subject.version += 1
        subject.updated_at = ctx.now


NOTHING_YET = 0
"""The version, and so the ETag, of what is not there before the first change writes it."""


def expect(subject: Any, version: int | None) -> None:
    """Raise StaleVersion (412) unless the row is still the one the caller read; None accepts any."""
    if version is not None and subject.version != version:
        raise StaleVersion


def differing(row: Base, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that differ from the row's."""
    return {name: value for name, value in values.items() if not same_value(getattr(row, name), value)}


def with_last_event(model: type[Base]) -> Select[*tuple[Any, ...]]:
    """Rows of a table with the digest that their last event left.

    The last is the one written last: changes of a row follow each other under its lock, whenever they began.
    """
    last = (
        select(AuditEvent.after_digest.label("event_digest"), AuditEvent.sequence.label("event_sequence"))
        .where(AuditEvent.subject_id == model.id)
        .order_by(AuditEvent.ordinal.desc())
        .limit(1)
        .lateral("last")
    )
    columns = [getattr(model, name) for name in _columns(model)]
    return select(*columns, last.c.event_digest, last.c.event_sequence).select_from(model).outerjoin(last, true())


def is_as_recorded(model: type[Base], row: Mapping[str, object]) -> bool:
    """Return true if a row that was read with its last event is what that left."""
    return any(row["event_digest"] == digest_of({name: row[name] for name in names}) for names in _shapes(model, row))


def _shapes(model: type[Base], row: Mapping[str, object]) -> Iterator[list[str]]:
    """Yield the columns of a row, and those it had before each later migration, while what that added is unset.

    A column that is added to a table after the history was chained names its revision: `info={"since": "0007"}`.
    """
    names, columns = _columns(model), inspect(model).columns
    yield names
    for revision in sorted({column.info["since"] for column in columns if "since" in column.info}, reverse=True):
        added = [name for name in names if columns[name].info.get("since") == revision]
        if any(row[name] != _unset(columns[name]) for name in added):
            return
        names = [name for name in names if name not in added]
        yield names


def digest(subject: Base) -> str:
    """SHA-256 of the row's columns as canonical JSON."""
    return digest_of({name: getattr(subject, name) for name in _columns(type(subject))})


def digest_of(values: object) -> str:
    return hashlib.sha256(canonical(values)).hexdigest()


def canonical(values: object) -> bytes:
    """Return the canonical JSON of these values, that of RFC 8785 (JCS) for ASCII names and whole numbers."""
    text = json.dumps(values, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def salted(changes: list[dict[str, object]], trace: Mapping[str, object] | None = None) -> dict[str, Any]:
    """Return the differences as they are kept, with a salt: their digest tells nothing of them once they are erased.

    What says where somebody was is kept with them: of an event that has it all goes by its period, which is shorter.
    """
    kept = {"salt": secrets.token_hex(16), "changes": json.loads(canonical(changes))}
    return kept | ({policy.TRACE: dict(trace)} if trace else {})


def _unset(column: Any) -> object:
    """The value of a column in rows that were there before it."""
    default = column.default.arg if column.default is not None else None
    return default(None) if callable(default) else default


def _columns(model: type[Base]) -> list[str]:
    """The names of a table's columns, but for those that follow from others."""
    return [each.key for each in inspect(model).column_attrs if not each.columns[0].info.get("derived")]


@dataclass(frozen=True, slots=True)
class _Foreign:
    id: UUID


def _record(
    ctx: Context,
    event: Event,
    subject: Base | _Foreign,
    *,
    before: str | None,
    after: str | None,
    data: dict[str, object],
    changes: list[dict[str, object]] | None = None,
) -> None:
    trace = {name: data[name] for name in data.keys() & policy.TRACES}
    kept = salted(changes or [], trace) if changes or trace else None
    particulars = {name: value for name, value in data.items() if name not in trace} | ctx.actor.acting_for
    ctx.session.add(
        AuditEvent(
            at=ctx.now,
            action=event.code,
            subject_type=event.subject,
            subject_id=subject.id,
            subject_version=getattr(subject, "version", None),
            campaign_id=subject.id if isinstance(subject, Campaign) else getattr(subject, "campaign_id", None),
            committee_id=subject.id if isinstance(subject, Committee) else getattr(subject, "committee_id", None),
            actor_id=ctx.actor.id,
            actor_role=ctx.actor.recorded_role,
            actor_name=ctx.actor.name,
            request_id=ctx.request_id,
            before_digest=before,
            after_digest=after,
            data=particulars | {policy.VALUES: digest_of(kept)} if kept else particulars,
            changes=kept,
        )
    )


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()  # as the database returns it, independent of the zone it came in
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")
