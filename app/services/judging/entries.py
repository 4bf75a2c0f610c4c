"""The cases of a round: the filed versions that are judged in it, and their numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, exists, select

from app.context import Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.findings import Finding
from app.inputs import ApplicationIds, Input
from app.models import Application, ApplicationVersion, Assignment, Campaign, Committee, Round, RoundEntry, Unit
from app.models.enums import ApplicationStatus, Role, RoundKind, RoundStatus
from app.problems import NotFound
from app.rows import row_type
from app.services.filing import attachments, cells
from app.services.filing.contents import APPLICANT
from app.services.filing.visibility import VETOED
from app.services.filing.visibility import VISIBLE as VISIBLE_APPLICATION
from app.services.history import change, expect
from app.services.judging.visibility import lock_round
from app.services.pages import Listing, Page
from app.services.policies import permit, refuse
from app.services.policies.judging import entries as policy
from app.services.policies.judging import rounds as round_policy
from app.services.policies.judging.cases import Content

VISIBLE = acting_as(Role.OFFICE)
"""The office alone sees the list of cases; judges read the cases assigned to them."""

_ROUND_ID = bound_id("round_id")


@row_type
class EntryRow:
    """A case of a round, with the version that is judged."""

    id: UUID
    application_id: UUID
    case_number: int | None
    entered_at: datetime
    application_number: str
    version: int
    brand_name: str | None
    category: str | None
    unit_id: UUID
    unit_name: str
    committee_id: UUID
    committee_name: str
    blind: bool
    content: Content
    settings_digest: str


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """A case of a round, and the texts of a blind round's case that reveal the applicant to the judges."""

    row: EntryRow
    findings: Sequence[Finding]


@row_type
class FiledApplication:
    """An application that is to enter a round; the office sees none that was never filed."""

    id: UUID
    status: ApplicationStatus
    filed_version_id: UUID
    entered: bool
    vetoed: str | None


_ENTRIES = Listing(
    select(
        RoundEntry.id,
        RoundEntry.application_id,
        RoundEntry.case_number,
        RoundEntry.entered_at,
        Application.number.label("application_number"),
        ApplicationVersion.number.label("version"),
        ApplicationVersion.brand_name,
        ApplicationVersion.category,
        Application.unit_id,
        APPLICANT.label("unit_name"),
        Application.committee_id,
        Committee.name.label("committee_name"),
        Round.blind,
        ApplicationVersion.content,
        Campaign.settings_digest,
    )
    .join(Round, Round.id == RoundEntry.round_id)
    .join(Campaign, Campaign.id == Round.campaign_id)
    .join(Application, Application.id == RoundEntry.application_id)
    .join(ApplicationVersion, ApplicationVersion.id == RoundEntry.version_id)
    .join(Unit, Unit.id == Application.unit_id)
    .join(Committee, Committee.id == Application.committee_id)
    .where(RoundEntry.round_id == _ROUND_ID, VISIBLE),
    RoundEntry.id,
    EntryRow,
)
_ROUND = Query(select(Round.id).where(Round.id == _ROUND_ID, VISIBLE))
_NAMED = Query(
    select(
        Application.id,
        Application.status,
        Application.filed_version_id,
        exists().where(RoundEntry.round_id == _ROUND_ID, RoundEntry.application_id == Application.id).label("entered"),
        case((VETOED, Application.number)).label("vetoed"),
    ).where(
        Application.id == bound_ids("application_ids").any_(),
        Application.campaign_id == bound_id("campaign_id"),
        VISIBLE_APPLICATION,
    ),
    FiledApplication,
)


@row_type
class DrawnRound:
    """A live round, with what drew its order of appearance and when."""

    id: UUID
    seed: int
    opened_at: datetime | None


@row_type
class Appearance:
    """A case in the order in which the cases of a live round are shown."""

    place: int
    application_id: UUID
    application_number: str
    brand_name: str | None
    unit_name: str
    committee_name: str


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """The order of appearance (出场顺序), each case with its lot."""

    round: DrawnRound
    rows: Sequence[tuple[Appearance, str]]


_LIVE = Query(
    select(Round.id, Round.seed, Round.opened_at).where(Round.id == _ROUND_ID, Round.kind == RoundKind.LIVE, VISIBLE),
    DrawnRound,
)
_ORDER = Query(
    select(
        RoundEntry.case_number.label("place"),
        RoundEntry.application_id,
        Application.number.label("application_number"),
        ApplicationVersion.brand_name,
        APPLICANT.label("unit_name"),
        Committee.name.label("committee_name"),
    )
    .join(Application, Application.id == RoundEntry.application_id)
    .join(ApplicationVersion, ApplicationVersion.id == RoundEntry.version_id)
    .join(Unit, Unit.id == Application.unit_id)
    .join(Committee, Committee.id == Application.committee_id)
    .where(RoundEntry.round_id == _ROUND_ID, RoundEntry.case_number.is_not(None), VISIBLE)
    .order_by(RoundEntry.case_number),
    Appearance,
)
_NUMBERLESS = select(RoundEntry).where(RoundEntry.round_id == bound_id("round_id"), RoundEntry.case_number.is_(None))


