"""Composite results (综合成绩): frozen rankings and imported figures made into one, by the weights of the notice.

One is frozen with its inputs when it is made, and never changes. Only the office can read it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from operator import attrgetter
from typing import Protocol, Self
from uuid import UUID

from pydantic import Field, TypeAdapter, model_validator
from sqlalchemy import select

from app.algorithms import snapshots
from app.algorithms.composing import Part, Share, Standing, compose
from app.algorithms.scores import rounded
from app.algorithms.snapshots import Document
from app.context import Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.inputs import Code, Input
from app.models import Account, Composite, Ranking, Round
from app.models.enums import Role
from app.rows import row_type
from app.services.filing import campaigns
from app.services.history import create, digest_of, is_as_recorded, with_last_event
from app.services.judging import figure_tables, named_cases
from app.services.judging.named_cases import NamedCase
from app.services.judging.rankings import Verification
from app.services.pages import FilterValue, Listing, Page
from app.services.policies import judge, require_role
from app.services.policies.filing import beginnings
from app.services.policies.filing.composite_settings import CompositeSettings, Missing
from app.services.policies.judging import composites as policy
from app.services.policies.judging.composites import Named, Offer

ARITHMETIC = 1
"""The version of `app/algorithms/composing`, raised when the same figures give another result."""

ROUND, TABLE = "round_id", "figure_table_id"
"""The members that name a source."""

VISIBLE = acting_as(Role.OFFICE)
"""The office sees every composite result, nobody else any."""

_IDS = bound_ids("ids")
_CAMPAIGN_ID, _COMPOSITE_ID = (bound_id(name) for name in ("campaign_id", "composite_id"))


class Source(Protocol):
    """A round, or a table of figures, that a part may be made of."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str | None: ...
    @property
    def offer(self) -> Offer: ...
    @property
    def is_kept(self) -> bool: ...
    def points(self) -> dict[UUID, str]: ...


@row_type
class RoundSource:
    """A round that may be a source, and its ranking once that is frozen."""

    id: UUID
    name: str
    inputs: Document | None
    digest: str | None

    @property
    def offer(self) -> Offer:
        return Offer(final=self.digest is not None)

    @property
    def is_kept(self) -> bool:
        return self.inputs is not None

    def points(self) -> dict[UUID, str]:
        """Return the exact figures of the ranking: fractions, so that equal sums are equal."""
        assert self.inputs is not None, "it is final"
        rows = sorted(snapshots.compute(self.inputs).rows, key=attrgetter("case"))
        return {row.case: str(row.level) for row in rows if row.level is not None}


_ROUNDS = Query(
    select(Round.id, Round.name, Ranking.inputs, Ranking.result_digest.label("digest"))
    .outerjoin(Ranking, Ranking.round_id == Round.id)
    .where(Round.campaign_id == _CAMPAIGN_ID, Round.id == _IDS.any_(), VISIBLE),
    RoundSource,
)


@row_type
class CompositeSummary:
    """A composite result in a list."""

    id: UUID
    campaign_id: UUID
    code: str
    name: str
    frozen_at: datetime
    frozen_by: str
    result_digest: str


@row_type
class CompositeRow(CompositeSummary):
    """A composite result, as it is kept."""

    inputs: Document
    result: Document


_SELECTED = (
    select(
        *(Composite.id, Composite.campaign_id, Composite.code, Composite.name),
        Composite.frozen_at,
        Account.name.label("frozen_by"),
        Composite.result_digest,
    )
    .join(Account, Account.id == Composite.frozen_by)
    .where(VISIBLE)
)
_LIST = Listing(_SELECTED.where(Composite.campaign_id == _CAMPAIGN_ID), Composite.id, CompositeSummary)
_ONE = Query(
    _SELECTED.add_columns(Composite.inputs, Composite.result).where(Composite.id == _COMPOSITE_ID), CompositeRow
)
_KEPT = Query(with_last_event(Composite).where(Composite.id == _COMPOSITE_ID, VISIBLE))


