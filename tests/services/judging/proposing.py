"""Proposals as the office makes, applies and undoes them, and the assignments that follow."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.findings import Finding
from app.models import Assignment, Recusal, Reviewer
from app.models.enums import ProposalKind, RecusalKind
from app.problems import RulesViolated
from app.services.judging import proposals
from app.services.judging.proposals import (
    NamedPair,
    ProposalApplication,
    ProposalCreate,
    ProposalRecord,
    ProposalReversal,
)
from tests.world import NOW, World, actor_of
from tests.world.judging import Judging, judging

WHOLE_ROUND = ProposalCreate(kind=ProposalKind.FULL)


async def propose(judged: Judging, body: ProposalCreate = WHOLE_ROUND) -> UUID:
    world, clerk = judged.world, actor_of(judged.clerk)
    return await proposals.propose(lambda: world.viewing(clerk), lambda: world.acting(clerk), judged.round.id, body)


async def apply(judged: Judging, proposal_id: UUID, **body: Any) -> None:
    async with judged.world.acting(actor_of(judged.clerk)) as ctx:
        await proposals.apply(ctx, proposal_id, ProposalApplication(**body))


async def undo(judged: Judging, proposal_id: UUID, **body: Any) -> None:
    async with judged.world.acting(actor_of(judged.clerk)) as ctx:
        await proposals.undo(ctx, proposal_id, ProposalReversal(reason="评审组有变动", **body))


async def read(judged: Judging, proposal_id: UUID) -> ProposalRecord:
    async with judged.world.viewing(actor_of(judged.clerk)) as view:
        return await proposals.read(view, proposal_id)


async def rows(judged: Judging) -> list[dict[str, Any]]:
    """Every assignment that is not withdrawn, with all its columns."""
    async with judged.world.database.transaction() as session:
        found = await session.scalars(
            select(Assignment)
            .where(Assignment.round_id == judged.round.id, Assignment.withdrawn_at.is_(None))
            .order_by(Assignment.id)
        )
        return [{column.key: getattr(row, column.key) for column in Assignment.__table__.columns} for row in found]


def pairs(found: list[dict[str, Any]]) -> set[tuple[UUID, UUID]]:
    return {(row["application_id"], row["reviewer_id"]) for row in found}


def previewed(named: list[NamedPair]) -> set[tuple[UUID, UUID]]:
    return {(case.application_id, reviewer.reviewer_id) for case, reviewer in named}


def codes(findings: list[Finding]) -> list[str]:
    return [finding.rule.code for finding in findings]


async def refused(act: Any) -> list[str]:
    with pytest.raises(RulesViolated) as refusal:
        await act
    return codes(list(refusal.value.findings))


async def keep_away(judged: Judging, case: int, judge: int) -> None:
    await judged.world.add(
        Recusal(
            reviewer_id=judged.judges[judge].id,
            application_id=judged.cases[case].id,
            kind=RecusalKind.DECLARED,
            reason="曾任该单位顾问",
            made_at=NOW,
            made_by=judged.judges[judge].id,
        )
    )


async def crowded(world: World) -> Judging:
    """One judge has all four cases by hand, and may have but two; the others may take the rest."""
    judged = await judging(world, cases=4, judges=3, reviews_wanted=1)
    for case in judged.cases:
        await judged.assign(case, judged.judges[0])
    async with world.database.transaction() as session:
        await session.execute(update(Reviewer).where(Reviewer.account_id == judged.judges[0].id).values(maximum_load=2))
    return judged