class EntriesAddition(Input):
    """Let applications into a round."""

    application_ids: ApplicationIds


async def add(ctx: Context, round_id: UUID, body: EntriesAddition) -> None:
    """Select accepted applications for a draft, or add them to an open round, under the next case numbers."""
    round_ = await lock_round(ctx, round_id)
    permit(round_policy.ADD_ENTRIES, role=ctx.actor.role, status=round_.status)
    rows = await ctx.rows(
        _NAMED, round_id=round_id, application_ids=body.application_ids, campaign_id=round_.campaign_id
    )
    found = {row.id: policy.Candidate(row.status, row.entered, row.vetoed) for row in rows}
    refuse(policy.addition_findings(round_.status, round_.intake, body.application_ids, found))
    filed = {row.id: row.filed_version_id for row in rows}
    versions = {application_id: filed[application_id] for application_id in body.application_ids}
    data = {"application_ids": [str(application_id) for application_id in versions]}
    if round_.status is RoundStatus.OPEN:
        change(
            ctx, round_, round_policy.ADD_ENTRIES.event, data=data, cases_numbered=round_.cases_numbered + len(versions)
        )
        await number(ctx, round_, versions)
    else:
        change(ctx, round_, round_policy.ADD_ENTRIES.event, data=data)
        ctx.session.add_all(_entry(ctx, round_, *each) for each in versions.items())


async def number(ctx: Context, round_: Round, versions: Mapping[UUID, UUID]) -> None:
    """Enter these versions, which the round has counted, under the last numbers in the order drawn by its seed."""
    listed = {entry.application_id: entry for entry in await ctx.session.scalars(_NUMBERLESS, {"round_id": round_.id})}
    order = policy.drawn_order(round_.seed, list(versions))
    for case_number, application_id in enumerate(order, round_.cases_numbered - len(order) + 1):
        entry = listed.get(application_id) or _entry(ctx, round_, application_id, versions[application_id])
        entry.case_number = case_number
        ctx.session.add(entry)


async def remove(ctx: Context, round_id: UUID, application_id: UUID, version: int | None) -> None:
    """Remove a case that was never assigned."""
    round_ = await lock_round(ctx, round_id)
    permit(round_policy.REMOVE_ENTRY, role=ctx.actor.role, status=round_.status)
    expect(round_, version)
    of_round = RoundEntry.round_id == round_id, RoundEntry.application_id == application_id
    entry = await ctx.session.scalar(select(RoundEntry).where(*of_round))
    if entry is None:
        raise NotFound
    given = Assignment.round_id == round_id, Assignment.application_id == application_id
    refuse(policy.removal_findings(assigned=bool(await ctx.session.scalar(select(exists().where(*given))))))
    await ctx.session.delete(entry)
    change(ctx, round_, round_policy.REMOVE_ENTRY.event, data={"application_id": str(application_id)})


async def search(view: View, round_id: UUID, *, after: UUID | None, limit: int) -> Page[EntryRecord]:
    """The cases of a round, as they entered; NotFound to anyone but the office."""
    page = await _ENTRIES.page(view, after=after, limit=limit, round_id=round_id)
    if not page.total and await view.one(_ROUND, round_id=round_id) is None:
        raise NotFound
    return page.of([await _record(view, row) for row in page.rows])


async def order(view: View, round_id: UUID) -> OrderRecord:
    """Return the order of appearance; NotFound of a round that is judged in writing, and to anyone but the office."""
    drawn = await view.get(_LIVE, round_id=round_id)
    rows = await view.rows(_ORDER, round_id=round_id)
    return OrderRecord(drawn, [(row, policy.lot(drawn.seed, row.application_id)) for row in rows])


async def _record(view: View, row: EntryRow) -> EntryRecord:
    if not row.blind:
        return EntryRecord(row, [])
    own = await cells.defined(view, row.content, row.settings_digest)
    kinds = await attachments.defined(view, row.content, row.settings_digest)
    return EntryRecord(row, policy.identity_findings(row.content, own, kinds))


def _entry(ctx: Context, round_: Round, application_id: UUID, version_id: UUID) -> RoundEntry:
    return RoundEntry(round_id=round_.id, application_id=application_id, version_id=version_id, entered_at=ctx.now)
