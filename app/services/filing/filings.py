"""Filing (上报): a committee hands sealed applications to the office, all at once, and holds a receipt (回执) of it.

Every act that changes a filed set takes its locks here (`hold`): places first, then the applications, so that no
two of them judge the same count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.context import Context, View, acting_as, own_committees
from app.database import Query, bound_id, bound_ids
from app.findings import Finding
from app.inputs import ApplicationIds, Input
from app.models import Application, ApplicationVersion, Campaign, Filing, FilingItem, Participation
from app.models.enums import ApplicationStatus, Role
from app.problems import Forbidden, NotFound
from app.rows import row_type
from app.services.filing import campaigns, filed_sets, lapses, participations, recommended, siblings, versions
from app.services.filing.applications import facts_of, is_partner
from app.services.filing.visibility import VISIBLE as VISIBLE_APPLICATION
from app.services.history import change_state, create, digest_of
from app.services.pages import FilterValue, Listing, Page, exactly
from app.services.policies import UNKNOWN_REFERENCE, Act, refuse, require_role
from app.services.policies.filing import applications as policy
from app.services.policies.filing.applications import ApplicationFacts
from app.services.policies.filing.filings import MADE, FiledSet, new_verification_code, set_findings
from app.services.policies.filing.siblings import most_together

_NAMED = Application.id == bound_ids("application_ids").any_()
_APPLICATIONS = (
    select(Application).where(_NAMED, VISIBLE_APPLICATION).order_by(Application.id).with_for_update(of=Application)
)

VISIBLE = or_(and_(acting_as(Role.COMMITTEE), own_committees(Filing.committee_id)), acting_as(Role.OFFICE))
"""A committee sees its own filings, the office all."""

_size = select(func.count()).where(FilingItem.filing_id == Filing.id).scalar_subquery()
NAME_THEN = (
    select(func.jsonb_extract_path_text(ApplicationVersion.content, "committee_name"))
    .join(FilingItem, FilingItem.version_id == ApplicationVersion.id)
    .where(FilingItem.filing_id == Filing.id, FilingItem.position == 1)
    .scalar_subquery()
)
"""The committee's name as it was filed, whatever it is called or part of since."""
_SUMMARY = select(
    Filing.id,
    Filing.number,
    Filing.campaign_id,
    Filing.committee_id,
    NAME_THEN.label("committee_name"),
    Filing.filed_at,
    Filing.digest,
    _size.label("size"),
).where(VISIBLE)


@row_type
class FilingSummary:
    """A filing in a list."""

    id: UUID
    number: str
    campaign_id: UUID
    committee_id: UUID
    committee_name: str
    filed_at: datetime
    digest: str
    size: int


@row_type
class FilingRow(FilingSummary):
    """A filing with the code of its receipt."""

    campaign_name: str
    verification_code: str
    recommended_order: list[UUID]


@row_type
class FilingItemRow:
    """An application as it was filed."""

    position: int
    application_id: UUID
    application_number: str
    version: int
    digest: str
    brand_name: str
    unit_name: str


@row_type
class ReceiptRow(FilingRow):
    """A filing as its receipt has it."""

    items: Sequence[dict[str, Any]]


_named = _SUMMARY.add_columns(Campaign.name.label("campaign_name"), Filing.verification_code, recommended.GIVEN).join(
    Campaign, Campaign.id == Filing.campaign_id
)
_FILING = Query(_named.where(Filing.id == bound_id("filing_id")), FilingRow)
_ITEMS = Query(
    select(
        FilingItem.position,
        FilingItem.application_id,
        Application.number.label("application_number"),
        ApplicationVersion.number.label("version"),
        ApplicationVersion.digest,
        ApplicationVersion.brand_name,
        ApplicationVersion.unit_name,
    )
    .join(Application, Application.id == FilingItem.application_id)
    .join(ApplicationVersion, ApplicationVersion.id == FilingItem.version_id)
    .where(FilingItem.filing_id == bound_id("filing_id"))
    .order_by(FilingItem.position),
    FilingItemRow,
)
_COMMITTEE_ID = bound_id("committee_id")
_item = func.jsonb_build_object(
    *("position", FilingItem.position, "application_id", FilingItem.application_id),
    *("application_number", Application.number, "version", ApplicationVersion.number),
    *("brand_name", ApplicationVersion.brand_name, "unit_name", ApplicationVersion.unit_name),
    *("digest", ApplicationVersion.digest),
)
_items = (
    select(func.jsonb_agg(aggregate_order_by(_item, FilingItem.position)))
    .join(Application, Application.id == FilingItem.application_id)
    .join(ApplicationVersion, ApplicationVersion.id == FilingItem.version_id)
    .where(FilingItem.filing_id == Filing.id)
    .scalar_subquery()
)
_RECEIPTS = Query(
    _named.add_columns(_items.label("items"))
    .where(Filing.campaign_id == bound_id("campaign_id"))
    .where(_COMMITTEE_ID.is_(None) | (Filing.committee_id == _COMMITTEE_ID))
    .order_by(Filing.id),
    ReceiptRow,
)
FILTERS = {
    "campaign_id": exactly(Filing.campaign_id, UUID, "Only of this campaign."),
    "committee_id": exactly(Filing.committee_id, UUID, "Only of this committee."),
}
_FILINGS = Listing(_SUMMARY, Filing.id, FilingSummary, filters=FILTERS)