class SourceOfPart(Input):
    """The source of a part."""

    part: Code = Field(description="The part, by its code in the notice.", examples=["live"])
    round_id: UUID | None = Field(
        None,
        description="A closed round of the campaign, whose frozen ranking has the figures; null for imported ones.",
    )
    figure_table_id: UUID | None = Field(
        None, description="The table in force of the imported figures that the part is made of.", examples=[None]
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        return self.with_one_of("round_id", "figure_table_id")

    @property
    def named(self) -> Named:
        member = ROUND if self.figure_table_id is None else TABLE
        return Named(self.part, getattr(self, member), member)


class Composition(Input):
    """Make a composite result of frozen sources, by the weights that the notice declares."""

    code: Code = Field(description="The composite result, by its code in the notice.", examples=["overall"])
    sources: list[SourceOfPart] = Field(description="A source for each part.", max_length=10)


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A part as the notice declared it."""

    code: str
    name: str
    weight: int
    missing: Missing
    figures: str | None = None

    @property
    def member(self) -> str:
        """The member that names its source."""
        return TABLE if self.figures else ROUND


@dataclass(frozen=True, slots=True)
class KeptSource:
    """The source of a part, and the digest of what it has frozen."""

    part: str
    id: UUID
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a result follows from; figures are exact, by part and case, as fractions."""

    arithmetic: int
    code: str
    name: str
    parts: Sequence[KeptPart]
    tie_breaks: Sequence[str]
    sources: Sequence[KeptSource]
    figures: Mapping[str, Mapping[UUID, str]]

    @property
    def tables(self) -> list[KeptSource]:
        """The sources that are tables of imported figures."""
        return [self.source(part.code) for part in self.parts if part.figures]

    def source(self, part: str) -> KeptSource:
        return next(each for each in self.sources if each.part == part)


@dataclass(frozen=True, slots=True)
class PartFigures:
    """A part of a case's score as it is shown: figure by weight."""

    part: str
    figure: float | None
    weight: float
    contribution: float | None

    @classmethod
    def of(cls, share: Share) -> Self:
        return cls(share.part, _shown(share.figure), rounded(share.weight), _shown(share.contribution))


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a case, under the names by which awards refer to them."""

    application_id: UUID
    rank: int | None
    tied: bool
    score: float | None
    parts: Sequence[PartFigures]

    @classmethod
    def of(cls, each: Standing) -> Self:
        return cls(each.case, each.rank, each.tied, _shown(each.score), [PartFigures.of(one) for one in each.shares])


@dataclass(frozen=True, slots=True)
class Result:
    """A composite result, best first."""

    rows: Sequence[Figures]


_INPUTS, _RESULT = TypeAdapter(Inputs), TypeAdapter(Result)
"""Read and write the kept documents."""


@dataclass(frozen=True, slots=True)
class ComposedPlace:
    """A row of the result: a case and its figures."""

    case: NamedCase
    figures: Figures


@dataclass(frozen=True, slots=True)
class CompositeRecord:
    """A composite result with the names at the time of reading, and the figures at the time of its making."""

    row: CompositeRow
    inputs: Inputs
    places: Sequence[ComposedPlace]


async def freeze(ctx: Context, campaign_id: UUID, body: Composition) -> UUID:
    """Make the result of what is frozen already, and keep it for good."""
    require_role(ctx.actor.role, *beginnings.COMPOSITE.by)
    campaign = await campaigns.find(ctx, campaign_id)
    await figure_tables.take_turn(ctx, campaign_id)
    settings = await campaigns.settings_in(ctx, campaign_id)
    facts = beginnings.BeginningFacts(campaign.status, settings, ctx.now)
    declared = settings.composite(body.code)
    named = [each.named for each in body.sources]
    rounds, tables = ([each.id for each in named if each.member == member] for member in (ROUND, TABLE))
    found = await _sources(ctx, campaign_id, rounds, tables)
    offers = {each.id: each.offer for each in found.values()}
    judge(beginnings.COMPOSITE, ctx.actor.role, facts, policy.composing_findings(declared, named, offers))
    assert declared, "it was refused otherwise"
    inputs = await asyncio.to_thread(_inputs, declared, {each.part: found[each.id] for each in named})
    result = await asyncio.to_thread(compute, inputs)
    composite = Composite(
        campaign_id=campaign_id,
        code=declared.code,
        name=declared.name,
        source_ids=[each.id for each in named],
        frozen_at=ctx.now,
        frozen_by=ctx.actor.id,
        inputs=inputs,
        inputs_digest=digest_of(inputs),
        result=result,
        result_digest=digest_of(result),
    )
    return create(
        ctx, composite, beginnings.COMPOSITE.event, code=declared.code, cases=len(_RESULT.validate_python(result).rows)
    ).id


async def search(
    view: View, campaign_id: UUID, *, after: UUID | None, limit: int, **filters: FilterValue
) -> Page[CompositeSummary]:
    """Return the composite results of a campaign, oldest first; Forbidden to anybody but the office."""
    require_role(view.actor.role, Role.OFFICE)
    await campaigns.find(view, campaign_id)
    return await _LIST.page(view, after=after, limit=limit, campaign_id=campaign_id, **filters)


async def read(view: View, composite_id: UUID) -> CompositeRecord:
    """Return one composite result; NotFound to anybody but the office."""
    row = await view.get(_ONE, composite_id=composite_id)
    rows = _RESULT.validate_python(row.result).rows
    known = await named_cases.of(view, [each.application_id for each in rows])
    places = [ComposedPlace(known[each.application_id], each) for each in rows]
    return CompositeRecord(row, _INPUTS.validate_python(row.inputs), places)


async def verify(view: View, composite_id: UUID) -> Verification[Composite]:
    """Compute a result again from its inputs, and compare these with its sources as they are kept."""
    row = await view.get(_KEPT, composite_id=composite_id)
    kept = Composite(**{name: value for name, value in row.items() if not name.startswith("event_")})
    inputs = _INPUTS.validate_python(kept.inputs)
    found = await _sources(view, kept.campaign_id, kept.source_ids, [each.id for each in inputs.tables])
    return Verification(
        kept,
        digest_of(await asyncio.to_thread(compute, kept.inputs)),
        sources_unchanged=await asyncio.to_thread(_has_figures, inputs, found),
        history_agrees=is_as_recorded(Composite, row),
    )


def compute(kept: Document) -> Document:
    """Compute the result of its inputs: the same bytes whenever and wherever it is done."""
    inputs = _INPUTS.validate_python(kept)
    parts = [Part(each.code, each.weight, each.missing, _exact(inputs.figures[each.code])) for each in inputs.parts]
    result = Result([Figures.of(each) for each in compose(parts, inputs.tie_breaks)])
    document: Document = _RESULT.dump_python(result, mode="json")
    return document


async def _sources(view: View, campaign_id: UUID, rounds: Sequence[UUID], tables: Sequence[UUID]) -> dict[UUID, Source]:
    found: list[Source] = [*await view.rows(_ROUNDS, campaign_id=campaign_id, ids=list(rounds))]
    found += await figure_tables.sources(view, campaign_id, tables)
    return {each.id: each for each in found}


def _inputs(declared: CompositeSettings, sources: Mapping[str, Source]) -> Document:
    """Return the inputs as JSON that reads back as it was written."""
    inputs = Inputs(
        arithmetic=ARITHMETIC,
        code=declared.code,
        name=declared.name,
        parts=[KeptPart(each.code, each.name, each.weight, each.missing, each.figures) for each in declared.parts],
        tie_breaks=declared.tie_breaks,
        sources=[KeptSource(part, each.id, each.name, each.digest or "") for part, each in sorted(sources.items())],
        figures={part: each.points() for part, each in sources.items()},
    )
    document: Document = _INPUTS.dump_python(inputs, mode="json")
    return document


def _has_figures(inputs: Inputs, found: Mapping[UUID, Source]) -> bool:
    """Return true if the figures that were kept are those that the sources give now."""
    pairs = [(each, found.get(each.id)) for each in inputs.sources]
    return all(now and now.is_kept and inputs.figures[kept.part] == now.points() for kept, now in pairs)


def _exact(figures: Mapping[UUID, str]) -> dict[UUID, Fraction]:
    return {case: Fraction(figure) for case, figure in figures.items()}


def _shown(figure: Fraction | None) -> float | None:
    return None if figure is None else rounded(figure)
