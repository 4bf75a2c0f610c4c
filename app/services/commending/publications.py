"""Publication of a commendation: first for a while, so that anybody may object (公示), then for good (通报)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import Text, bindparam, func, select

from app.context import Context
from app.database import Query
from app.findings import Finding
from app.inputs import Input
from app.models import Award, Commendation
from app.models.enums import AwardStatus
from app.rows import row_type
from app.services.commending import commendations, recipients
from app.services.filing import campaigns
from app.services.history import move
from app.services.policies import permit
from app.services.policies.commending import awards as award_policy
from app.services.policies.commending import publications as policy
from app.services.policies.commending.commendations import PUBLICISE, PUBLISH, CommendationFacts
from app.services.policies.commending.publications import Series, series
from app.services.policies.filing.filings import new_verification_code
from app.services.policies.filing.notice import CampaignSettings

_BEFORE = bindparam("before", type_=Text)


@row_type
class _Numbered:
    number: str


_DOCUMENTS, _CERTIFICATES = (
    Query(select(column.label("number")).where(func.starts_with(column, _BEFORE)), _Numbered)
    for column in (Commendation.document_number, Award.certificate_number)
)
_TURN = select(func.pg_advisory_xact_lock(func.hashtextextended("commendations.document_number", 0)))
_TO_AWARD = (
    select(Award)
    .where(Award.commendation_id == bindparam("commendation_id"), Award.status == AwardStatus.PROPOSED)
    .order_by(*recipients.LISTED)
    .with_for_update()
)


class PublicationCreate(Input):
    """Publish a commendation under the next document number, or under the one the office has given it."""

    document_sequence: Annotated[int, Field(strict=True, ge=1, le=99_999)] | None = Field(
        None,
        description="发文字号: its running number, if the office's register gave one; by default our next.",
        examples=[12],
    )


async def publicise(ctx: Context, commendation_id: UUID) -> None:
    """Show the proposed awards to everybody, for the days the campaign sets; from now on nothing is edited."""
    commendation = await commendations.get(ctx, commendation_id)
    permit(PUBLICISE, role=ctx.actor.role, status=commendation.status)
    facts, settings = await _judged(ctx, commendation)
    window = policy.window(settings, ctx.now)
    move(
        ctx,
        commendation,
        PUBLICISE,
        facts,
        data={"publicity_ends_at": window.ends_at.isoformat()},
        publicised_at=ctx.now,
        publicity_first_on=window.first_on,
        publicity_last_on=window.last_on,
        publicity_ends_at=window.ends_at,
    )


async def publish(ctx: Context, commendation_id: UUID, body: PublicationCreate) -> None:
    """Number the commendation and give its awards, each with its certificate: all of it, or nothing."""
    commendation = await commendations.get(ctx, commendation_id)
    permit(PUBLISH, role=ctx.actor.role, status=commendation.status)
    facts, settings = await _judged(ctx, commendation)
    await ctx.session.execute(_TURN)
    number, taken = await _document_number(ctx, settings, body.document_sequence)
    data = {"document_number": number}
    move(ctx, commendation, PUBLISH, facts, findings=taken, data=data, published_at=ctx.now, document_number=number)
    await _award(ctx, commendation, settings)


async def _judged(ctx: Context, commendation: Commendation) -> tuple[CommendationFacts, CampaignSettings]:
    record = await commendations.read(ctx, commendation.id)
    assert record.facts is not None, "the office alone is permitted"
    return record.facts, await campaigns.settings_of(ctx, record.row.settings_digest)


async def _document_number(ctx: Context, settings: CampaignSettings, sequence: int | None) -> tuple[str, list[Finding]]:
    """The document number (发文字号), with a finding if it is taken; `_TURN` keeps others from taking one meanwhile."""
    running = _series(ctx, settings, settings.commendation.document_number)
    given = await _given(ctx, _DOCUMENTS, running)
    number = running.numbered(sequence or running.next_after(given))
    return number, policy.number_findings(number, given)


async def _award(ctx: Context, commendation: Commendation, settings: CampaignSettings) -> None:
    """Give every award that is still proposed, each with a trace of its own."""
    running = _series(ctx, settings, settings.commendation.certificate_number)
    first = running.next_after(await _given(ctx, _CERTIFICATES, running))
    awards = await ctx.session.scalars(_TO_AWARD, {"commendation_id": commendation.id})
    for number, award in enumerate(awards.all(), first):
        certificate = running.numbered(number)
        move(
            ctx,
            award,
            award_policy.AWARD,
            data={"document_number": commendation.document_number, "certificate_number": certificate},
            awarded_at=ctx.now,
            certificate_number=certificate,
            verification_code=new_verification_code(),
        )


def _series(ctx: Context, settings: CampaignSettings, wording: str) -> Series:
    """The series of the current year, which is that of the campaign's time zone."""
    return series(wording, ctx.now.astimezone(settings.zone).year)


async def _given(ctx: Context, numbers: Query[_Numbered], running: Series) -> list[str]:
    return [row.number for row in await ctx.rows(numbers, before=running.before)]
