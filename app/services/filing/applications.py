"""Applications (附件2): drafted, submitted, returned, declined; every neighbour reads one through `read`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Label, and_, bindparam, case, or_, select, true
from sqlalchemy.sql.selectable import LateralFromClause

from app.context import Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.inputs import Input, Reason
from app.models import Application, ApplicationListing, ApplicationVersion, Campaign, Committee, Unit
from app.models.enums import ApplicationStatus, DeadlineKind, Role, VersionOccasion
from app.problems import Forbidden
from app.rows import row_type
from app.services.filing import (
    beginnings,
    belongings,
    campaigns,
    cells,
    concessions,
    contents,
    filters,
    participations,
    past_wins,
    recommended,
    scans,
    siblings,
    versions,
    visibility,
)
from app.services.filing.cells import ApplicationForm, Effects, Innovation, OwnCells, Practices
from app.services.filing.contents import ApplicationRow, ImageRow
from app.services.filing.filed_sets import FILED_SET, UNCOUNTED_SET
from app.services.history import create, digest_of, expect, move, remove
from app.services.limits import require_one_more
from app.services.pages import Expression, FilterValue, Listing, Page, Rows
from app.services.policies import Act, Offered, actions, permit
from app.services.policies.filing import applications as policy
from app.services.policies.filing import deadlines, vetoes
from app.services.policies.filing import partners as partner_policy
from app.services.policies.filing.applications import ApplicationFacts
from app.services.policies.filing.attachments import stored
from app.services.policies.filing.beginnings import APPLICATION
from app.services.policies.filing.deadlines import Deadline
from app.services.policies.filing.earlier_wins import Past
from app.services.policies.filing.filings import FiledSet
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.partners import PartnerFacts, Partnership
from app.services.policies.filing.scans import ScanFacts
from app.services.policies.filing.vetoes import VetoFacts
from app.services.policies.limits import TOO_MANY_APPLICATIONS, Quotas

VISIBLE = visibility.VISIBLE
_FOR_OFFICE = acting_as(Role.OFFICE)


def _full(filed_set: LateralFromClause, asked_of_siblings: Expression = siblings.OF_APPLICATION) -> Rows:
    """Select all of an application that its reader may see, with its committee's set as it is counted here."""
    return (
        select(
            Application,
            *(Unit.name.label("unit_name"), Committee.name.label("committee_name")),
            or_(Unit.retired_at.is_not(None), Committee.retired_at.is_not(None)).label("retired"),
            Unit.honour_level,
            Campaign.status.label("campaign_status"),
            Campaign.settings_digest,
            participations.EXTENSION.c.id.label("extension_id"),
            participations.EXTENSION.c.due_on.label("extension_due_on"),
            participations.EXTENSION.c.until.label("extension_until"),
            *filed_set.c,
            case((_FOR_OFFICE, ApplicationVersion.content)).label("filed_content"),
            ApplicationVersion.digest.label("filed_digest"),
            ApplicationVersion.topic.label("filed_topic"),
            visibility.ETAG_VERSION.label("etag_version"),
            visibility.SENT_BACK.label("sent_back"),
            *(scans.DAMAGED.label("scan_damaged"), scans.SEEN_IN.label("scan_seen_in")),
            concessions.exemptions_of(Application.campaign_id, Application.committee_id, Application.id),
            *(asked_of_siblings, contents.PARTNERS, contents.ATTACHMENTS),
            *(visibility.NOMINATED.label("nominated"), visibility.AWARD_STANDS.label("award_stands")),
            *(visibility.IN_ROUND.label("in_round"), visibility.VETOES.label("vetoes")),
            recommended.RANK,
        )
        .join(Unit, Unit.id == Application.unit_id)
        .join(Committee, Committee.id == Application.committee_id)
        .join(Campaign, Campaign.id == Application.campaign_id)
        .outerjoin(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
        .outerjoin(participations.EXTENSION, true())
        .join(filed_set, true())
        .where(VISIBLE)
    )


_FULL = _full(FILED_SET)
_APPLICATION = Query(_FULL.where(Application.id == bound_id("application_id")), ApplicationRow)
_SEVERAL = Query(_FULL.where(Application.id == bound_ids("application_ids").any_()), ApplicationRow)
_COMMITTEE_ID = bound_id("committee_id")
_EVERYTHING = Query(
    _full(UNCOUNTED_SET, siblings.UNASKED)
    .where(Application.campaign_id == bound_id("campaign_id"))
    .where(_COMMITTEE_ID.is_(None) | (Application.committee_id == _COMMITTEE_ID))
    .order_by(Application.number),
    ApplicationRow,
)
_LOCKED = (
    select(Application)
    .where(Application.id == bindparam("application_id"))
    .where(VISIBLE)
    .with_for_update(of=Application)
)


def _visible(name: str) -> Label[Any]:
    """A cell of the form in lists: the office sees, searches and filters what was filed, never a later draft."""
    return case((_FOR_OFFICE, getattr(ApplicationVersion, name)), else_=getattr(Application, name)).label(name)


@row_type
class ApplicationSummary:
    """An application in a list: the office reads the content as it was filed."""

    id: UUID
    version: int
    number: str
    campaign_id: UUID
    committee_id: UUID
    committee_name: str
    unit_id: UUID
    unit_name: str
    partners: list[Mapping[str, object]]
    status: ApplicationStatus
    brand_name: str | None
    category: str | None
    topic: str | None
    narrative_length: int
    image_count: int
    submitted_at: datetime | None
    filed_at: datetime | None
    updated_at: datetime
    recommended_rank: int | None


FILTERS = filters.FILTERS
_APPLICATIONS = Listing(
    select(
        Application.id,
        visibility.ETAG_VERSION.label("version"),
        Application.number,
        Application.campaign_id,
        Application.committee_id,
        Committee.name.label("committee_name"),
        Application.unit_id,
        Unit.name.label("unit_name"),
        contents.PARTNERS,
        visibility.STATUS.label("status"),
        _visible("brand_name"),
        _visible("category"),
        _visible("topic"),
        _visible("narrative_length"),
        _visible("image_count"),
        Application.submitted_at,
        Application.filed_at,
        filters.UPDATED_AT.label("updated_at"),
        recommended.RANK,
    )
    .join(Unit, Unit.id == Application.unit_id)
    .join(Committee, Committee.id == Application.committee_id)
    .outerjoin(ApplicationVersion, and_(_FOR_OFFICE, ApplicationVersion.id == Application.filed_version_id))
    .outerjoin(ApplicationListing, filters.LISTED)
    .where(VISIBLE),
    Application.id,
    ApplicationSummary,
    filters=FILTERS,
    sorts=filters.SORTS,
    tie=ApplicationListing.application_id,
)


class ApplicationCreate(ApplicationForm):
    """Begin an application: for the caller's own unit, or — by a committee — for one of its units."""

    campaign_id: UUID = Field(description="The campaign.")
    unit_id: UUID | None = Field(None, description="申报单位; a unit may leave it out and means itself.")
    innovation: Innovation = ""
    practices: Practices = ""
    effects: Effects = ""
    cells: OwnCells = Field(default_factory=dict)


class ReturnBody(Input):
    """Send an application back to its unit."""

    reason: Reason = Field(description="Improvements to make.", examples=["请补充活动开展的具体数据。"])


@dataclass(frozen=True, slots=True)
class ApplicationRecord:
    """An application as the actor may see it, with all that the rules need to judge it."""

    row: ApplicationRow
    images: Sequence[ImageRow]
    settings: CampaignSettings
    deadline: Deadline
    facts: ApplicationFacts
    actions: Offered


async def begin(ctx: Context, body: ApplicationCreate, most: Quotas, **said: object) -> UUID:
    """Begin an application, as complete or incomplete as it comes; the history keeps what is said of it beside."""
    place = await participations.beginning(ctx, body.campaign_id, body.unit_id)
    row = place.row
    form = body.model_dump(exclude={"campaign_id", "unit_id"})
    form |= {"cells": cells.patched(place.settings.cells, {}, body.cells)}
    number = await participations.next_application_number(ctx, row)
    await require_one_more(
        ctx,
        TOO_MANY_APPLICATIONS,
        most.applications_per_unit,
        Application.campaign_id == row.campaign_id,
        Application.unit_id == row.unit_id,
    )
    application = Application(
        campaign_id=body.campaign_id,
        committee_id=row.committee_id,
        unit_id=row.unit_id,
        number=number,
        narrative_length=contents.narrative_length(form),
        content_digest=contents.empty_digest(form, row.names),
        **form,
    )
    return create(ctx, application, APPLICATION.event, **said).id


async def edit(ctx: Context, application_id: UUID, body: ApplicationForm, version: int | None) -> None:
    """Change the cells that are named; what is not named stays. A change voids the seal."""
    application = await get(ctx, application_id)
    permit(policy.EDIT, role=ctx.actor.role, status=application.status)
    expect(application, version)
    values = body.model_dump(exclude_unset=True)
    if "cells" in values:
        values |= {"cells": await cells.changed(ctx, application, body.cells)}
    await contents.change_content(ctx, application, policy.EDIT.event, **values)


async def delete(ctx: Context, application_id: UUID, version: int | None) -> None:
    """Delete a draft nobody has submitted."""
    application = await get(ctx, application_id)
    permit(policy.DELETE, role=ctx.actor.role, status=application.status)
    expect(application, version)
    await belongings.forget(ctx, application)
    await remove(ctx, application, policy.DELETE.event, number=application.number)


async def submit(ctx: Context, application_id: UUID) -> None:
    """Submit the application to its committee, complete and before the deadline; fix its content as a version."""
    application = await get(ctx, application_id)
    record = await read(ctx, application_id)
    if record.facts.siblings:
        await siblings.hold(ctx, [application.campaign_id])
        record = await read(ctx, application_id)
    content = contents.content_of(record.row.form, record.row.names, record.images, record.row.attachments)
    move(
        ctx,
        application,
        policy.SUBMIT,
        record.facts,
        submitted_at=ctx.now,
        content_digest=digest_of(content),
        versions=application.versions + 1,
        reason=None,
        reason_codes=[],
    )
    await versions.fix(ctx, application, VersionOccasion.SUBMISSION, content, record.row.partners)


async def decide(
    ctx: Context, application_id: UUID, act: Act[ApplicationStatus, ApplicationFacts], body: ReturnBody
) -> None:
    """Do an act that takes nothing but a reason; nothing is held against what goes back into the selection."""
    await participations.hold(ctx, [application_id])
    application = await get(ctx, application_id)
    facts = (await facts_of(ctx, [application_id]))[application_id]
    reason = None if act.target is ApplicationStatus.SUBMITTED else body.reason
    data = {"reason": body.reason}
    move(ctx, application, act, facts, reason=reason, data=data, reconsidered=facts.counts_anew)


async def get(ctx: Context, application_id: UUID) -> Application:
    """The application, locked for a change; NotFound unless the actor may see it, Forbidden to its partners."""
    application = await get_with_partners(ctx, application_id)
    if is_partner(ctx, application):
        raise Forbidden
    return application


async def get_with_partners(ctx: Context, application_id: UUID) -> Application:
    """The same for acts that a partner may do itself."""
    return await ctx.lock(_LOCKED, application_id=application_id)


async def read(view: View, application_id: UUID) -> ApplicationRecord:
    """One application with its images, deadline and what may be done with it now; NotFound unless visible."""
    row, images = await contents.visible(view, await view.get(_APPLICATION, application_id=application_id))
    (facts,) = await _judged(view, [row])
    facts = _with_images(facts, images)
    return ApplicationRecord(row, images, facts.settings, facts.deadline, facts, _actions(view, row, facts))


async def offered(view: View, rows: Sequence[ApplicationSummary]) -> dict[UUID, Offered]:
    """Return the acts on each of these applications, for the rows of a list."""
    ids = [row.id for row in rows]
    images, found = await contents.pictures(view, ids), await _several(view, ids)
    judged = zip(found, await _judged(view, found), strict=True)
    return {row.id: _actions(view, row, _with_images(facts, images[row.id])) for row, facts in judged}


async def facts_of(view: View, application_ids: Sequence[UUID]) -> dict[UUID, ApplicationFacts]:
    """Return the facts by which the rules judge each application; without those the actor may not see."""
    rows = await _several(view, application_ids)
    return dict(zip((row.id for row in rows), await _judged(view, rows), strict=True))


async def _several(view: View, application_ids: Sequence[UUID]) -> Sequence[ApplicationRow]:
    return await view.rows(_SEVERAL, application_ids=list(application_ids))


async def _judged(view: View, rows: Sequence[ApplicationRow]) -> list[ApplicationFacts]:
    settings_of = {row.id: await campaigns.settings_for(view, row) for row in rows}
    past = await past_wins.of(view, settings_of)
    titles = await beginnings.titles(view, ((settings_of[row.id], row.honour_level) for row in rows))
    return [replace(_facts(view, row, settings_of[row.id], past[row.id]), titles=titles) for row in rows]


async def everything(view: View, campaign_id: UUID, committee_id: UUID | None) -> Sequence[ApplicationRow]:
    """Every visible application of a campaign, or of one committee in it; what was filed is beside what it is now."""
    return await view.rows(_EVERYTHING, campaign_id=campaign_id, committee_id=committee_id)


async def search(
    view: View, *, after: UUID | None, limit: int, sort: str | None = None, **filters: FilterValue
) -> Page[ApplicationSummary]:
    return await _APPLICATIONS.sorted_page(view, sort, after=after, limit=limit, now=view.now, **filters)


def is_partner(view: View, application: Application | ApplicationRow) -> bool:
    """Return true if the actor's unit sees the application, and it is not its own."""
    return view.actor.role is Role.UNIT and application.unit_id != view.actor.unit_id


def _actions(view: View, row: ApplicationRow, facts: ApplicationFacts) -> Offered:
    if not is_partner(view, row):
        of_list = VetoFacts(facts.status, facts.settings.vetoes)
        return actions(policy.ACTS, view.actor.role, facts) | actions(vetoes.ACTS, view.actor.role, of_list)
    agreed = any(each["unit_id"] == str(view.actor.unit_id) and each["agreed_at"] for each in row.partners)
    return actions(partner_policy.ACTS, view.actor.role, PartnerFacts(row.status, agreed))


def _with_images(facts: ApplicationFacts, images: Sequence[ImageRow]) -> ApplicationFacts:
    return replace(
        facts,
        damaged_images=[image.slot for image in images if image.damaged],
        captions={image.slot: image.caption for image in images},
        image_roles=[image.role for image in images if image.role],
    )


def _facts(view: View, row: ApplicationRow, settings: CampaignSettings, past: Past) -> ApplicationFacts:
    deadline = deadlines.effective(settings, DeadlineKind.APPLICATION, participations.extension_of(row))
    content = row.form, row.narrative_length, row.image_count, row.content_digest, row.endorsed_digest
    place = row.campaign_status, row.retired, FiledSet(row.standing, row.put_forward, row.ready)
    return ApplicationFacts(
        row.status,
        settings,
        view.now,
        *content,
        *place,
        deadline,
        once_filed=row.filed_version_id is not None,
        reconsidered=row.reconsidered,
        sent_back=row.sent_back,
        nominated=row.nominated,
        award_stands=row.award_stands,
        in_round=row.in_round,
        scan=ScanFacts(row.scan_damaged, row.scan_seen_in),
        unit_name=row.unit_name,
        honour_level=row.honour_level,
        attachments=[each.kind for each in stored(row.attachments)],
        partners=[Partnership(each["name"], bool(each["agreed_at"]), each["retired"]) for each in row.partners],
        past=past,
        vetoes=row.vetoes or {},
        siblings=siblings.facts_of(row.siblings),
        for_unit=view.actor.role is Role.UNIT,
    )
