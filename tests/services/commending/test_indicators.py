from datetime import datetime, timedelta
from uuid import UUID

import pytest

from app.models import Application, Extension
from app.models.enums import ApplicationStatus, AwardStatus, DeadlineKind, PlanStatus
from app.problems import NotFound
from app.services.commending import indicators
from app.services.commending.indicators import CommitteeScore
from app.services.filing import reliance
from app.services.policies.filing.applications import TAKEN_BACK
from app.services.policies.filing.notice import CampaignSettings
from tests.world import NOW, World, actor_of
from tests.world.commending import accepted, awarded, planned
from tests.world.filing import District, district
from tests.world.statements import noted

AFTER_THE_PLANS = NOW + timedelta(days=3)


async def scores(place: District, campaign_id: UUID | None = None) -> list[CommitteeScore]:
    async with place.world.viewing(actor_of(place.clerk)) as view:
        return await indicators.read(view, campaign_id or place.campaign.id)


async def values(place: District) -> dict[str, tuple[float, float]]:
    """Value and points of every indicator of the committee."""
    (score,) = [score for score in await scores(place) if score.committee.id == place.committee.id]
    return {each.indicator.code: (each.value, each.points) for each in score.measures}


@pytest.mark.parametrize(("revoked_at", "in_time"), [(NOW, 0), (AFTER_THE_PLANS + timedelta(minutes=1), 1)])
async def test_a_plan_under_an_extension_is_in_time_unless_it_was_revoked_before(
    world: World, revoked_at: datetime, in_time: int
) -> None:
    place = await district(world)
    await planned(place, 2, submitted_at=AFTER_THE_PLANS)
    assert (await values(place))["plan_in_time"] == (0, 0)
    granted = Extension(
        campaign_id=place.campaign.id,
        committee_id=place.committee.id,
        kind=DeadlineKind.PLAN,
        due_on=AFTER_THE_PLANS.date(),
        until=AFTER_THE_PLANS + timedelta(hours=1),
        reason="暴雨",
        granted_at=NOW,
        granted_by=place.clerk.id,
    )
    await world.add(granted)
    assert (await values(place))["plan_in_time"] == (1, 15)
    async with world.database.transaction() as session:
        (await session.get_one(Extension, granted.id)).revoked_at = revoked_at
    assert (await values(place))["plan_in_time"] == (in_time, 15 * in_time)


async def test_a_returned_plan_counts_as_it_was_submitted_and_a_draft_takes_no_part(world: World) -> None:
    returned, draft = await district(world), await district(world)
    await planned(returned, 2, status=PlanStatus.RETURNED)
    await planned(draft, 2, status=PlanStatus.DRAFT, submitted_at=None, submitted_cases=None)
    await draft.submitted()
    assert (await values(returned))["plan_in_time"] == (1, 15)
    assert await scores(draft) == []


async def test_what_was_sent_back_is_not_accepted_at_the_first_check(world: World) -> None:
    place = await district(world)
    first, second = await place.filed(2)
    await accepted(place, first)
    body = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    sent_back = await place.by_office.post(f"/api/v1/applications/{second}/correction-request", json=body)
    assert sent_back.status_code == 200, sent_back.text
    found = await values(place)
    assert found["accepted_at_first_check"] == (0.5, 7.5)
    assert (found["filed_count"], found["filed_in_time"]) == ((1, 3), (1, 20))


async def test_what_its_committee_took_back_counts_nowhere_as_filed(world: World) -> None:
    """In each state of the third of three: neither in the points, nor as a set that another number would not allow."""
    place = await district(world)
    *_, third = await place.filed(3)
    present = CampaignSettings.model_validate(place.campaign.settings)
    fewer = present.model_copy(update={"maximum_filed": 2})
    for status in ApplicationStatus:
        async with world.database.transaction() as session:
            (await session.get_one(Application, third)).status = status
        async with world.acting(actor_of(place.clerk)) as ctx:
            beyond = (await reliance.usage(ctx, place.campaign.id, present, fewer)).of("/maximum_filed")
        (score,) = await scores(place)
        stands = status not in TAKEN_BACK
        holds_a_place = stands and status is not ApplicationStatus.DISQUALIFIED
        assert (score.committee.filed, beyond) == (2 + stands, int(holds_a_place)), status


async def test_an_award_counts_once_a_case_and_not_when_it_fell(world: World) -> None:
    place = await district(world)
    first, second = await place.filed(2)
    await awarded(place, first)
    await awarded(place, first, kind="people_s_choice")
    await awarded(place, second, status=AwardStatus.REVOKED)
    assert (await values(place))["awards_won"] == (1, 6.67)


async def test_many_committees_cost_no_more_statements_than_one(world: World) -> None:
    place = await district(world)
    await planned(place, 2)
    await scores(place)
    counts = []
    for _ in range(2):
        with noted(world.database) as statements:
            await scores(place)
        counts.append(len(statements))
        for _ in range(3):
            await planned(await district(world, place.campaign), 1)
    assert counts[0] == counts[1]


async def test_a_campaign_without_plans_and_filings_has_no_scores_and_an_unknown_one_is_not_found(
    world: World,
) -> None:
    place = await district(world)
    assert await scores(place) == []
    with pytest.raises(NotFound):
        await scores(place, place.committee.id)


async def test_committees_with_the_same_total_share_a_rank_in_the_order_of_their_codes(world: World) -> None:
    places = [await district(world, code="BB")]
    places += [await district(world, places[0].campaign, code=code) for code in ("AA", "CC")]
    for place in places[:2]:
        await planned(place, 1)
    await planned(places[2], 1, submitted_at=AFTER_THE_PLANS)
    ranked = [(score.committee.code, score.rank) for score in await scores(places[0])]
    assert ranked == [("AA", 1), ("BB", 1), ("CC", 3)]
