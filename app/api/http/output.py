"""The base of every answer, the few types answers are made of, and the headers that go with them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, Protocol, Self, TypeVar
from uuid import UUID

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PrivateAttr,
    WithJsonSchema,
)

from app.findings import Finding, FindingOut
from app.models.enums import DeadlineKind, DeadlineSource, Language
from app.rows import values_of
from app.services.pages import COUNTED, cursor_of
from app.services.pages import Page as Rows
from app.services.policies import Act
from app.services.policies.filing.deadlines import Deadline

T = TypeVar("T")
ACTS = "x-acts"
"""The acts of an `actions` member, until the contract names them as its members."""


class Out(BaseModel):
    """An answer: every member is always present."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True, from_attributes=True, defer_build=True)

    @classmethod
    def with_actions(cls, record: "Recorded", language: Language, **more: object) -> Self:
        """Answer with the row of a record, its `actions`, and more."""
        return cls(**values_of(record.row) | {"actions": Action.by_name(record.actions, language)} | more)


class Recorded(Protocol):
    """A row as the actor may see it, and what may be done with it now."""

    @property
    def row(self) -> object: ...
    @property
    def actions(self) -> Mapping[str, list[Finding]]: ...


Instant = Annotated[
    AwareDatetime,
    PlainSerializer(lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), return_type=str, when_used="json"),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "examples": ["2015-09-14T15:59:59Z"]}, mode="serialization"
    ),
]
ResourceId = Annotated[UUID, Field(description="Opaque identity.")]
ETag = Annotated[
    str,
    Field(
        description="Version of this resource, as in the `ETag` header; send it back in `If-Match` to change it.",
        examples=['"3"'],
        pattern=r'^"[0-9]+"$',
    ),
]
VersionTag = Annotated[
    ETag,
    BeforeValidator(lambda version: version if isinstance(version, str) else etag(version)),
    Field(validation_alias=AliasChoices("version", "etag")),
]
"""The ETag of an answer made from a row, by the row's `version`."""
LetterHref = Annotated[str, Field(max_length=200)]
Digest = Annotated[str, Field(description="SHA-256, hexadecimal.", pattern="^[0-9a-f]{64}$", examples=["9f" * 32])]


class Action(Out):
    """An act: possible now, or the reasons why not."""

    allowed: bool = Field(description="False when a finding refuses it.", examples=[False])
    findings: list[FindingOut] = Field(
        description="The very findings a refusal would list; advice does not refuse.", max_length=100
    )

    @classmethod
    def of(cls, findings: list[Finding], language: Language) -> Self:
        return cls(
            allowed=not any(finding.refuses for finding in findings),
            findings=[finding.worded(language) for finding in findings],
        )

    @classmethod
    def by_name(cls, actions: Mapping[str, list[Finding]], language: Language) -> dict[str, Self]:
        """The `actions` member of every resource with states."""
        return {name: cls.of(findings, language) for name, findings in actions.items()}


def row_actions_of(*tables: Iterable[Act[Any, Any]]) -> Any:
    """The `actions` member of a row of a list whose route `offers` them."""
    acts = [act for table in tables for act in table]
    return Field(
        None,
        description="With `actions=true`: as in the resource; else null.",
        examples=[None],
        json_schema_extra=lambda schema: schema.update({ACTS: _described(acts)}),
    )


def actions_of(*tables: Iterable[Act[Any, Any]], note: str = "") -> Any:
    """The `actions` member of a resource: the acts of these tables, each named in the contract with what it does."""
    acts = [act for table in tables for act in table]
    return Field(
        description=f"Every act you may ever do on it, with its present obstacles; without those of other roles.{note}",
        examples=[{acts[0].name: {"allowed": True, "findings": []}}],
        json_schema_extra=lambda schema: schema.update({ACTS: _described(acts)}),
    )


