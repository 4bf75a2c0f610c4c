"""Swaps (调换): a filed case exchanged for a sealed one, or its stamped scan for another, in one act of two sides.

The committee asks, and so has consented; the office's consent does everything else in one transaction.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from app import file_names
from app.context import Actor, Context, View, acting_as, own_committees
from app.database import Query, bound_id
from app.findings import Finding
from app.inputs import Input, Reason
from app.models import Account, Application, ApplicationVersion, Campaign, Committee, Endorsement, File, Swap
from app.models.enums import Role, SwapStatus
from app.rows import row_type
from app.services.files import Intake, StoredFile
from app.services.filing import applications, filings, seals
from app.services.filing.endorsements import SCAN
from app.services.filing.filings import Held
from app.services.history import change_state, create, expect, move, note
from app.services.pages import FilterValue, Listing, Page, among, exactly
from app.services.policies import UNKNOWN_REFERENCE, Offered, Record, actions, judge, permit, refuse, require_role
from app.services.policies.filing import swaps as policy
from app.services.policies.filing.applications import DECIDED, REQUEST_SWAP, ApplicationFacts, decided_findings
from app.services.policies.filing.endorsements import MADE, paper_findings

AnyView = TypeVar("AnyView", bound=View)
VISIBLE = or_(acting_as(Role.OFFICE), and_(acting_as(Role.COMMITTEE), own_committees(Swap.committee_id)))
"""The office sees all, a committee its own and those of one merged into it; units learn what becomes of their cases."""

_filed, _replacement = aliased(Application), aliased(Application)


def name_then(application: type[Application]) -> ColumnElement[str | None]:
    """Select the name under which a case was filed or sealed when the swap was asked for: it may have another since."""
    version = aliased(ApplicationVersion)
    return (
        select(version.brand_name)
        .where(version.application_id == application.id, version.fixed_at <= Swap.requested_at)
        .order_by(version.number.desc())
        .limit(1)
        .correlate(application, Swap)
        .scalar_subquery()
    )


_SUMMARY = (
    select(
        Swap.id,
        Swap.version,
        Swap.campaign_id,
        Swap.committee_id,
        Committee.name.label("committee_name"),
        Swap.application_id,
        _filed.number.label("application_number"),
        Swap.replacement_id,
        _replacement.number.label("replacement_number"),
        name_then(_replacement).label("replacement_name"),
        Swap.status,
        Swap.reason,
        Swap.requested_at,
        Swap.requested_by,
        Account.name.label("requested_by_name"),
        Swap.answer,
        Swap.answered_at,
        Swap.filing_id,
    )
    .join(Committee, Committee.id == Swap.committee_id)
    .join(_filed, _filed.id == Swap.application_id)
    .outerjoin(_replacement, _replacement.id == Swap.replacement_id)
    .join(Account, Account.id == Swap.requested_by)
    .where(VISIBLE)
)


@row_type
class SwapRow:
    """A swap: what is exchanged for what, why, and the answer."""

    id: UUID
    version: int
    campaign_id: UUID
    committee_id: UUID
    committee_name: str
    application_id: UUID
    application_number: str
    replacement_id: UUID | None
    replacement_number: str | None
    replacement_name: str | None
    status: SwapStatus
    reason: str
    requested_at: datetime
    requested_by: UUID
    requested_by_name: str
    answer: str | None
    answered_at: datetime | None
    filing_id: UUID | None


@row_type
class ScanRow:
    """The scan that a swap brings."""

    id: UUID
    media_type: str
    sha256: str
    number: str


_SWAP_ID = bound_id("swap_id")
_SWAP = Query(_SUMMARY.where(Swap.id == _SWAP_ID), SwapRow)
_SCAN = Query(
    select(File.id, File.media_type, File.sha256, Application.number)
    .join(Swap, Swap.file_id == File.id)
    .join(Application, Application.id == Swap.application_id)
    .where(Swap.id == _SWAP_ID, VISIBLE),
    ScanRow,
)
FILTERS = {
    "campaign_id": exactly(Swap.campaign_id, UUID, "Only of this campaign."),
    "committee_id": exactly(Swap.committee_id, UUID, "Only of this committee."),
    "application_id": exactly(Swap.application_id, UUID, "Only of this filed application."),
    "status": among(Swap.status, SwapStatus, "Only in these states."),
}
_SWAPS = Listing(_SUMMARY, Swap.id, SwapRow, filters=FILTERS)
_LOCKED = select(Swap).where(Swap.id == bindparam("swap_id")).where(VISIBLE).with_for_update()


@row_type
class Pending:
    """The cases of a request that waits."""

    application_id: UUID
    replacement_id: UUID | None


_PENDING = Query(
    select(Swap.application_id, Swap.replacement_id).where(
        Swap.status == SwapStatus.REQUESTED,
        or_(
            Swap.application_id == bound_id("application_id"),
            Swap.replacement_id == bound_id("replacement_id"),
        ),
    ),
    Pending,
)


@row_type
class Place:
    """The year and the committee's code, of which a receipt's number is made."""

    year: int
    code: str


_PLACE = Query(
    select(Campaign.year, Committee.code).where(
        Campaign.id == bound_id("campaign_id"), Committee.id == bound_id("committee_id")
    ),
    Place,
)


class SwapCreate(Input):
    """Ask that a sealed application be filed in the place of a filed one."""

    application_id: UUID = Field(description="The filed application that is taken out.")
    replacement_id: UUID = Field(description="The sealed application that is filed in its place.")
    reason: Reason = Field(
        description="Reason; kept, and visible to those concerned.", examples=["误将未定稿的一件上报。"]
    )


class SwapConsent(Input):
    """Agree to a swap."""

    answer: Reason | None = Field(None, description="Remark, optional.", examples=["同意，原件存档。"])


class SwapRefusal(Input):
    """Decline a swap."""

    answer: Reason = Field(description="Reason; the committee reads it.", examples=["原扫描件清晰可辨，无需更换。"])


async def request(ctx: Context, body: SwapCreate) -> UUID:
    """Ask that a sealed application take the place of a filed one."""
    require_role(ctx.actor.role, Role.COMMITTEE)
    held = await filings.hold(ctx, [body.application_id, body.replacement_id])
    refuse(_unknown(body, held))
    filed, instead = held[body.application_id], held[body.replacement_id]
    await _refuse_unfit(ctx, filed, instead)
    return _store(ctx, filed.application, body.reason, replacement_id=instead.application.id)


async def request_scan(intake: Intake, application_id: UUID, data: bytes, reason: str) -> UUID:
    """Ask that another scan of the stamped form take the place of the one that was filed."""

    async def swappable(ctx: Context) -> Application:
        one = await filings.hold_one(ctx, application_id)
        await _refuse_unfit(ctx, one, None)
        return one.application

    arrival = await intake.receive(data, SCAN, swappable)
    async with intake.attaching(arrival) as ctx:
        application = await swappable(ctx)
        assert application.endorsed_digest is not None, "what is filed was sealed"
        refuse(paper_findings(application.number, application.endorsed_digest, arrival.found.codes))
        return _store(ctx, application, reason, file_id=arrival.file_ids[0])


async def consent(ctx: Context, swap_id: UUID, body: SwapConsent) -> None:
    """Agree: take the one out and file the other, or file it with its other scan; under a receipt of its own."""
    row = await ctx.get(_SWAP, swap_id=swap_id)
    require_role(ctx.actor.role, Role.OFFICE)
    held = await filings.hold(_for_committee(ctx, row), _cases(row))
    swap = await ctx.lock(_LOCKED, swap_id=swap_id)
    judge(policy.CONSENT, ctx.actor.role, _facts(row, swap.status, {each: held[each].facts for each in held}))
    filed = held[swap.application_id].application
    instead = held[swap.replacement_id].application if swap.replacement_id else None
    place = await ctx.get(_PLACE, campaign_id=swap.campaign_id, committee_id=swap.committee_id)
    number = await filings.next_number(ctx, swap.campaign_id, swap.committee_id, place.code, place.year)
    filing_id = await (_exchange(ctx, swap, filed, instead, number) if instead else _reseal(ctx, swap, filed, number))
    change_state(ctx, swap, policy.CONSENT, filing_id=filing_id, **_answered(ctx, body.answer))


async def decline(ctx: Context, swap_id: UUID, body: SwapRefusal) -> None:
    """Decline it, with the reason; what was filed stays filed."""
    swap = await ctx.lock(_LOCKED, swap_id=swap_id)
    move(ctx, swap, policy.DECLINE, data={"answer": body.answer}, **_answered(ctx, body.answer))


async def withdraw(ctx: Context, swap_id: UUID, version: int | None) -> None:
    """Take the request back before it is answered."""
    swap = await ctx.lock(_LOCKED, swap_id=swap_id)
    permit(policy.WITHDRAW, role=ctx.actor.role, status=swap.status)
    expect(swap, version)
    move(ctx, swap, policy.WITHDRAW)


async def read(view: View, swap_id: UUID) -> Record[SwapRow]:
    """One swap; NotFound unless visible."""
    row = await view.get(_SWAP, swap_id=swap_id)
    return Record(row, (await offered(view, [row]))[swap_id])


async def offered(view: View, rows: Sequence[SwapRow]) -> dict[UUID, Offered]:
    """Return the acts on each of these swaps; the cases are read once for each committee that waits for an answer."""
    waiting: dict[UUID, list[SwapRow]] = defaultdict(list)
    for row in rows:
        if row.status is SwapStatus.REQUESTED:
            waiting[row.committee_id].append(row)
    found: dict[UUID, ApplicationFacts] = {}
    for its in waiting.values():
        found |= await applications.facts_of(
            _for_committee(view, its[0]), [case for row in its for case in _cases(row)]
        )
    return {row.id: actions(policy.ACTS, view.actor.role, _facts(row, row.status, found)) for row in rows}


async def stored(view: View, swap_id: UUID) -> StoredFile:
    """Locate the bytes of the scan that it brings; NotFound unless visible, or where it brings none."""
    row = await view.get(_SCAN, swap_id=swap_id)
    name = file_names.named(row.media_type, row.number, file_names.Part("调换扫描件", "swapped-scan"))
    return StoredFile(row.id, row.media_type, row.sha256, name)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[SwapRow]:
    return await _SWAPS.page(view, after=after, limit=limit, **filters)


def _for_committee(view: AnyView, row: SwapRow) -> AnyView:
    """Look at the cases as the committee does, which has consented: the office does not see what was never filed."""
    return replace(view, actor=Actor(row.requested_by, Role.COMMITTEE, "", committee_id=row.committee_id))


def _cases(row: SwapRow) -> list[UUID]:
    return [each for each in (row.application_id, row.replacement_id) if each]


def _facts(row: SwapRow, status: SwapStatus, found: Mapping[UUID, ApplicationFacts]) -> policy.SwapFacts:
    instead = found.get(row.replacement_id) if row.replacement_id else None
    return policy.SwapFacts(status, found.get(row.application_id), instead, of_cases=row.replacement_id is not None)


def _unknown(body: SwapCreate, held: Mapping[UUID, Held]) -> list[Finding]:
    """Point at what does not exist for the actor, or does not belong together."""
    missing = [name for name in ("application_id", "replacement_id") if getattr(body, name) not in held]
    if missing or body.application_id == body.replacement_id:
        return [UNKNOWN_REFERENCE(f"/{name}") for name in missing or ("replacement_id",)]
    filed, instead = (held[each].application for each in (body.application_id, body.replacement_id))
    return [] if filed.campaign_id == instead.campaign_id else [UNKNOWN_REFERENCE("/replacement_id")]


async def _refuse_unfit(ctx: Context, filed: Held, instead: Held | None) -> None:
    """Refuse a request that could not be consented to now, or that waits already."""
    require_role(ctx.actor.role, *REQUEST_SWAP.by)
    if filed.application.status in DECIDED:
        refuse(decided_findings(filed.application.status))  # in words, not by the state alone
    judge(REQUEST_SWAP, ctx.actor.role, filed.facts)
    cases = {"application_id": filed.application.id, "replacement_id": instead.application.id if instead else None}
    pending = await ctx.rows(_PENDING, **cases)
    busy = [name for name, case in cases.items() if case and case in {getattr(each, name) for each in pending}]
    unsealed = policy.replacement_findings(instead.facts) if instead else []
    refuse([*unsealed, *policy.pending_findings(busy)])


def _store(ctx: Context, filed: Application, reason: str, **instead: UUID) -> UUID:
    swap = Swap(
        campaign_id=filed.campaign_id,
        committee_id=filed.committee_id,
        application_id=filed.id,
        reason=reason,
        requested_at=ctx.now,
        requested_by=ctx.actor.id,
        **instead,
    )
    note(ctx, filed, REQUEST_SWAP.event, reason=reason)
    return create(ctx, swap, policy.REQUESTED, reason=reason).id


async def _exchange(ctx: Context, swap: Swap, filed: Application, instead: Application, number: str) -> UUID:
    """Take the one out, and file the other as it was sealed."""
    await seals.void(ctx, [filed.id], "withdrawn", by=swap.requested_by)
    data = {"reason": swap.reason}
    change_state(ctx, filed, policy.SWAP_OUT, data=data, reason=swap.reason, endorsed_digest=None)
    return await filings.put_instead(ctx, filed, instead, number, policy.SWAP_IN, by=swap.requested_by)


async def _reseal(ctx: Context, swap: Swap, filed: Application, number: str) -> UUID:
    """File the same content once more, under the other scan of its stamped form."""
    await seals.void(ctx, [filed.id], "replaced", by=swap.requested_by)
    await ctx.flush()  # one is valid at a time: the old one is voided first
    endorsement = Endorsement(
        application_id=filed.id,
        digest=filed.content_digest,
        file_id=swap.file_id,
        endorsed_at=ctx.now,
        endorsed_by=swap.requested_by,
    )
    create(ctx, endorsement, MADE, application_id=str(filed.id))
    return await filings.put_on_file(ctx, [filed], number, policy.RESCAN, by=swap.requested_by)


def _answered(ctx: Context, answer: str | None) -> dict[str, Any]:
    return {"answer": answer, "answered_at": ctx.now, "answered_by": ctx.actor.id}
