from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from app.context import ANONYMOUS, Actor
from app.findings import Finding
from app.models import Award
from app.models.enums import AwardStatus, CommendationStatus, Role
from app.problems import NotFound
from app.services.commending import award_choices, awards
from app.services.commending.award_choices import ByHand
from app.services.commending.awards import AwardRevocation
from app.services.policies.constraints import finding_of
from tests.world import World, actor_of
from tests.world.commending import Commending, commending

THREE = ((1, 90.0), (2, 85.0), (3, 80.0))


@pytest.fixture
async def place(world: World) -> Commending:
    return await commending(world, *THREE)


async def test_the_database_lets_nobody_hold_two_awards_of_a_kind(place: Commending) -> None:
    await place.award(0)
    other = await place.draft()
    with pytest.raises(IntegrityError) as refused:
        await place.award(0, commendation_id=other.id)
    assert refused.value.orig is not None
    assert "awards_standing_application_key" in str(refused.value.orig)
    finding: Finding = finding_of("awards_standing_application_key")
    assert (finding.rule.code, finding.pointer) == ("already_exists", "/kind")
    for fallen in (AwardStatus.DROPPED, AwardStatus.REVOKED):
        await place.award(1, status=fallen)
    await place.award(1)


async def seen_by(place: Commending, actor: Actor, award_id: UUID) -> bool:
    async with place.world.viewing(actor) as view:
        try:
            await awards.read(view, award_id)
        except NotFound:
            return False
        return True


async def test_visibility_is_a_table_of_both_states(place: Commending) -> None:
    award = await place.award()
    table = {
        (CommendationStatus.PUBLICISED, AwardStatus.PROPOSED),
        (CommendationStatus.PUBLICISED, AwardStatus.HELD),
        (CommendationStatus.PUBLISHED, AwardStatus.AWARDED),
    }
    others = [ANONYMOUS, *(Actor(place.clerk.id, role, "某人") for role in Role if role is not Role.OFFICE)]
    for commendation_status in CommendationStatus:
        for status in AwardStatus:
            await place.stands(commendation_status, status)
            assert await seen_by(place, actor_of(place.clerk), award.id)
            visible = {await seen_by(place, other, award.id) for other in others}
            assert visible == {(commendation_status, status) in table}, (commendation_status, status)


async def test_a_revoked_award_makes_room_for_another(place: Commending) -> None:
    award = await place.award()
    await place.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
    async with place.world.acting(actor_of(place.clerk)) as ctx:
        await awards.revoke(ctx, award.id, AwardRevocation(reason="数据不真实"))
    second = await place.draft()
    body = ByHand(basis="by_hand", kind="excellent_case", application_ids=[place.cases[0].id], reason="更正后补授")
    async with place.world.acting(actor_of(place.clerk)) as ctx:
        (added,) = await award_choices.propose(ctx, second.id, body)
    async with place.world.database.transaction() as session:
        assert (await session.get_one(Award, added)).reason == "更正后补授"
