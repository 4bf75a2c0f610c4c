"""Histories and the audit list over HTTP."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, PageRequest, Paging, Reads, filtered_by
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.context import View
from app.models.enums import Language, Role
from app.rows import values_of
from app.services import audit
from app.services.audit import ActionCode, AuditEventRow
from app.services.filing import (
    applications,
    campaigns,
    documents,
    exemptions,
    extensions,
    filings,
    plans,
    programmes,
    swaps,
)
from app.services.notifying import announcements
from app.services.people import accounts, committees, units
from app.services.policies.audit import EVENTS

router = Router(tags=["audit"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(audit.FILTERS)]
RowDigest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["9f" * 32])]


class ValueChangeOut(Out):
    """A value before and after a change."""

    name: str = Field(
        description="Member, or a place within it: `settings/minimum_filed`.", max_length=300, examples=["liaison_name"]
    )
    before: Any = Field(description="Value before; of a long text the part that differs.", examples=["张静"])
    after: Any = Field(description="Value after, likewise.", examples=["李文博"])


class AuditEventOut(Out):
    """Something that happened. It is written with the change itself, and never changed."""

    id: ResourceId
    at: Instant = Field(description="Time of the event.")
    action: ActionCode = Field(description="Stable code of the event; new ones may be added.")
    summary: str = Field(
        description="Label of it in the negotiated language.", max_length=100, examples=["上报区文明办"]
    )
    subject_type: str = Field(description="To what kind of object.", max_length=40, examples=["application"])
    subject_id: UUID = Field(description="To which object.")
    campaign_id: UUID | None = Field(description="Its campaign; null when it belongs to none.")
    committee_id: UUID | None = Field(description="Its committee; null when it belongs to none.")
    actor_id: UUID | None = Field(description="By whose account; null for the system, and for staff of the office.")
    actor_role: Role = Field(description="In which role.")
    actor_name: str = Field(description="By whom.", max_length=100, examples=["李文博"])
    request_id: UUID = Field(description="In which request, as in its `X-Request-Id`.")
    before_digest: RowDigest | None = Field(description="Digest of the object before; null when it was made.")
    after_digest: RowDigest | None = Field(description="Digest of the object after; null when it is gone.")
    data: dict[str, Any] = Field(
        description="Particulars: names of changed members, reasons, numbers.", examples=[{"changed": ["status"]}]
    )
    changes: list[ValueChangeOut] = Field(
        description="Values before and after, of those that you may read. None are kept of secrets, scores and states.",
        max_length=60,
    )

    @classmethod
    def of(cls, row: AuditEventRow, language: Language) -> Self:
        event = EVENTS.get(row.action)
        return cls(summary=event.words.say(language) if event else row.action, **values_of(row))


class AuditEventPage(Page[AuditEventOut]):
    """One page of what happened, newest first."""


@router.get("/audit-events")
async def list_audit_events(view: Reads, filters: Filters, page: Paging) -> AuditEventPage:
    """List what happened, newest first: to the office everything, to everybody else what they did themselves.

    For work on an application or a plan that the office does not have, it sees the event without particulars.
    """
    found = await audit.search(view, **filters, **page.binds)
    return AuditEventPage.of(found, [AuditEventOut.of(row, view.language) for row in found.rows])


def _history(noun: str, read: Callable[[View, UUID], Awaitable[Any]]) -> Callable[..., Awaitable[AuditEventPage]]:
    """Make the route for the history of one kind of object; readers of the object may read its events."""

    async def list_history(
        view: Reads, page: Paging, object_id: Annotated[UUID, Path(description=f"The {noun}.", alias=f"{noun}_id")]
    ) -> AuditEventPage:
        await read(view, object_id)
        return await _page(view, object_id, page, of_application=noun == "application")

    list_history.__name__ = f"list_{noun}_history"
    list_history.__doc__ = f"List the events of the {noun.replace('_', ' ')}, newest first, for its readers."
    return list_history


async def _page(view: View, subject_id: UUID, page: PageRequest, *, of_application: bool = False) -> AuditEventPage:
    found = await audit.history_of(view, subject_id, of_application=of_application, **page.binds)
    return AuditEventPage.of(found, [AuditEventOut.of(row, view.language) for row in found.rows])


_READERS: dict[str, Callable[[View, UUID], Awaitable[Any]]] = {
    "account": accounts.read,
    "application": applications.read,
    "campaign": campaigns.read,
    "committee": committees.read,
    "extension": extensions.read,
    "announcement": announcements.read,
    "document": documents.read,
    "exemption": exemptions.read,
    "swap": swaps.read,
    "filing": filings.read,
    "plan": plans.read,
    "programme": programmes.read,
    "unit": units.read,
}
for _noun, _read in _READERS.items():
    router.get(f"/{_noun}s/{{{_noun}_id}}/history")(_history(_noun, _read))
