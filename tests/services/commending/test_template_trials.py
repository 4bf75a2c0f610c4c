"""Trials of templates: on what each paper is tried."""

from uuid import uuid4

import pytest

from app.models.enums import PaperKind, Role
from app.problems import NotFound, RulesViolated
from app.services.commending import template_trials
from app.services.commending.template_trials import Trial
from tests.world import World
from tests.world.filing import District, district


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


@pytest.mark.parametrize("paper", PaperKind)
async def test_nothing_is_tried_on_what_there_is_not(place: District, paper: PaperKind) -> None:
    trial = Trial(place.campaign.id, paper, uuid4(), None)
    async with place.world.viewing(place.actors[Role.OFFICE]) as view:
        with pytest.raises(NotFound):
            await template_trials.lay_out(view, trial, b"x")


@pytest.mark.parametrize(
    "paper", [PaperKind.RECEIPT, PaperKind.DECISION, PaperKind.PUBLICITY, PaperKind.PUBLICATION, PaperKind.CERTIFICATE]
)
async def test_most_papers_are_tried_on_something(place: District, paper: PaperKind) -> None:
    async with place.world.viewing(place.actors[Role.OFFICE]) as view:
        with pytest.raises(RulesViolated):
            await template_trials.lay_out(view, Trial(place.campaign.id, paper, None, None), b"x")