FilingAct = Act[ApplicationStatus, ApplicationFacts]


@dataclass(frozen=True, slots=True)
class Held:
    """An application locked for a change, and its facts for the rules."""

    application: Application
    facts: ApplicationFacts


class FilingCreate(Input):
    """File these sealed applications: at least the campaign's minimum is filed afterwards."""

    campaign_id: UUID = Field(description="The campaign.")
    application_ids: ApplicationIds
    recommended_order: ApplicationIds | None = Field(
        None,
        description="推荐排序: all that you have put forward then, these and those filed before, the best first. Null "
        "leaves the order of before, if there is one; whether one is asked for says the campaign's "
        "`recommended_order`.",
        examples=[None],
    )
    dry_run: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="Try everything, answer the same, and let nothing stay.", examples=[False]
    )


@dataclass(frozen=True, slots=True)
class FilingRecord:
    """A filing with what it filed."""

    row: FilingRow
    items: Sequence[FilingItemRow]


async def file(ctx: Context, body: FilingCreate) -> UUID:
    """File sealed applications, each exactly as it was sealed: all of them, or none."""
    require_role(ctx.actor.role, Role.COMMITTEE)
    held = await hold(ctx, body.application_ids)
    place = await filed_sets.place(ctx, body.campaign_id, body.application_ids)
    settings = await campaigns.settings_for(ctx, place)
    refiled = all((one := held.get(each)) is not None and one.facts.put_forward for each in body.application_ids)
    of_set = set_findings(
        FiledSet(place.standing, place.already, ready=0),
        len(body.application_ids),
        minimum=settings.minimum_filed,
        maximum=settings.maximum_filed,
        refiled=refiled,
    )
    of_set += _together(list(held.values()))
    of_order = await recommended.findings(ctx, body, settings, refiled=refiled)
    refuse([*_findings(ctx, body, held), *(finding.under("/application_ids") for finding in of_set), *of_order])
    applications = [held[application_id].application for application_id in body.application_ids]
    number = await next_number(ctx, body.campaign_id, place.committee_id, place.code, settings.year)
    await lapses.by_filing(ctx, body.application_ids)
    return await put_on_file(ctx, applications, number, policy.FILE, by=ctx.actor.id, order=body.recommended_order)


async def read(view: View, filing_id: UUID) -> FilingRecord:
    """One filing with its items: the receipt; NotFound unless visible."""
    row = await view.get(_FILING, filing_id=filing_id)
    return FilingRecord(row, await view.rows(_ITEMS, filing_id=filing_id))


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[FilingSummary]:
    return await _FILINGS.page(view, after=after, limit=limit, **filters)


async def hold(ctx: Context, application_ids: Sequence[UUID]) -> dict[UUID, Held]:
    """Lock the places of these applications, then the applications, each in one order; the invisible are missing.

    Forbidden to the partners of one of them.
    """
    await participations.hold(ctx, application_ids)
    binds = ctx.actor.binds | {"application_ids": list(application_ids)}
    locked = (await ctx.session.scalars(_APPLICATIONS, binds)).all()
    if any(is_partner(ctx, application) for application in locked):
        raise Forbidden
    judged = await facts_of(ctx, [application.id for application in locked])
    if any(facts.siblings for facts in judged.values()):
        await siblings.hold(ctx, {application.campaign_id for application in locked})
        judged = await facts_of(ctx, [application.id for application in locked])
    return {application.id: Held(application, judged[application.id]) for application in locked}


