"""Programmes (系列活动): campaigns of one notice, its entries and batches, in their order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, ValidationError, model_validator
from sqlalchemy import bindparam, exists, or_, select

from app.context import Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.findings import Finding
from app.inputs import Input, Line, Name, repeated
from app.models import Campaign, Programme
from app.models.enums import CampaignStatus, DeadlineKind, Role
from app.rows import row_type
from app.services.filing import beginnings, campaigns
from app.services.filing.campaigns import CampaignSource
from app.services.filing.template_copies import take_over
from app.services.history import change, create, differing, expect, remove
from app.services.pages import FilterValue, Listing, Page, exactly, updated_since
from app.services.policies import UNKNOWN_REFERENCE, refuse, require_role
from app.services.policies.filing import campaigns as campaign_policy
from app.services.policies.filing import programmes as policy
from app.services.policies.filing.applications import creation_findings
from app.services.policies.filing.deadlines import Deadline
from app.services.policies.filing.notice import CampaignSettings, StoredSettings
from app.services.policies.filing.programmes import MOST_CAMPAIGNS, Labels, Placed, ProgrammeSettings

_shown = exists().where(Campaign.programme_id == Programme.id, Campaign.status != CampaignStatus.DRAFT)
VISIBLE = or_(acting_as(Role.OFFICE), _shown)
"""The office sees every programme, everybody else those with a campaign that is published."""

_PROGRAMME_ID = bound_id("programme_id")
_COLUMNS = (
    *(Programme.id, Programme.version, Programme.title, Programme.year),
    *(Programme.settings[name].astext.label(name) for name in ("document_number", "organizer")),
    Programme.settings,
    *(Programme.created_at, Programme.updated_at),
)


@row_type
class ProgrammeRow:
    """A programme, with what its notice says of all its campaigns."""

    id: UUID
    version: int
    title: str
    year: int
    document_number: str | None
    organizer: str
    settings: StoredSettings
    created_at: datetime
    updated_at: datetime


@row_type
class MemberRow:
    """A campaign of a programme."""

    id: UUID
    name: str
    entry: str | None
    batch: str | None
    status: CampaignStatus
    settings_digest: str


_PROGRAMME = Query(select(*_COLUMNS).where(Programme.id == _PROGRAMME_ID, VISIBLE), ProgrammeRow)
_MEMBERS = Query(
    select(
        *(Campaign.id, Campaign.name, Campaign.entry, Campaign.batch),
        *(Campaign.status, Campaign.settings_digest),
    )
    .where(Campaign.programme_id == _PROGRAMME_ID, campaigns.VISIBLE)
    .order_by(Campaign.position),
    MemberRow,
)
FILTERS = {
    "year": exactly(Programme.year, int, "Only of this year.", ge=2000, le=2100),
    "updated_since": updated_since(Programme.updated_at),
}
_PROGRAMMES = Listing(select(*_COLUMNS).where(VISIBLE), Programme.id, ProgrammeRow, filters=FILTERS)
_LOCKED = select(Programme).where(Programme.id == bindparam("programme_id"), VISIBLE).with_for_update()
_CONCERNED = (
    select(Campaign)
    .where(or_(Campaign.programme_id == _PROGRAMME_ID, Campaign.id == bound_ids("ids").any_()))
    .order_by(Campaign.id)
    .with_for_update()
)


class Labelling(Input):
    """The kind of entry and the batch that a campaign is of."""

    entry: Name | None = Field(None, description="参评类别; null where the notice has one kind.", examples=["品牌案例"])
    batch: Name | None = Field(None, description="批次; null where the notice has one.", examples=["第一批"])

    @property
    def labels(self) -> Labels:
        return Labels(self.entry, self.batch)


class NewCampaign(CampaignSource, Labelling):
    """A campaign of a programme, begun from the built-in template or as a copy, with its dates moved."""

    name: Annotated[Line, Field(max_length=200)] | None = Field(
        None,
        description="活动名称; null takes that of the source, with this entry and batch where that names its own.",
        examples=["文明创建品牌案例征集（第一批）"],
    )
    year: Annotated[int, Field(strict=True, ge=2000, le=2100)] | None = Field(
        None, description="The year every date is moved to first; null leaves the source's.", examples=[2025]
    )
    months_later: Annotated[int, Field(strict=True, ge=-60, le=60)] = Field(
        0, description="Every date is moved by so many months; a day that a month does not have is its last."
    )
    days_later: Annotated[int, Field(strict=True, ge=-366, le=366)] = Field(
        0, description="Then every date is moved by so many days."
    )


class ProgrammeCampaigns(Input):
    """Begin campaigns of a programme, after those it has, in this order: all, or none."""

    campaigns: list[NewCampaign] = Field(min_length=1, max_length=MOST_CAMPAIGNS, description="The new campaigns.")
    dry_run: Annotated[bool, Field(strict=True)] = Field(
        False, description="Try everything, answer the same, and let nothing stay.", examples=[False]
    )


class PlacedCampaign(Labelling):
    """A campaign in its place."""

    campaign_id: UUID = Field(description="The campaign.")


class ProgrammeArrangement(Input):
    """All campaigns of a programme, each with its entry and batch, in their order."""

    campaigns: list[PlacedCampaign] = Field(max_length=MOST_CAMPAIGNS, description="The campaigns, each once.")

    @model_validator(mode="after")
    def _each_once(self) -> "ProgrammeArrangement":
        for index in repeated([each.campaign_id for each in self.campaigns]):
            raise self.contradiction("a campaign occurs twice", "campaigns", index, "campaign_id")
        return self


@dataclass(frozen=True, slots=True)
class Member:
    """A campaign of a programme, the deadlines that count for the actor, and whether applications may be begun."""

    row: MemberRow
    deadlines: Mapping[DeadlineKind, Deadline]
    open: bool


@dataclass(frozen=True, slots=True)
class ProgrammeRecord:
    """A programme with those of its campaigns that the actor may see, in their order."""

    row: ProgrammeRow
    settings: ProgrammeSettings
    campaigns: Sequence[Member]


async def begin(ctx: Context, body: ProgrammeSettings) -> UUID:
    """Begin a programme, without campaigns yet."""
    require_role(ctx.actor.role, Role.OFFICE)
    return create(ctx, Programme(**_stored(body)), policy.CREATED).id


async def edit(ctx: Context, programme_id: UUID, body: ProgrammeSettings, version: int | None) -> None:
    """Replace what the notice says of all its campaigns."""
    programme = await get(ctx, programme_id)
    expect(programme, version)
    published = any(each.status is not CampaignStatus.DRAFT for each in await _concerned(ctx, programme_id))
    refuse(policy.change_findings(_settings(programme), body, published=published))
    if differing(programme, _stored(body)):
        change(ctx, programme, policy.EDITED, **_stored(body))


async def delete(ctx: Context, programme_id: UUID, version: int | None) -> None:
    """Delete a programme that has no campaigns."""
    programme = await get(ctx, programme_id)
    expect(programme, version)
    refuse(policy.deletion_findings(len(await _concerned(ctx, programme_id))))
    await remove(ctx, programme, policy.DELETED, title=programme.title)


async def begin_campaigns(ctx: Context, programme_id: UUID, body: ProgrammeCampaigns) -> list[UUID]:
    """Begin campaigns in a programme: all of them, or none."""
    programme = await get(ctx, programme_id)
    present = await _concerned(ctx, programme_id)
    drafts = [await _drafted(ctx, f"/campaigns/{place}", each) for place, each in enumerate(body.campaigns)]
    placed = [
        Placed(f"/campaigns/{place}", draft.settings.name, CampaignStatus.DRAFT, programme_id, draft.body.labels)
        for place, draft in enumerate(drafts)
        if isinstance(draft, _Draft)
    ]
    refuse(
        [
            *(draft for draft in drafts if isinstance(draft, Finding)),
            *policy.number_findings("/campaigns", len(present) + len(drafts)),
            *policy.label_findings([*(_placed("", each) for each in present), *placed]),
        ]
    )
    last = max((each.position or 0 for each in present), default=0)
    begun = [
        campaigns.draft(
            ctx,
            draft.body,
            draft.settings,
            programme_id=programme_id,
            position=place,
            **draft.body.labels._asdict(),
        )
        for place, draft in enumerate(drafts, last + 1)
        if isinstance(draft, _Draft)
    ]
    sources = [draft.body.copy_of for draft in drafts if isinstance(draft, _Draft)]
    await take_over(ctx, [*zip(sources, begun, strict=True)])
    change(ctx, programme, policy.ARRANGED)
    return [each.id for each in begun]


async def arrange(ctx: Context, programme_id: UUID, body: ProgrammeArrangement, version: int | None) -> None:
    """Give each of these campaigns its place and labels; drafts that are not named leave the programme."""
    programme = await get(ctx, programme_id)
    expect(programme, version)
    wanted = {each.campaign_id: (place, each) for place, each in enumerate(body.campaigns)}
    concerned = {each.id: each for each in await _concerned(ctx, programme_id, wanted)}
    named = [
        _placed(f"/campaigns/{place}", concerned[each.campaign_id], each.labels)
        if each.campaign_id in concerned
        else None
        for place, each in wanted.values()
    ]
    left_out = [each for each in concerned.values() if each.id not in wanted]
    out = [_placed("/campaigns", each) for each in left_out]
    refuse(policy.arrangement_findings(programme_id, named, out, reaching=_settings(programme).reaching))
    places = {
        campaign_id: {"programme_id": programme_id, "position": place + 1, **each.labels._asdict()}
        for campaign_id, (place, each) in wanted.items()
    }
    nowhere = dict.fromkeys(("programme_id", "position", "entry", "batch"))
    moved = [(each, places.get(each.id, nowhere)) for each in concerned.values()]
    changed = [(each, values) for each, values in moved if differing(each, values)]
    for campaign, values in changed:
        change(ctx, campaign, policy.PLACED, **values)
    if changed:
        change(ctx, programme, policy.ARRANGED)


async def get(ctx: Context, programme_id: UUID) -> Programme:
    """The programme, locked for a change of it or of what it has; NotFound unless visible, and for the office only."""
    programme = await ctx.lock(_LOCKED, programme_id=programme_id)
    require_role(ctx.actor.role, Role.OFFICE)
    return programme


async def find(view: View, programme_id: UUID) -> ProgrammeRow:
    """One programme by itself; NotFound unless visible."""
    return await view.get(_PROGRAMME, programme_id=programme_id)


async def read(view: View, programme_id: UUID) -> ProgrammeRecord:
    """One programme with its campaigns; NotFound unless visible."""
    row = await find(view, programme_id)
    settings = ProgrammeSettings.model_validate(row.settings)
    return ProgrammeRecord(row, settings, await members(view, programme_id))


async def members_of(view: View, programme_id: UUID) -> list[MemberRow]:
    """Return the rows of the campaigns that the actor may see, in their order."""
    return await view.rows(_MEMBERS, programme_id=programme_id)


async def members(view: View, programme_id: UUID) -> list[Member]:
    """Return the campaigns of a programme that the actor may see, in their order."""
    rows = await members_of(view, programme_id)
    settings = {row.id: await campaigns.settings_of(view, row.settings_digest) for row in rows}
    deadlines = await beginnings.deadlines_of_several(view, settings)
    return [_member(row, deadlines[row.id], view.now) for row in rows]


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[ProgrammeRow]:
    return await _PROGRAMMES.page(view, after=after, limit=limit, **filters)


def _member(row: MemberRow, deadlines: Mapping[DeadlineKind, Deadline], now: datetime) -> Member:
    deadline = deadlines[DeadlineKind.APPLICATION]
    return Member(row, deadlines, not creation_findings(row.status, retired=False, deadline=deadline, now=now))


async def _concerned(ctx: Context, programme_id: UUID, named: Iterable[UUID] = ()) -> Sequence[Campaign]:
    """The campaigns of a programme, and those that are named, locked in one order."""
    return (await ctx.session.scalars(_CONCERNED, {"programme_id": programme_id, "ids": list(named)})).all()


@dataclass(frozen=True, slots=True)
class _Draft:
    """A campaign that may be begun."""

    body: NewCampaign
    settings: CampaignSettings


async def _drafted(ctx: Context, pointer: str, body: NewCampaign) -> _Draft | Finding:
    """Move the source's dates, and give the copy its name; a finding says why there is none."""
    if (source := await campaigns.source_of(ctx, body)) is None:
        return UNKNOWN_REFERENCE(f"{pointer}/copy_of")
    plain = source.settings if body.year is None else campaign_policy.moved_to_year(source.settings, body.year)
    plain = campaign_policy.moved_by(plain, months=body.months_later, days=body.days_later)
    try:
        settings = CampaignSettings.model_validate(plain)
    except ValidationError:
        return policy.DATES_MISFIT(pointer)
    if missing := await campaigns.missing_words(ctx, pointer, settings):
        return missing[0]
    name = body.name or policy.renamed(settings.name, source.labels, body.labels)
    return _Draft(body, settings.model_copy(update={"name": name}))


def _placed(pointer: str, campaign: Campaign, labels: Labels | None = None) -> Placed:
    present = Labels(campaign.entry, campaign.batch)
    return Placed(pointer, campaign.name, campaign.status, campaign.programme_id, labels or present)


def _settings(programme: Programme) -> ProgrammeSettings:
    return ProgrammeSettings.model_validate(programme.settings)


def _stored(settings: ProgrammeSettings) -> StoredSettings:
    plain = settings.model_dump(mode="json", exclude_defaults=True)
    return {"title": settings.title, "year": settings.year, "settings": plain}
