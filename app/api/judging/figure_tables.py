"""Imported figures (外部得分) over HTTP."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field

from app.api.filing.applications import Label
from app.api.filing.campaigns import CampaignId
from app.api.http.dependencies import Chosen, Once, Paging, Reads, filtered_by
from app.api.http.output import Digest, Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.api.judging.rankings import Code, Count, Figure
from app.context import View
from app.problems import RulesViolated
from app.rows import values_of
from app.services.filing.documents import DocumentMaterial
from app.services.judging import figure_tables
from app.services.judging.figure_tables import FigureImport, FigureTableRecord, PlacedFigure
from app.services.policies.filing.figure_settings import MOST, FigureSource

router = Router(tags=["figure-tables"])
Filters = Annotated[Chosen, filtered_by(figure_tables.FILTERS)]
FigureTableId = Annotated[UUID, Path(description="The table of figures.")]


class FigureRow(Out):
    """A case with its figure, and the points that it comes to."""

    application_id: UUID = Field(description="The application.")
    application_number: Code = Field(description="申报编号", examples=["2015-QT-001"])
    brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    unit_name: Label = Field(description="申报单位", examples=["乔屯街道龙华社区"])
    committee_name: Label = Field(description="推荐单位", examples=["乔屯街道党工委"])
    figure: Annotated[float, Field(ge=0, le=MOST)] = Field(description="数值", examples=[1286.0])
    points: Figure = Field(
        description="Points out of 100; a composite result counts them before they are rounded.", examples=[92.5]
    )

    @classmethod
    def of(cls, placed: PlacedFigure) -> Self:
        names = ("application_id", "application_number", "brand_name", "unit_name", "committee_name")
        case = {name: getattr(placed.case, name) for name in names}
        return cls(**case, figure=placed.figure, points=placed.points)


class EvidenceOut(Out):
    """A document that proves the figures (佐证)."""

    document_id: UUID = Field(description="The document.")
    title: Label = Field(description="标题", examples=["投票平台后台截图"])
    content_href: str = Field(description="The file.", max_length=200, examples=["/api/v1/documents/…/content"])

    @classmethod
    def of(cls, proof: DocumentMaterial) -> Self:
        return cls(document_id=proof.id, title=proof.title, content_href=f"/api/v1/documents/{proof.id}/content")


class FigureTableSummary(Out):
    """A table of imported figures (外部得分) in a list."""

    id: ResourceId
    campaign_id: UUID = Field(description="Its campaign.")
    source: Code = Field(description="The source, by its code in the notice.", examples=["votes"])
    name: Label = Field(description="名称 of the source.", examples=["网络投票"])
    source_name: Label = Field(description="数据来源", examples=["“文明路北”微信公众号投票"])
    starts_on: date = Field(description="数据起始日期: first day that the figures are of.", examples=["2015-10-08"])
    ends_on: date = Field(description="数据截止日期: last day that they are of.", examples=["2015-10-15"])
    cases: Count = Field(description="案例数 with a figure.", examples=[20])
    imported_at: Instant = Field(description="导入时间")
    imported_by: Label = Field(description="导入人", examples=["张弓"])
    replaces_id: UUID | None = Field(description="The table that it replaces.", examples=[None])
    replaced_by_id: UUID | None = Field(
        description="The table that replaces it; null while it is in force.", examples=[None]
    )
    composites: int = Field(description="综合成绩数: those that are made of it.", ge=0, examples=[0])
    digest: Digest


class FigureTableOut(FigureTableSummary):
    """A table of imported figures, with its evidence. It never changes.

    `digest` is the SHA-256 of the canonical JSON of its source's code and terms, of the digests of the evidence, and of
    the figures by application.
    """

    terms: FigureSource = Field(description="The source as the notice had it at the import.")
    note: str = Field(description="说明", max_length=1000, examples=["每个微信号每日限投一票。"])
    reason: Annotated[str, Field(max_length=500)] | None = Field(
        description="Reason of the replacement; null where it replaces none.", examples=[None]
    )
    evidence: list[EvidenceOut] = Field(description="佐证", max_length=figure_tables.MOST_EVIDENCE)
    rows: list[FigureRow] = Field(
        description="The cases, in the order of their numbers.", max_length=figure_tables.MOST_ROWS
    )

    @classmethod
    def of(cls, record: FigureTableRecord) -> Self:
        shown = {
            "terms": record.terms,
            "evidence": [EvidenceOut.of(each) for each in record.evidence],
            "rows": [FigureRow.of(each) for each in record.rows],
        }
        return cls(**values_of(record.row) | shown)

    @classmethod
    async def read(cls, view: View, figure_table_id: UUID) -> Self:
        return cls.of(await figure_tables.read(view, figure_table_id))


class FigureTablePage(Page[FigureTableSummary]):
    """One page of tables of figures, oldest first."""


@router.get("/campaigns/{campaign_id}/figure-tables")
async def list_figure_tables(campaign_id: CampaignId, view: Reads, filters: Filters, page: Paging) -> FigureTablePage:
    """List the tables of imported figures (外部得分) of a campaign, oldest first; replaced ones, too. Office only."""
    found = await figure_tables.search(view, campaign_id, **filters, **page.binds)
    return FigureTablePage.of(found, [FigureTableSummary.model_validate(row) for row in found.rows])


@router.post(
    "/campaigns/{campaign_id}/figure-tables",
    status_code=201,
    location="/figure-tables/{out.id}",
    raises=[RulesViolated],
    responses={200: {"model": FigureTableOut, "description": "A dry run: this would be the table."}},
)
async def create_figure_table(
    campaign_id: CampaignId, body: FigureImport, ctx: Once, response: Response
) -> FigureTableOut:
    """Import the figures of a source that the notice names, such as a public vote (网络投票). Office only.

    All of it, or nothing: every bad row is listed at once with its pointer. A row names a filed and accepted case by id
    or number. What proves the figures was added before as documents of the kind `evidence`, which only the office
    reads. How a figure becomes points is said in the notice. With `dry_run` everything is tried, the answer is the same
    but for its 200, and nothing stays.

    A table never changes. Another one replaces it as a whole, with a reason: it names in `replaces` the one that it
    replaces, so that of two imports at once one is refused. A table that a composite result is made of stays with
    that, and is replaced only where `despite_use` confirms it. A body of at most 5 MiB.
    """
    async with ctx.attempt(dry_run=body.dry_run):
        table = await FigureTableOut.read(ctx, await figure_tables.take_in(ctx, campaign_id, body))
    response.status_code = 200 if body.dry_run else 201
    return table


@router.get("/figure-tables/{figure_table_id}")
async def read_figure_table(figure_table_id: FigureTableId, view: Reads) -> FigureTableOut:
    """Read a table of imported figures with its evidence: of each case the figure, and its points. Office only."""
    return await FigureTableOut.read(view, figure_table_id)
