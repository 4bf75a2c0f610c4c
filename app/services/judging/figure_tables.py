"""Imported figures (外部得分), such as a public vote: tables of a source that the notice names, with their evidence.

A table is imported whole and never changes; another one may replace it. Only the office can read any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from sqlalchemy import Text, Uuid, bindparam, func, literal_column, select
from sqlalchemy.orm import aliased

from app.algorithms.scores import rounded
from app.context import Context, View, acting_as
from app.database import Query, bound_ids
from app.inputs import Code, Day, Input, Line, Name, Prose, Reason, each_once
from app.models import Account, Composite, FigureTable
from app.models.enums import Role
from app.rows import row_type
from app.services.filing import campaigns, documents
from app.services.history import create, digest_of
from app.services.judging import named_cases
from app.services.judging.named_cases import FiledCase, NamedCase
from app.services.pages import FilterValue, Listing, Page, exactly
from app.services.policies import judge, require_role
from app.services.policies.filing import beginnings
from app.services.policies.filing.figure_settings import MOST, FigureSource
from app.services.policies.judging import figure_tables as policy
from app.services.policies.judging.composites import Offer
from app.services.policies.judging.figure_tables import Present, Replacement, Row

Evidence = list[dict[str, str]]
"""Documents that prove figures, each with the digest of its bytes, as a table keeps them."""
_document = itemgetter("document_id")
SourceCode = Annotated[Code, Field(examples=["votes"])]

VISIBLE = acting_as(Role.OFFICE)
"""The office sees every table, nobody else any, also after the result."""
MOST_ROWS, MOST_EVIDENCE = 10_000, 20

_CAMPAIGN_ID, _TABLE_ID, _SOURCE = (
    bindparam(name, type_=kind) for name, kind in (("campaign_id", Uuid), ("figure_table_id", Uuid), ("source", Text))
)
_later = aliased(FigureTable)
_REPLACED_BY = select(_later.id).where(_later.replaces_id == FigureTable.id).scalar_subquery()
_USED = (
    select(func.count())
    .where(Composite.campaign_id == FigureTable.campaign_id, FigureTable.id == Composite.source_ids.any_())
    .scalar_subquery()
)


@row_type
class FigureTableSummary:
    """A table of figures in a list: `replaced_by_id` is null of the one in force."""

    id: UUID
    campaign_id: UUID
    source: str
    name: str
    source_name: str
    starts_on: date
    ends_on: date
    cases: int
    imported_at: datetime
    imported_by: str
    replaces_id: UUID | None
    replaced_by_id: UUID | None
    composites: int
    digest: str


@row_type
class FigureTableRow(FigureTableSummary):
    """A table with its figures, the terms they count by, and what proves them."""

    terms: dict[str, object]
    note: str
    reason: str | None
    evidence: Evidence
    figures: dict[str, str]


@row_type
class TableSource:
    """A table that a composite result may be made of."""

    id: UUID
    source: str
    name: str
    terms: dict[str, object]
    evidence: Evidence
    figures: dict[str, str]
    digest: str
    replaced_by_id: UUID | None

    @property
    def offer(self) -> Offer:
        return Offer(source=self.source, replaced=self.replaced_by_id is not None)

    @property
    def is_kept(self) -> bool:
        """Return true if figures, terms and evidence are those that were imported."""
        return self.digest == digest(self.source, self.terms, self.evidence, self.figures)

    def points(self) -> dict[UUID, str]:
        """Return the exact points of each case, as fractions."""
        points = policy.points_of(FigureSource.model_validate(self.terms), policy.fractions(self.figures))
        return {case: str(each) for case, each in sorted(points.items())}


_cases = select(func.count()).select_from(func.jsonb_object_keys(FigureTable.figures).table_valued("key"))
_SELECTED = (
    select(
        *(FigureTable.id, FigureTable.campaign_id, FigureTable.source),
        func.jsonb_extract_path_text(FigureTable.terms, literal_column("'name'"), type_=Text).label("name"),
        *(FigureTable.source_name, FigureTable.starts_on, FigureTable.ends_on),
        _cases.scalar_subquery().label("cases"),
        FigureTable.imported_at,
        Account.name.label("imported_by"),
        FigureTable.replaces_id,
        _REPLACED_BY.label("replaced_by_id"),
        _USED.label("composites"),
        FigureTable.digest,
    )
    .join(Account, Account.id == FigureTable.imported_by)
    .where(VISIBLE)
)
FILTERS = {
    "source": exactly(FigureTable.source, SourceCode, "Only of this source, by its code in the notice."),
    "replaced": exactly(_REPLACED_BY.is_not(None), bool, "False: only those in force; true: only the others."),
}
_LIST = Listing(
    _SELECTED.where(FigureTable.campaign_id == _CAMPAIGN_ID), FigureTable.id, FigureTableSummary, filters=FILTERS
)
_ONE = Query(
    _SELECTED.add_columns(
        *(FigureTable.terms, FigureTable.note, FigureTable.reason, FigureTable.evidence, FigureTable.figures)
    ).where(FigureTable.id == _TABLE_ID),
    FigureTableRow,
)
_PRESENT = Query(
    select(FigureTable.id, _USED.label("used")).where(
        FigureTable.campaign_id == _CAMPAIGN_ID, FigureTable.source == _SOURCE, _REPLACED_BY.is_(None), VISIBLE
    ),
    Present,
)
_TABLES = Query(
    select(
        *(FigureTable.id, FigureTable.source, FigureTable.source_name.label("name"), FigureTable.terms),
        *(FigureTable.evidence, FigureTable.figures, FigureTable.digest, _REPLACED_BY.label("replaced_by_id")),
    ).where(FigureTable.campaign_id == _CAMPAIGN_ID, FigureTable.id == bound_ids("ids").any_(), VISIBLE),
    TableSource,
)
_TURN = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("of_campaign", type_=Text), 0)))


class FigureEntry(Input):
    """The figure of a case, which is named by its id or by its number."""

    application_id: UUID | None = Field(None, description="The application; null with a number.", examples=[None])
    application_number: Annotated[Line, Field(max_length=40)] | None = Field(
        None, description="申报编号; null with an id.", examples=["2015-QT-001"]
    )
    figure: Annotated[float, Field(strict=True, ge=-MOST, le=MOST)] = Field(
        description="数值, as its decimal is written; a negative one is refused at its row.", examples=[1286]
    )

    @model_validator(mode="after")
    def _one_case(self) -> Self:
        return self.with_one_of("application_id", "application_number")

    @property
    def member(self) -> str:
        return "application_id" if self.application_number is None else "application_number"


class FigureTerms(Input):
    """Source of figures, days and evidence, and the table that they replace."""

    dry_run: Annotated[bool, Field(strict=True)] = Field(
        False, description="True tries everything, answers the same, and changes nothing.", examples=[True]
    )
    source: Code = Field(description="The source, by its code in the notice.", examples=["votes"])
    source_name: Name = Field(description="数据来源, such as the platform.", examples=["“文明路北”微信公众号投票"])
    starts_on: Day = Field(description="First day that the figures are of.", examples=["2015-10-08"])
    ends_on: Day = Field(description="Last day that they are of.", examples=["2015-10-15"])
    note: Annotated[Prose, Field(max_length=1000)] = Field(
        "", description="说明", examples=["每个微信号每日限投一票，已剔除异常票。"]
    )
    evidence: Annotated[
        list[UUID],
        Field(max_length=MOST_EVIDENCE, json_schema_extra={"uniqueItems": True}),
        AfterValidator(each_once),
    ] = Field([], description="佐证: documents of the campaign of the kind `evidence`.")
    replaces: UUID | None = Field(
        None, description="The table in force, which it replaces; null where there is none.", examples=[None]
    )
    reason: Reason | None = Field(
        None, description="Reason of a replacement; kept in the history.", examples=["平台更正了统计结果。"]
    )
    despite_use: Annotated[bool, Field(strict=True)] = Field(
        False, description="True if it replaces a table that composite results are made of.", examples=[False]
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise self.contradiction("a period ends before it starts", "ends_on")
        return self


class FigureImport(FigureTerms):
    """Import the figures of a source, whole."""

    figures: list[FigureEntry] = Field(description="A row for each case.", min_length=1, max_length=MOST_ROWS)


@dataclass(frozen=True, slots=True)
class PlacedFigure:
    """A case with its figure, and the points that it comes to."""

    case: NamedCase
    figure: float
    points: float


@dataclass(frozen=True, slots=True)
class FigureTableRecord:
    """A table with its cases by number, and its evidence by title."""

    row: FigureTableRow
    terms: FigureSource
    evidence: Sequence[documents.DocumentMaterial]
    rows: Sequence[PlacedFigure]


async def take_in(ctx: Context, campaign_id: UUID, body: FigureImport) -> UUID:
    """Import a table: all of it, or nothing."""
    require_role(ctx.actor.role, *beginnings.FIGURE_TABLE.by)
    campaign = await campaigns.find(ctx, campaign_id)
    await take_turn(ctx, campaign_id)
    settings = await campaigns.settings_in(ctx, campaign_id)
    facts = beginnings.BeginningFacts(campaign.status, settings, ctx.now)
    source = settings.figure_source(body.source)
    rows = await _rows(ctx, campaign_id, body.figures)
    proof = await documents.hold_evidence(ctx, campaign_id, body.evidence)
    said = Replacement(body.replaces, body.reason, body.despite_use)
    present = await ctx.one(_PRESENT, campaign_id=campaign_id, source=body.source) or Present()
    findings = policy.import_findings(source, rows, body.evidence, {each.id for each in proof})
    replacing = policy.replacement_findings(source.name, present, said) if source else []
    judge(beginnings.FIGURE_TABLE, ctx.actor.role, facts, [*findings, *replacing])
    assert source, "it was refused otherwise"
    evidence = [{"document_id": str(each.id), "sha256": each.sha256} for each in proof]
    figures = {str(row.case): policy.decimal(row.figure) for row in rows}
    terms = source.model_dump(mode="json")
    table = FigureTable(
        campaign_id=campaign_id,
        terms=terms,
        evidence=evidence,
        figures=figures,
        digest=digest(body.source, terms, evidence, figures),
        replaces_id=present.id,
        imported_at=ctx.now,
        imported_by=ctx.actor.id,
        **body.model_dump(include={"source", "source_name", "starts_on", "ends_on", "note", "reason"}),
    )
    return create(ctx, table, beginnings.FIGURE_TABLE.event, source=body.source, cases=len(rows), **_why(body)).id


async def take_turn(ctx: Context, campaign_id: UUID) -> None:
    """Wait until no other import of the campaign is under way, nor a composite result being made, until the commit."""
    await ctx.session.execute(_TURN, {"of_campaign": f"figure_tables {campaign_id}"})


async def search(
    view: View, campaign_id: UUID, *, after: UUID | None, limit: int, **filters: FilterValue
) -> Page[FigureTableSummary]:
    """Return the tables of a campaign, oldest first; Forbidden to anybody but the office."""
    require_role(view.actor.role, Role.OFFICE)
    await campaigns.find(view, campaign_id)
    return await _LIST.page(view, after=after, limit=limit, campaign_id=campaign_id, **filters)


async def read(view: View, figure_table_id: UUID) -> FigureTableRecord:
    """Return one table; NotFound to anybody but the office."""
    row = await view.get(_ONE, figure_table_id=figure_table_id)
    terms, figures = FigureSource.model_validate(row.terms), policy.fractions(row.figures)
    cases, points = await named_cases.of(view, [*figures]), policy.points_of(terms, figures)
    proof = await documents.evidence(view, row.campaign_id, [UUID(each) for each in map(_document, row.evidence)])
    placed = [PlacedFigure(cases[case], rounded(figure), rounded(points[case])) for case, figure in figures.items()]
    return FigureTableRecord(row, terms, proof, sorted(placed, key=lambda each: each.case.application_number))


async def sources(view: View, campaign_id: UUID, ids: Sequence[UUID]) -> list[TableSource]:
    """Return those of these tables that the campaign has."""
    return await view.rows(_TABLES, campaign_id=campaign_id, ids=list(ids)) if ids else []


def digest(source: str, terms: object, evidence: object, figures: object) -> str:
    """Return the digest of what points follow from, and of what proves it."""
    return digest_of({"source": source, "terms": terms, "evidence": evidence, "figures": figures})


async def _rows(ctx: Context, campaign_id: UUID, entries: Sequence[FigureEntry]) -> list[Row]:
    """Find the cases that the rows name."""
    ids = [each.application_id for each in entries if each.application_id]
    numbers = [each.application_number for each in entries if each.application_number]
    found = await named_cases.filed(ctx, campaign_id, ids, numbers)
    known: Mapping[UUID | str | None, FiledCase] = {each.id: each for each in found} | {
        each.number: each for each in found
    }
    named = [(entry, known.get(entry.application_id or entry.application_number)) for entry in entries]
    return [
        Row(entry.member, case.id if case else None, case.status if case else None, entry.figure)
        for entry, case in named
    ]


def _why(body: FigureImport) -> dict[str, object]:
    """Return what the history keeps of a replacement."""
    return {"reason": body.reason, "replaces": str(body.replaces)} if body.replaces else {}