async def hold_one(ctx: Context, application_id: UUID) -> Held:
    """The same for one application; NotFound unless the actor may see it."""
    held = await hold(ctx, [application_id])
    if application_id not in held:
        raise NotFound
    return held[application_id]


def unknown(application_ids: Sequence[UUID], held: dict[UUID, Held]) -> list[Finding]:
    """Point at the applications that do not exist for the actor."""
    return [
        UNKNOWN_REFERENCE(f"/application_ids/{index}")
        for index, application_id in enumerate(application_ids)
        if application_id not in held
    ]


def _findings(ctx: Context, body: FilingCreate, held: dict[UUID, Held]) -> list[Finding]:
    """Return why these may not be filed together, application by application."""
    found = []
    for index, application_id in enumerate(body.application_ids):
        one = held.get(application_id)
        of_campaign = one is not None and one.application.campaign_id == body.campaign_id
        found += [each.under(f"/application_ids/{index}") for each in _of_one(ctx, one if of_campaign else None)]
    return found


def _together(held: Sequence[Held]) -> list[Finding]:
    """Judge what all campaigns of a programme have once these are filed."""
    new = [one.facts for one in held if not one.facts.put_forward]
    return most_together(new[0].siblings, len(new)) if new else []


def _of_one(ctx: Context, one: Held | None) -> list[Finding]:
    if one is None:
        return [UNKNOWN_REFERENCE()]
    barred = policy.FILE.obstacles(ctx.actor.role, one.facts)
    return policy.FILE.findings(ctx.actor.role, one.facts) if barred else policy.own_filing_findings(one.facts)


async def next_number(ctx: Context, campaign_id: UUID, committee_id: UUID, code: str, year: int) -> str:
    """回执编号: the year, the committee's code, and a running number within the two."""
    participation = await participations.locked(ctx, campaign_id, committee_id)
    participation.filings_numbered += 1
    number = await participations.running_number(ctx, Participation.filings_numbered, year, committee_id)
    return f"{year}-{code}-R{number:02d}"


async def put_on_file(
    ctx: Context,
    applications: Sequence[Application],
    number: str,
    act: FilingAct,
    *,
    by: UUID | None,
    order: Sequence[UUID] | None = None,
) -> UUID:
    """Fix what is filed, move the applications, and write the receipt that covers all of it, for who files them."""
    fixed = await versions.fix_filing(ctx, applications, by)
    for application, version in zip(applications, fixed, strict=True):
        change_state(
            ctx,
            application,
            act,
            data={"filing": number},
            filed_at=ctx.now,
            filed_version_id=version.id,
            versions=version.number,
            reconsidered=False,
        )
    ordered = {"recommended_order": order} if order else {}
    filing = Filing(
        campaign_id=applications[0].campaign_id,
        committee_id=applications[0].committee_id,
        number=number,
        verification_code=new_verification_code(),
        digest=digest_of(_covered(ctx, applications, fixed, number) | ordered),
        recommended_order=order,
        filed_at=ctx.now,
        filed_by=by,
    )
    create(ctx, filing, MADE, applications=[application.number for application in applications])
    await ctx.flush()  # the items refer to the filing
    ctx.session.add_all(
        FilingItem(filing_id=filing.id, position=position, version_id=version.id, application_id=version.application_id)
        for position, version in enumerate(fixed, 1)
    )
    return filing.id


async def put_instead(
    ctx: Context, out: Application, instead: Application, number: str, act: FilingAct, *, by: UUID
) -> UUID:
    """Put on file what a swap brings, which has the other's place in the recommended order."""
    order = await recommended.exchanged(ctx, out, instead)
    return await put_on_file(ctx, [instead], number, act, by=by, order=order)


def _covered(
    ctx: Context, applications: Sequence[Application], fixed: Sequence[ApplicationVersion], number: str
) -> dict[str, object]:
    """Compose the values that the receipt's digest covers, as the receipt has them: its holder can compute it too."""
    return {
        "number": number,
        "campaign_id": applications[0].campaign_id,
        "committee_id": applications[0].committee_id,
        "filed_at": ctx.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "items": [
            {"application_number": application.number, "version": version.number, "digest": version.digest}
            for application, version in zip(applications, fixed, strict=True)
        ],
    }


async def receipts(view: View, campaign_id: UUID, committee_id: UUID | None) -> Sequence[ReceiptRow]:
    """Every visible receipt of a campaign, or of one committee in it."""
    return await view.rows(_RECEIPTS, campaign_id=campaign_id, committee_id=committee_id)
