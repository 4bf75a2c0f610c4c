"""Commendations over HTTP."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Paging, Reads, filtered_by
from app.api.http.output import Action, CountedPage, Instant, Out, ResourceId, VersionTag, actions_of
from app.api.http.routing import Router
from app.context import View
from app.models.enums import CommendationStatus
from app.problems import RulesViolated, WrongState
from app.services.commending import commendations
from app.services.commending.commendations import CommendationCreate, CommendationEdit
from app.services.policies.commending import commendations as policy
from app.services.policies.commending.objections import OBJECT

router = Router("/commendations", tags=["commendations"])
Filters = Annotated[Chosen, filtered_by(commendations.FILTERS)]
CommendationId = Annotated[UUID, Path(description="The commendation.")]


class CommendationSummary(Out):
    """A commendation (通报表彰) in a list."""

    id: ResourceId
    etag: VersionTag
    campaign_id: UUID = Field(description="The campaign.")
    title: str = Field(description="标题", max_length=200, examples=["关于表彰2015年创新工作品牌的通报"])
    status: CommendationStatus = Field(description="State; a draft is the office's own.")
    award_count: int = Field(description="Number of its awards that you may see.", ge=0, examples=[23])
    publicised_at: Instant | None = Field(description="Start of the public notice; null before.")
    publicity_first_on: date | None = Field(description="公示 from this day; null before.", examples=["2015-11-09"])
    publicity_last_on: date | None = Field(description="公示 to this day; null before.", examples=["2015-11-13"])
    publicity_ends_at: Instant | None = Field(description="The instant the window ends; null before it is publicised.")
    published_at: Instant | None = Field(description="Time of publication; null before.")
    document_number: str | None = Field(
        description="发文字号; null before it is published.", max_length=100, examples=["路北文明办〔2015〕12号"]
    )


class CommendationOut(CommendationSummary):
    """A commendation. Its awards are listed at `/awards?commendation_id=…`."""

    preface: str = Field(description="正文引言", max_length=5000, examples=["经评选并公示，现将优秀案例予以通报表彰。"])
    actions: dict[str, Action] = actions_of(policy.ACTS, [OBJECT])

    @classmethod
    async def read(cls, view: View, commendation_id: UUID) -> Self:
        record = await commendations.read(view, commendation_id)
        return cls.with_actions(record, view.language)


class CommendationPage(CountedPage[CommendationSummary]):
    """One page of commendations, oldest first."""


@router.get("")
async def list_commendations(view: Reads, filters: Filters, page: Paging) -> CommendationPage:
    """List the commendations you may see, oldest first: the office all, everybody else what is publicised or published.

    What is a draft does not exist for anybody but the office.
    """
    found = await commendations.search(view, **filters, **page.binds)
    return CommendationPage.of(found, [CommendationSummary.model_validate(row) for row in found.rows])


@router.post("", status_code=201, raises=[RulesViolated])
async def create_commendation(body: CommendationCreate, ctx: Ctx) -> CommendationOut:
    """Begin a commendation of a campaign, as a draft that only the office sees. Office only."""
    return await CommendationOut.read(ctx, await commendations.begin(ctx, body))


@router.get("/{commendation_id}")
async def read_commendation(commendation_id: CommendationId, view: Reads) -> CommendationOut:
    """Read a commendation, with which of your acts are possible on it now — for most only to object — and why not."""
    return await CommendationOut.read(view, commendation_id)


@router.patch("/{commendation_id}", raises=[WrongState])
async def update_commendation(
    commendation_id: CommendationId, body: CommendationEdit, version: IfMatch, ctx: Ctx
) -> CommendationOut:
    """Change the title or the preface of a draft. Office only."""
    await commendations.edit(ctx, commendation_id, body, version)
    return await CommendationOut.read(ctx, commendation_id)


@router.delete(
    "/{commendation_id}",
    status_code=204,
    raises=[WrongState],
)
async def delete_commendation(commendation_id: CommendationId, version: IfMatch, ctx: Ctx) -> None:
    """Delete a draft with the awards proposed in it; their traces stay in the audit. Office only."""
    await commendations.delete(ctx, commendation_id, version)
