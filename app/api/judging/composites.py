"""Composite results over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.filing.applications import Label
from app.api.filing.campaigns import CampaignId
from app.api.http.dependencies import Ctx, Paging, Reads
from app.api.http.output import Digest, Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.api.judging.rankings import Code, Count, Figure, FrozenVerification, Rank
from app.context import View
from app.problems import RulesViolated
from app.rows import values_of
from app.services.judging import composites
from app.services.judging.composites import ComposedPlace, CompositeRecord, Composition, Inputs, KeptPart
from app.services.policies.filing.composite_settings import Missing

router = Router(tags=["composites"])
CompositeId = Annotated[UUID, Path(description="The composite result.")]


class PartOfScore(Out):
    """A part of a case's score: figure by weight."""

    part: Code = Field(description="The part, by its code.", examples=["live"])
    figure: Figure | None = Field(description="Its figure in this part; null where it has none.", examples=[90.0])
    weight: Figure = Field(
        description="Weight that the part has for this case, of a hundred; more than declared where another is left "
        "out.",
        examples=[60.0],
    )
    contribution: Figure | None = Field(
        description="Figure by weight, divided by a hundred; null where the part does not count.", examples=[54.0]
    )


class ComposedCase(Out):
    """A case in a composite result: its names of today, its figures of when the result was made."""

    application_id: UUID = Field(description="The application.")
    application_number: Code = Field(description="申报编号", examples=["2015-QT-001"])
    brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    category: Label | None = Field(description="内容分类: a category code of the campaign.", examples=["qingman"])
    unit_name: Label = Field(description="申报单位", examples=["乔屯街道龙华社区"])
    committee_name: Label = Field(description="推荐单位", examples=["乔屯街道党工委"])
    rank: Rank | None = Field(description="1 is the best; null where a part that it needs is missing.", examples=[3])
    tied: bool = Field(description="Shares its rank after every tie-break.", examples=[False])
    score: Figure | None = Field(
        description="Sum of the contributions; ranks compare it before it is rounded.", examples=[88.2]
    )
    parts: list[PartOfScore] = Field(description="Its parts, in the order of the notice.", max_length=10)

    @classmethod
    def of(cls, place: ComposedPlace) -> Self:
        return cls(**values_of(place.case) | values_of(place.figures))


class ComposedPart(Out):
    """A part of a composite result, as it was declared, and its source."""

    code: Code = Field(description="Code of the part.", examples=["live"])
    name: Label = Field(description="名称", examples=["现场展示"])
    weight: int = Field(description="权重 of a hundred.", ge=1, le=99, examples=[60])
    missing: Missing = Field(description="Fate of a case without a figure in it.")
    round_id: UUID | None = Field(description="The round whose frozen ranking has the figures; null for imported ones.")
    figure_table_id: UUID | None = Field(
        description="The table of imported figures; null for a round.", examples=[None]
    )
    source_name: Label = Field(description="Name of the source when the result was made.", examples=["终评"])
    source_digest: Digest
    cases: Count = Field(description="Cases with a figure in this part.", examples=[20])

    @classmethod
    def of(cls, inputs: Inputs, part: KeptPart) -> Self:
        source, cases = inputs.source(part.code), len(inputs.figures[part.code])
        ids = {"round_id": None, "figure_table_id": None, part.member: source.id}
        kept = {"source_name": source.name, "source_digest": source.digest, "cases": cases}
        return cls(**values_of(part) | ids | kept)


class CompositeSummary(Out):
    """A composite result (综合成绩) in a list."""

    id: ResourceId
    campaign_id: UUID = Field(description="Its campaign.")
    code: Code = Field(description="Code of the notice.", examples=["overall"])
    name: Label = Field(description="名称", examples=["综合成绩"])
    frozen_at: Instant = Field(description="Time at which it was made and frozen.")
    frozen_by: Label = Field(description="The clerk who made it.", examples=["张弓"])
    result_digest: Digest


class CompositeOut(CompositeSummary):
    """A composite result: every case that a source has, the best first, those without a rank last."""

    parts: list[ComposedPart] = Field(description="Its parts, in the order of the notice.", max_length=10)
    tie_breaks: list[Code] = Field(
        description="Parts whose higher figure parts equal scores, the first first.", max_length=10, examples=[["live"]]
    )
    rows: list[ComposedCase] = Field(description="The cases.", max_length=10_000)

    @classmethod
    def of(cls, record: CompositeRecord) -> Self:
        inputs = record.inputs
        return cls(
            **values_of(record.row)
            | {
                "parts": [ComposedPart.of(inputs, each) for each in inputs.parts],
                "tie_breaks": inputs.tie_breaks,
                "rows": [ComposedCase.of(each) for each in record.places],
            }
        )

    @classmethod
    async def read(cls, view: View, composite_id: UUID) -> Self:
        return cls.of(await composites.read(view, composite_id))


class CompositePage(Page[CompositeSummary]):
    """One page of composite results, oldest first."""


class CompositeVerification(FrozenVerification):
    """Comparison of a composite result with a new computation from its inputs."""

    composite_id: UUID = Field(description="The composite result.")
    sources_unchanged: bool = Field(
        description="True if the figures are those that the frozen sources give now.", examples=[True]
    )


@router.get("/campaigns/{campaign_id}/composites")
async def list_composites(campaign_id: CampaignId, view: Reads, page: Paging) -> CompositePage:
    """List the composite results (综合成绩) of a campaign, oldest first. Office only."""
    found = await composites.search(view, campaign_id, **page.binds)
    return CompositePage.of(found, [CompositeSummary.model_validate(row) for row in found.rows])


@router.post(
    "/campaigns/{campaign_id}/composites", status_code=201, location="/composites/{out.id}", raises=[RulesViolated]
)
async def create_composite(campaign_id: CampaignId, body: Composition, ctx: Ctx) -> CompositeOut:
    """Make a composite result of closed rounds and imported figures, by the notice's weights, and freeze it.

    Office only. It is computed from the exact figures of the frozen rankings and of tables in force, so that the same
    sources always give the same bytes. What becomes of a case without a figure in a part is said in the notice. It
    never changes; of other sources another is made, and awards name the one that they are chosen from.
    """
    return await CompositeOut.read(ctx, await composites.freeze(ctx, campaign_id, body))


@router.get("/composites/{composite_id}")
async def read_composite(composite_id: CompositeId, view: Reads) -> CompositeOut:
    """Read a composite result with its arithmetic: of each case the figure, weight and contribution of each part.

    Office only.
    """
    return await CompositeOut.read(view, composite_id)


@router.get("/composites/{composite_id}/verification")
async def read_composite_verification(composite_id: CompositeId, view: Reads) -> CompositeVerification:
    """Compute a composite result again from the inputs kept with it; compare digests, sources and history.

    Office only.
    """
    found = await composites.verify(view, composite_id)
    more = {"composite_id": composite_id, "sources_unchanged": found.sources_unchanged}
    return CompositeVerification.of(found, composites.ARITHMETIC, **more)
