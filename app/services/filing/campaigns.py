"""Campaigns: from the notice's template to closing; their deadlines and what they are at this instant."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, NamedTuple, Protocol, Self, get_args
from uuid import UUID

from pydantic import Field, WithJsonSchema, model_validator
from sqlalchemy import Text, bindparam, exists, or_, select

from app.context import ACTOR_COMMITTEE, Context, View, acting_as
from app.database import Query, bound_id
from app.findings import Finding
from app.inputs import Day, Input, Moment, Reason
from app.models import Campaign, Commendation
from app.models.enums import CampaignStatus, CommendationStatus, DeadlineKind, Role
from app.problems import RulesViolated
from app.rows import row_type
from app.services.filing import beginnings, closures, concessions, reliance
from app.services.filing.template_copies import take_over
from app.services.history import create, digest_of, expect, move
from app.services.pages import FilterValue, Listing, Page, among, exactly, updated_since
from app.services.people import vocabularies
from app.services.policies import UNKNOWN_REFERENCE, Record, StatusOnly, actions, permit, refuse, require_role
from app.services.policies.filing import campaigns as policy
from app.services.policies.filing.deadlines import Deadline, stage_findings
from app.services.policies.filing.exemptions import Granted, in_force
from app.services.policies.filing.notice import CampaignSettings, StoredSettings, Window
from app.services.policies.filing.programmes import Labels
from app.services.policies.people.vocabularies import WORDS_MISSING

VISIBLE = or_(acting_as(Role.OFFICE), Campaign.status != CampaignStatus.DRAFT)
"""A draft is visible to the office alone."""


class Exempted(Protocol):
    """A typed row that was selected with the exemptions that apply to it."""

    @property
    def settings_digest(self) -> str: ...
    @property
    def exemptions(self) -> Granted | None: ...


_COLUMNS = (
    *(Campaign.id, Campaign.version, Campaign.name, Campaign.year, Campaign.status),
    *(Campaign.created_at, Campaign.updated_at, Campaign.published_at, Campaign.closed_at),
    *(Campaign.programme_id, Campaign.entry, Campaign.batch),
)


@row_type
class CampaignSummary:
    """A campaign in a list."""

    id: UUID
    version: int
    name: str
    year: int
    status: CampaignStatus
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    closed_at: datetime | None
    programme_id: UUID | None
    entry: str | None
    batch: str | None


@row_type
class CampaignRow(CampaignSummary):
    """A campaign with the whole notice, the exemptions of the actor's committee, and the actor's unit."""

    settings: StoredSettings
    exemptions: Granted | None
    own_unit: beginnings.OwnUnit | None


@dataclass(frozen=True)
class CampaignRecord(Record[CampaignRow]):
    """A campaign, its settings, and the deadlines that count for the actor."""

    settings: CampaignSettings
    deadlines: Mapping[DeadlineKind, Deadline]


@row_type
class SettingsRow:
    """The settings alone."""

    settings: StoredSettings


@row_type
class SettingsDigest:
    """The name of the settings alone."""

    settings_digest: str


_CAMPAIGN = Query(
    select(*_COLUMNS, Campaign.settings, concessions.exemptions_of(Campaign.id, ACTOR_COMMITTEE), beginnings.OWN_UNIT)
    .where(Campaign.id == bound_id("campaign_id"))
    .where(VISIBLE),
    CampaignRow,
)
_SETTINGS = Query(
    select(Campaign.settings).where(Campaign.settings_digest == bindparam("digest", type_=Text)).limit(1), SettingsRow
)
_DIGEST = Query(select(Campaign.settings_digest).where(Campaign.id == bound_id("campaign_id")), SettingsDigest)
FILTERS = {
    "status": among(Campaign.status, CampaignStatus, "Only in these states."),
    "updated_since": updated_since(Campaign.updated_at),
    "programme_id": exactly(Campaign.programme_id, UUID, "Only of this programme."),
}
_CAMPAIGNS = Listing(select(*_COLUMNS).where(VISIBLE), Campaign.id, CampaignSummary, filters=FILTERS)
_LOCKED = select(Campaign).where(Campaign.id == bindparam("campaign_id")).where(VISIBLE).with_for_update()
_COMMENDED = select(
    exists().where(
        Commendation.campaign_id == bindparam("campaign_id"), Commendation.status != CommendationStatus.DRAFT
    )
)
_parsed: dict[str, CampaignSettings] = {}
Template = Literal["lubei-2015", "sample-2025"]
"""The built-in notices: the one of 2015, and an invented one that uses what settings there are besides."""
_NAMED = {"oneOf": [*({"type": "string", "const": name} for name in get_args(Template)), {"type": "null"}]}


class CampaignSource(Input):
    """The source of a campaign: a built-in template, or another campaign."""

    template: Annotated[Template | None, WithJsonSchema(_NAMED)] = Field(
        None, description="Name of the built-in template; null when `copy_of` is given.", examples=["lubei-2015"]
    )
    copy_of: UUID | None = Field(None, description="An earlier campaign; null with a `template`.", examples=[None])

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        return self.with_one_of("template", "copy_of")


class CampaignCreate(CampaignSource):
    """Begin a campaign from the built-in template, or as a copy of an earlier one, with its dates moved to a year."""

    year: Annotated[int, Field(strict=True, ge=2000, le=2100)] = Field(
        description="The year every date is moved to.", examples=[2015]
    )


class CampaignReplacement(CampaignSettings):
    """The whole notice as it is to be; once it is published with a reason, and tried first if you like."""

    reason: Reason | None = Field(
        None, description="Reason of a change after publication; kept in the history.", examples=["更正笔误。"]
    )
    dry_run: Annotated[bool, Field(strict=True)] = Field(
        False, description="Try it, and change nothing: the answer says what would change and whom it concerns."
    )

    @model_validator(mode="after")
    def _holds_what_it_says(self) -> "CampaignReplacement":
        """Judge what is sent alone: a notice stored before stays readable."""
        for place, window in self.windows():
            if self.closes_at(window).date() < window.due_on:
                raise self.contradiction("a window closes before its last day", place, "enforced_at")
        for index in self.out_of_reach:
            path = "commendation", "indicators", index, "full_measure"
            raise self.contradiction("a full measure is more cases than may be filed", *path)
        return self

    @property
    def settings(self) -> CampaignSettings:
        """The notice alone."""
        return CampaignSettings.model_validate(self.model_dump(exclude={"reason", "dry_run"}))


class CampaignClosure(Input):
    """Close a campaign, or see first what is still open."""

    dry_run: Annotated[bool, Field(strict=True)] = Field(
        False, description="Try it, and change nothing: the answer says what is still open."
    )


class CampaignReopening(Input):
    """Reopen a closed campaign."""

    reason: Reason = Field(description="Reason; kept in the history.", examples=["误点结束，尚有单位正在补正。"])


class DeadlineMove(Input):
    """Move one of the two deadlines; the published day and the enforcing instant move together."""

    deadline: DeadlineKind = Field(description="Kind of the deadline.")
    due_on: Day = Field(description="The new published day.", examples=["2015-09-18"])
    enforced_at: Moment | None = Field(
        None, description="The instant that enforces it; by default the end of that day in the campaign's time zone."
    )
    reason: Reason = Field(
        description="Reason; kept in the history.", examples=["连日暴雨，多个单位材料无法按时送达。"]
    )
    despite_earlier: bool = Field(
        False, description="Move it to an earlier instant although committees are not done.", examples=[False]
    )
    dry_run: Annotated[bool, Field(strict=True)] = Field(
        False, description="Try it, and change nothing: the answer says whom it concerns."
    )


class Source(NamedTuple):
    """Settings to begin a campaign from, and the labels of the campaign they are of."""

    settings: StoredSettings
    labels: Labels = Labels()


@dataclass(frozen=True, slots=True)
class CampaignChange:
    """Change of a campaign, made or tried: values, the committees it concerns, and advice."""

    campaign: Campaign
    changed: Sequence[policy.Change]
    concerned: Sequence[reliance.Concerned]
    findings: Sequence[Finding] = ()


async def begin(ctx: Context, body: CampaignCreate) -> Campaign:
    """Draft a campaign from the template or from an earlier campaign."""
    require_role(ctx.actor.role, Role.OFFICE)
    if (source := await source_of(ctx, body)) is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/copy_of")])
    settings = CampaignSettings.model_validate(policy.moved_to_year(source.settings, body.year))
    refuse(await missing_words(ctx, "", settings))
    await take_over(ctx, [(body.copy_of, campaign := draft(ctx, body, settings))])
    return campaign


async def missing_words(ctx: Context, place: str, settings: CampaignSettings) -> list[Finding]:
    """Return why a campaign may not be begun: its template names words that the office has removed."""
    codes = [code for _, code in await vocabularies.unknown(ctx, settings.named_words)]
    return [WORDS_MISSING(f"{place}/template", codes=codes)] if codes else []


def draft(ctx: Context, body: CampaignSource, settings: CampaignSettings, **place: object) -> Campaign:
    """Store a drafted campaign with these settings, in a place of its programme if it has one."""
    campaign = Campaign(**_stored(settings), **place)
    return create(ctx, campaign, policy.CREATED, source=body.template or str(body.copy_of))


async def edit(
    ctx: Context, campaign_id: UUID, settings: CampaignSettings, version: int | None, reason: str | None = None
) -> CampaignChange:
    """Replace the settings: anything while it is a draft, afterwards for a reason, and only what hurts nobody."""
    campaign = await get(ctx, campaign_id)
    permit(policy.EDIT, role=ctx.actor.role, status=campaign.status)
    expect(campaign, version)
    old, commended = _settings(campaign), await ctx.session.scalar(_COMMENDED, {"campaign_id": campaign_id})
    changed = list(policy.changes(old.model_dump(mode="json"), settings.model_dump(mode="json")))
    back = policy.restored(changed, await reliance.former(ctx, campaign_id))
    usage = await reliance.usage(ctx, campaign_id, old, settings) if back else policy.UNUSED
    findings = [
        *(UNKNOWN_REFERENCE(pointer) for pointer, _ in await vocabularies.unknown(ctx, settings.named_words)),
        *policy.name_findings(old, settings),
        *policy.change_findings(old, settings, campaign.status, back, usage),
        *policy.wording_findings(old, settings, commended=bool(commended)),
        *policy.reason_findings(campaign.status, changed, reason),
    ]
    said = policy.particulars(campaign.status, changes=[asdict(each) for each in changed], reason=reason)
    move(ctx, campaign, policy.EDIT, findings=findings, data=said, **_stored(settings))
    return CampaignChange(campaign, changed, await reliance.concerned(ctx, campaign_id))


async def publish(ctx: Context, campaign_id: UUID) -> Campaign:
    """Publish: committees and units see it and may begin."""
    campaign = await get(ctx, campaign_id)
    move(ctx, campaign, policy.PUBLISH, published_at=ctx.now)
    return campaign


async def close(ctx: Context, campaign_id: UUID) -> CampaignChange:
    """Close: nothing more is submitted; what is still open is said, and stays as it is."""
    campaign = await get(ctx, campaign_id)
    move(ctx, campaign, policy.CLOSE, closed_at=ctx.now)
    left = await closures.still_open(ctx, campaign_id, _settings(campaign))
    not_done = {each.committee_id for each in left.committees}
    concerned = [each for each in await reliance.concerned(ctx, campaign_id) if each.committee_id in not_done]
    return CampaignChange(campaign, [], concerned, left.advice)


async def reopen(ctx: Context, campaign_id: UUID, body: CampaignReopening) -> Campaign:
    """Take the closing back: the deadlines decide again."""
    campaign = await get(ctx, campaign_id)
    move(ctx, campaign, policy.REOPEN, data={"reason": body.reason}, closed_at=None)
    return campaign


async def move_deadline(ctx: Context, campaign_id: UUID, body: DeadlineMove) -> CampaignChange:
    """Move a deadline, as a recorded act with its reason."""
    campaign = await get(ctx, campaign_id)
    old = _settings(campaign)
    refuse(stage_findings(old, body.deadline, "/deadline"))
    window = old.window(body.deadline)
    moved = window.model_copy(update={"due_on": body.due_on, "enforced_at": body.enforced_at})
    owing = [each for each in await reliance.concerned(ctx, campaign_id) if _owes(each, body.deadline)]
    earlier = policy.earlier_findings(old, window, moved, campaign.status, len(owing))
    findings = [
        *policy.deadline_move_findings(old, window, moved, ctx.now),
        *([] if body.despite_earlier else earlier),
    ]
    new = old.model_copy(update={"plans" if body.deadline is DeadlineKind.PLAN else "applications": moved})
    ends = {"from": _payload(old, window), "to": _payload(old, moved)}
    said = policy.particulars(campaign.status, deadline=body.deadline, **ends, reason=body.reason)
    move(ctx, campaign, policy.MOVE_DEADLINE, findings=findings, data=said, **_stored(new))
    changed = list(policy.changes(old.model_dump(mode="json"), new.model_dump(mode="json")))
    return CampaignChange(campaign, changed, owing)


async def get(ctx: Context, campaign_id: UUID) -> Campaign:
    """The campaign, locked for a change; NotFound unless the actor may see it."""
    return await ctx.lock(_LOCKED, campaign_id=campaign_id)


async def find(view: View, campaign_id: UUID) -> CampaignRow:
    """Find one campaign; NotFound unless visible."""
    return await view.get(_CAMPAIGN, campaign_id=campaign_id)


async def read(view: View, campaign_id: UUID) -> CampaignRecord:
    """One campaign with all that a frontend needs to draw its forms; NotFound unless visible."""
    row = await find(view, campaign_id)
    settings = CampaignSettings.model_validate(row.settings)
    deadlines = await beginnings.own_deadlines(view, campaign_id, settings)
    offered = actions(policy.ACTS, view.actor.role, StatusOnly(row.status))
    if policy.PUBLISH.name in offered:
        offered[policy.PUBLISH.name] += policy.publication_advice(row.settings, row.status)
    if offered.get(policy.CLOSE.name) == []:
        offered[policy.CLOSE.name] = (await closures.still_open(view, campaign_id, settings)).advice
    begun = await beginnings.offered(view, row, settings, deadlines[DeadlineKind.APPLICATION])
    return CampaignRecord(row, offered | begun, settings, deadlines)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[CampaignSummary]:
    return await _CAMPAIGNS.page(view, after=after, limit=limit, **filters)


async def settings_of(view: View, digest: str) -> CampaignSettings:
    """Return the settings with this digest; a digest always names the same ones, so each is parsed once per process."""
    if digest not in _parsed:
        row = await view.one(_SETTINGS, digest=digest)
        assert row is not None, "a campaign's settings are stored with their digest"
        _parsed[digest] = CampaignSettings.model_validate(row.settings)
    return _parsed[digest]


async def settings_in(view: View, campaign_id: UUID) -> CampaignSettings:
    """Return the settings of a campaign for a command on something in it."""
    return await settings_of(view, (await view.get(_DIGEST, campaign_id=campaign_id)).settings_digest)


async def settings_for(view: View, row: Exempted) -> CampaignSettings:
    """Return the campaign's settings with the figures that hold for the row."""
    return in_force(await settings_of(view, row.settings_digest), row.exemptions)


