"""The whole set of a campaign's nominations, for two sides to find out whether they hold the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy import select

from app.context import View
from app.database import Query, bound_id
from app.inputs import Input, each_once
from app.models import Campaign, Nomination
from app.models.enums import NominationStatus
from app.rows import row_type
from app.services.filing import campaigns
from app.services.filing.visibility import NOMINATION_VISIBLE, nominations_visible
from app.services.history import digest_of
from app.services.policies.handover import manifests as policy
from app.services.policies.handover.manifests import Comparison, Entry, Ours

_CAMPAIGN_ID = bound_id("campaign_id")
_CAMPAIGN = Query(
    select(Campaign.id).where(Campaign.id == _CAMPAIGN_ID, campaigns.VISIBLE, nominations_visible(Campaign.id))
)


@row_type
class ManifestRow:
    """A nomination in the manifest of its campaign."""

    nomination_id: UUID
    application_number: str
    revision: int
    digest: str
    status: NominationStatus


_ENTRIES = Query(
    select(
        Nomination.id.label("nomination_id"),
        Nomination.payload["application"]["number"].astext.label("application_number"),
        Nomination.revision,
        Nomination.payload_digest.label("digest"),
        Nomination.status,
    )
    .where(Nomination.campaign_id == _CAMPAIGN_ID, NOMINATION_VISIBLE)
    .order_by(Nomination.id),
    ManifestRow,
)


class HeldNomination(Input):
    """A nomination as the other side holds it."""

    nomination_id: UUID = Field(description="Id of the nomination.")
    revision: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(description="Its revision.", examples=[1])
    digest: Annotated[str, Field(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")] = Field(
        description="The SHA-256 of the payload, taken of the bytes that are held.", examples=["9f" * 32]
    )


def _named_once(entries: list[HeldNomination]) -> list[HeldNomination]:
    each_once([entry.nomination_id for entry in entries])
    return entries


class HeldNominations(Input):
    """Everything the other side holds of a campaign."""

    entries: Annotated[list[HeldNomination], Field(max_length=1500), AfterValidator(_named_once)] = Field(
        description="Each nomination once."
    )


@dataclass(frozen=True, slots=True)
class Manifest:
    """Every nomination there ever was in a campaign, and the digest of the set."""

    rows: Sequence[ManifestRow]
    digest: str


async def read(view: View, campaign_id: UUID) -> Manifest:
    """The set as we hold it; NotFound unless the campaign and its nominations are visible."""
    await view.get(_CAMPAIGN, campaign_id=campaign_id)
    rows = await view.rows(_ENTRIES, campaign_id=campaign_id)
    return Manifest(rows, digest_of(policy.plain(map(_entry, rows))))


async def compare(view: View, campaign_id: UUID, held: HeldNominations) -> Comparison:
    """Their set beside ours."""
    rows = (await read(view, campaign_id)).rows
    ours = [Ours(_entry(row), row.status) for row in rows]
    return policy.compare(ours, [Entry(**each.model_dump()) for each in held.entries])


def _entry(row: ManifestRow) -> Entry:
    return Entry(row.nomination_id, row.revision, row.digest)
