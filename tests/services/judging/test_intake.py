from dataclasses import dataclass
from uuid import UUID

import pytest

from app.models.enums import ApplicationStatus, RoundIntake
from app.services.judging import intake
from tests.world import World, actor_of
from tests.world.judging import judging


@dataclass(frozen=True)
class Settings:
    campaign_id: UUID
    intake: str
    source_round_id: UUID | None = None
    intake_limit: int | None = None


@pytest.mark.parametrize(("chosen", "expected"), [(RoundIntake.ALL, [0, 1]), (RoundIntake.SELECTED, [0])])
async def test_accepted_cases_enter_all_or_those_selected_with_the_version_filed_last(
    world: World, chosen: RoundIntake, expected: list[int]
) -> None:
    made = await judging(world, cases=1)
    await made.case(entered=False)
    undecided = await made.case(entered=False)
    await world.put(undecided, status=ApplicationStatus.FILED)
    settings = Settings(made.campaign.id, chosen)
    async with world.acting(actor_of(made.clerk)) as ctx:
        entering = await intake.entering(ctx, made.round.id, settings)
    assert entering == {made.cases[place].id: made.cases[place].filed_version_id for place in expected}


async def test_a_round_takes_its_best_from_another_one_of_its_campaign(world: World) -> None:
    made, other = await judging(world), await judging(world)
    async with world.acting(actor_of(made.clerk)) as ctx:
        found = {
            source: await intake.source_findings(ctx, made.campaign.id, source, itself)
            for source, itself in ((None, None), (made.round.id, None), (other.round.id, None))
        }
        itself = await intake.source_findings(ctx, made.campaign.id, made.round.id, made.round.id)
    refused = [source for source, findings in found.items() if findings]
    assert (refused, [each.rule.code for each in itself]) == ([other.round.id], ["unknown_reference"])