@cache
def template(name: str) -> StoredSettings:
    """A built-in notice, as data."""
    text = files("app.services.filing").joinpath("templates", f"{name}.json").read_text("utf-8")
    settings: StoredSettings = json.loads(text)
    return settings


async def source_of(ctx: Context, body: CampaignSource) -> Source | None:
    """Return the settings that a campaign is begun from; None if there is no such campaign."""
    if body.template:
        return Source(template(body.template))
    earlier = await ctx.session.get(Campaign, body.copy_of)
    return Source(earlier.settings, Labels(earlier.entry, earlier.batch)) if earlier else None


def _owes(committee: reliance.Concerned, deadline: DeadlineKind) -> bool:
    return committee.plan_open if deadline is DeadlineKind.PLAN else committee.in_preparation > 0


def _settings(campaign: Campaign) -> CampaignSettings:
    return CampaignSettings.model_validate(campaign.settings)


def _stored(settings: CampaignSettings) -> dict[str, Any]:
    plain = settings.stored()
    return {"name": settings.name, "year": settings.year, "settings": plain, "settings_digest": digest_of(plain)}


def _payload(settings: CampaignSettings, window: Window) -> dict[str, str]:
    """Return a deadline as the history keeps it."""
    return {"due_on": window.due_on.isoformat(), "enforced_at": settings.closes_at(window).isoformat()}
