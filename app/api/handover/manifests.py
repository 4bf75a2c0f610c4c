"""Reconciliation over HTTP: do both sides hold the same nominations."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Reads
from app.api.http.output import Digest, Out
from app.api.http.routing import Router
from app.models.enums import NominationStatus
from app.services.handover import manifests
from app.services.handover.manifests import HeldNominations, Manifest
from app.services.policies.handover.manifests import Comparison

router = Router("/nomination-manifests", tags=["hand-over"])
CampaignId = Annotated[UUID, Path(description="The campaign.")]
Ids = Annotated[list[UUID], Field(max_length=10_000)]


class ManifestEntry(Out):
    """A nomination in the manifest."""

    nomination_id: UUID = Field(description="The nomination.")
    application_number: str = Field(description="申报编号", max_length=40, examples=["2015-QT-001"])
    revision: int = Field(description="Its revision.", ge=1, examples=[1])
    digest: Digest = Field(description="SHA-256 of its payload.")
    status: NominationStatus = Field(description="State.")


class ManifestOut(Out):
    """Every nomination of a campaign, also the replaced and withdrawn ones."""

    campaign_id: UUID = Field(description="The campaign.")
    count: int = Field(description="Number of entries.", ge=0, le=10_000, examples=[1])
    digest: Digest = Field(
        description="SHA-256 of the canonical JSON of `[[nomination_id, revision, digest], …]`, ordered by id."
    )
    entries: list[ManifestEntry] = Field(description="Ordered by id.", max_length=10_000)

    @classmethod
    def of(cls, campaign_id: UUID, manifest: Manifest) -> Self:
        entries = [ManifestEntry.model_validate(row) for row in manifest.rows]
        return cls(campaign_id=campaign_id, count=len(entries), digest=manifest.digest, entries=entries)


class ManifestComparison(Out):
    """Differences between another set and ours."""

    agrees: bool = Field(description="Nothing is missing, unknown or different.", examples=[True])
    missing: Ids = Field(description="Nominations that are current here and missing there.", examples=[[]])
    unknown: Ids = Field(description="They are there, and never were here.", examples=[[]])
    different: Ids = Field(description="They are there with another revision or digest.", examples=[[]])
    superseded: Ids = Field(description="They are there, and were replaced or withdrawn here.", examples=[[]])

    @classmethod
    def of(cls, found: Comparison) -> Self:
        return cls.model_validate(found)


@router.get("/{campaign_id}")
async def read_nomination_manifest(campaign_id: CampaignId, view: Reads) -> ManifestOut:
    """Read the manifest of a campaign's nominations, to compare it with what arrived. Both offices."""
    return ManifestOut.of(campaign_id, await manifests.read(view, campaign_id))


@router.post("/{campaign_id}/comparison")
async def compare_nomination_manifest(
    campaign_id: CampaignId, body: HeldNominations, view: Reads
) -> ManifestComparison:
    """Compare the set of the other side with ours, to find what it lacks. Changes nothing. Both offices.

    A system that follows all events holds every revision; one that took a package holds those current then. What was
    replaced or withdrawn is therefore never called missing.
    """
    return ManifestComparison.of(await manifests.compare(view, campaign_id, body))
