"""Rounds of one campaign whose results make a composite one: cases scored on paper, the best of them live."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from httpx2 import Response

from app.models import Campaign, Round
from app.models.enums import RoundKind, RoundStatus
from app.services.judging import rankings
from tests.contract.client import ContractClient
from tests.world import World, actor_of, key
from tests.world.judging import Judging, judging

PAPER, LIVE = (
    {"code": "paper", "name": "文本评审", "weight": 40},
    {"code": "live", "name": "现场展示", "weight": 60},
)
OVERALL: dict[str, Any] = {"code": "overall", "name": "综合成绩", "parts": [PAPER, LIVE], "tie_breaks": ["live"]}


def composite(**changes: Any) -> dict[str, Any]:
    """The settings of a campaign with one composite result, whose `live` part has these members."""
    return {"composites": [OVERALL | {"parts": [PAPER, LIVE | changes]}]}


@dataclass
class Composing:
    """A campaign with two closed rounds over the same cases."""

    world: World
    paper: Judging
    live: Judging

    @property
    def campaign(self) -> Campaign:
        return self.paper.campaign

    @property
    def by_office(self) -> ContractClient:
        return self.paper.by_office

    @property
    def path(self) -> str:
        return f"/api/v1/campaigns/{self.campaign.id}/composites"

    @property
    def sources(self) -> list[dict[str, str]]:
        rounds = {"paper": self.paper, "live": self.live}
        return [{"part": part, "round_id": str(made.round.id)} for part, made in rounds.items()]

    async def compose(self, **body: Any) -> Response:
        """Make the result of both rounds, or by another body."""
        plain = {"code": "overall", "sources": self.sources}
        return await self.by_office.post(self.path, json=plain | body, headers=key())


async def composing(
    world: World, *given: tuple[int | None, int | None], settings: dict[str, Any] | None = None, **part: Any
) -> Composing:
    """Two closed rounds: for each case its score on paper and its score live, None for none."""
    campaign = await world.campaign(**(settings or composite(**part)))
    paper = await judging(world, campaign=campaign, cases=len(given), judges=1)
    live = await judging(world, campaign=campaign, judges=1, number=2, name="终评", kind=RoundKind.LIVE, blind=False)
    for case in paper.cases:
        await live.enter(case)
        live.cases.append(case)
    for made, column in ((paper, [one for one, _ in given]), (live, [one for _, one in given])):
        await _scored(made, column)
        await close(made)
    return Composing(world, paper, live)


async def _scored(made: Judging, column: Sequence[int | None]) -> None:
    for case, score in zip(made.cases, column, strict=True):
        if score is not None:
            await made.scored(case, made.judges[0], score)


async def close(made: Judging) -> None:
    """Close the round and freeze its ranking, as its closing does."""
    async with made.world.acting(actor_of(made.clerk)) as ctx:
        row = await ctx.session.get_one(Round, made.round.id)
        await rankings.freeze(ctx, row)
        row.status, row.closed_at = RoundStatus.CLOSED, ctx.now