def _described(acts: Iterable[Act[Any, Any]]) -> dict[str, Any]:
    """Say of each act who may do it from which states, and where it leads: several may have one name."""
    transitions: dict[str, list[Any]] = defaultdict(list)
    for act in acts:
        transitions[act.name] += _transitions(act)
    words = {act.name: {"title": act.event.zh, "description": act.event.en, "x-event": act.event.code} for act in acts}
    return {name: words[name] | {"x-transitions": each} for name, each in transitions.items()}


def _transitions(act: Act[Any, Any]) -> Iterator[dict[str, Any]]:
    """Yield the ways of an act, each with the roles that have it; where it leads nowhere else, the state stays."""
    target = {"to": act.target.value} if act.target else {}
    for states in dict.fromkeys(map(frozenset, act.by.values())):
        roles = sorted(role.value for role, its in act.by.items() if its == states)
        yield {"roles": roles, "from": sorted(state.value for state in states)} | target


class EffectiveDeadline(Out):
    """The deadline that counts here, and where it comes from."""

    kind: DeadlineKind = Field(description="Kind of the deadline.")
    published_on: date = Field(description="The published last day.", examples=["2015-09-14"])
    enforced_at: Instant = Field(description="The instant that closes it, exclusive.")
    source: DeadlineSource = Field(description="The campaign, or an extension.")
    extension_id: UUID | None = Field(description="The extension; null when the campaign sets it.", examples=[None])
    seconds_left: int = Field(description="Seconds until it closes, at the instant of the answer; 0 after.", ge=0)

    @classmethod
    def of(cls, deadline: Deadline, now: datetime) -> Self:
        return cls(
            kind=deadline.kind,
            published_on=deadline.due_on,
            enforced_at=deadline.enforced_at,
            source=deadline.source,
            extension_id=deadline.extension_id,
            seconds_left=max(0, int((deadline.enforced_at - now).total_seconds())),
        )


class Page(Out, Generic[T]):
    """One page of a list, in a total order."""

    items: list[T] = Field(description="The page's rows.", max_length=100)
    _rows: Sequence[Any] = PrivateAttr(())
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", max_length=40, examples=[None]
    )
    total: int = Field(
        description=f"Number of rows of the whole list that you may see, counted up to {COUNTED}.", ge=0, examples=[1]
    )
    total_exact: bool = Field(
        description=f"False where there are more than {COUNTED}: show “more than {COUNTED}”.", examples=[True]
    )

    @property
    def rows(self) -> Sequence[Any]:
        """The rows as they were read, of which the items were made."""
        return self._rows

    @classmethod
    def of(cls, page: Rows[Any], items: list[T], **more: object) -> Self:
        """Answer with these items; `more` are the members that a list has besides."""
        found = {"total": page.total, "total_exact": page.total_exact}
        made = cls(items=items, next_cursor=cursor_of(page.next_id), **found, **more)
        made._rows = page.rows
        return made


class StateCountOut(Out):
    """The rows of a list in one state, for its tab."""

    status: str = Field(description="As in `status` of the rows.", max_length=40, examples=["submitted"])
    count: int = Field(description=f"Number of rows that you may see, counted up to {COUNTED}.", ge=0, examples=[1])
    exact: bool = Field(description=f"False where there are more than {COUNTED}.", examples=[True])


class CountedPage(Page[T], Generic[T]):
    """One page of a list whose rows have a state."""

    counts: list[StateCountOut] = Field(
        description="With `counts=true`: the rows in each state, by all filters but `status`; else empty.",
        max_length=20,
        examples=[[]],
    )

    @classmethod
    def of(cls, page: Rows[object], items: list[T], **more: object) -> Self:
        counts = [StateCountOut.model_validate(each) for each in page.counts]
        return super().of(page, items, counts=counts, **more)


FOR_A_MINUTE = "public, max-age=60"
"""The time a cache may keep a public answer: once revoked, it is gone everywhere after so long."""


def etag(version: int) -> str:
    return f'"{version}"'
