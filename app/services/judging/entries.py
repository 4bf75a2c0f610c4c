"""The cases of a round: which filed versions are judged in it, under which numbers, and what in them tells too much."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.context import Context, View, acting_as
from app.database import Query, Row
from app.findings import Finding
from app.inputs import ApplicationIds, Input
from app.models import Application, ApplicationVersion, Assignment, Committee, Round, RoundEntry, Unit
from app.models.enums import Role, RoundStatus
from app.problems import NotFound
from app.services.filing.visibility import VISIBLE as VISIBLE_APPLICATION
from app.services.history import change, expect
from app.services.judging.visibility import lock_round
from app.services.pages import Listing, Page
from app.services.policies import permit, refuse
from app.services.policies.judging import entries as policy
from app.services.policies.judging.rounds import ADD_ENTRIES, REMOVE_ENTRY

VISIBLE = acting_as(Role.OFFICE)
"""Which applications are judged is the office's to know; judges read the cases they are assigned."""

_ROUND_ID = bindparam("round_id", type_=Uuid)
_form = ApplicationVersion.content["form"]
_ENTRIES = Listing(
    select(
        RoundEntry.id,
        RoundEntry.application_id,
        RoundEntry.case_number,
        RoundEntry.entered_at,
        Application.number.label("application_number"),
        ApplicationVersion.number.label("version"),
        _form["brand_name"].astext.label("brand_name"),
        _form["category"].astext.label("category"),
        Application.unit_id,
        Unit.name.label("unit_name"),
        Application.committee_id,
        Committee.name.label("committee_name"),
        Round.blind,
        ApplicationVersion.content,
    )
    .join(Round, Round.id == RoundEntry.round_id)
    .join(Application, Application.id == RoundEntry.application_id)
    .join(ApplicationVersion, ApplicationVersion.id == RoundEntry.version_id)
    .join(Unit, Unit.id == Application.unit_id)
    .join(Committee, Committee.id == Application.committee_id)
    .where(RoundEntry.round_id == _ROUND_ID, VISIBLE),
    RoundEntry.id,
)
_ROUND = Query(select(Round.id).where(Round.id == _ROUND_ID, VISIBLE))
_NAMED = Query(
    select(
        Application.id,
        Application.status,
        Application.filed_version_id,
        exists().where(RoundEntry.round_id == _ROUND_ID, RoundEntry.application_id == Application.id).label("entered"),
    ).where(
        Application.id == bindparam("application_ids", type_=ARRAY(Uuid)).any_(),
        Application.campaign_id == bindparam("campaign_id", type_=Uuid),
        VISIBLE_APPLICATION,
    )
)
_NUMBERLESS = select(RoundEntry).where(RoundEntry.round_id == bindparam("round_id"), RoundEntry.case_number.is_(None))


class EntriesAddition(Input):
    """Let applications into a round."""

    application_ids: ApplicationIds


async def add(ctx: Context, round_id: UUID, body: EntriesAddition) -> None:
    """Select accepted applications for a draft, or let them into an open round late, under the next case numbers."""
    round_ = await lock_round(ctx, round_id)
    permit(ADD_ENTRIES, role=ctx.actor.role, status=round_.status)
    rows = await ctx.rows(
        _NAMED, round_id=round_id, application_ids=body.application_ids, campaign_id=round_.campaign_id
    )
    found = {row["id"]: row for row in rows}
    refuse(policy.addition_findings(round_.status, round_.intake, body.application_ids, found))
    versions = {application_id: found[application_id]["filed_version_id"] for application_id in body.application_ids}
    data = {"application_ids": [str(application_id) for application_id in versions]}
    if round_.status is RoundStatus.OPEN:
        change(ctx, round_, ADD_ENTRIES.event, data=data, cases_numbered=round_.cases_numbered + len(versions))
        await number(ctx, round_, versions)
    else:
        change(ctx, round_, ADD_ENTRIES.event, data=data)
        ctx.session.add_all(_entry(ctx, round_, *each) for each in versions.items())


async def number(ctx: Context, round_: Round, versions: Mapping[UUID, UUID]) -> None:
    """Let these versions into a round that has counted them, under the last numbers, in the order its seed draws."""
    listed = {entry.application_id: entry for entry in await ctx.session.scalars(_NUMBERLESS, {"round_id": round_.id})}
    order = policy.drawn_order(round_.seed, list(versions))
    for case_number, application_id in enumerate(order, round_.cases_numbered - len(order) + 1):
        entry = listed.get(application_id) or _entry(ctx, round_, application_id, versions[application_id])
        entry.case_number = case_number
        ctx.session.add(entry)


async def remove(ctx: Context, round_id: UUID, application_id: UUID, version: int | None) -> None:
    """Take a case out of a round, as long as no judge was ever given it."""
    round_ = await lock_round(ctx, round_id)
    permit(REMOVE_ENTRY, role=ctx.actor.role, status=round_.status)
    expect(round_, version)
    of_round = RoundEntry.round_id == round_id, RoundEntry.application_id == application_id
    entry = await ctx.session.scalar(select(RoundEntry).where(*of_round))
    if entry is None:
        raise NotFound
    given = Assignment.round_id == round_id, Assignment.application_id == application_id
    refuse(policy.removal_findings(assigned=bool(await ctx.session.scalar(select(exists().where(*given))))))
    await ctx.session.delete(entry)
    change(ctx, round_, REMOVE_ENTRY.event, data={"application_id": str(application_id)})


async def search(view: View, round_id: UUID, *, after: UUID | None, limit: int) -> Page:
    """The cases of a round, as they entered; NotFound unless the round is visible to the office."""
    page = await _ENTRIES.page(view, after=after, limit=limit, round_id=round_id)
    if not page.total and await view.one(_ROUND, round_id=round_id) is None:
        raise NotFound
    return page


def findings_of(row: Row) -> Sequence[Finding]:
    """What in the texts of a blind round's case tells the judges who applied."""
    return policy.identity_findings(row["content"]) if row["blind"] else []


def _entry(ctx: Context, round_: Round, application_id: UUID, version_id: UUID) -> RoundEntry:
    return RoundEntry(round_id=round_.id, application_id=application_id, version_id=version_id, entered_at=ctx.now)
