import pytest

from app.context import ANONYMOUS
from app.models.enums import AwardStatus, CommendationStatus
from app.problems import NotFound
from app.rows import values_of
from app.services.commending import awards, commendations, public_awards
from app.services.commending.awards import AwardRevocation
from app.services.filing.campaigns import template
from tests.world import NOW, World, actor_of
from tests.world.commending import Commending, commending
from tests.world.statements import noted

ALL = {"commendation_id": None, "kind": None, "category": None, "q": None}
CODE = "7K4M-Q2XA-9TCE-H5WP"


@pytest.fixture
async def place(world: World) -> Commending:
    """Three publicised awards."""
    place = await commending(world, (1, 90.0), (2, 80.0), (3, 70.0))
    for case in range(3):
        await place.award(case)
    await place.stands(CommendationStatus.PUBLICISED)
    return place


async def test_a_graded_award_is_told_with_the_words_of_its_grade(world: World) -> None:
    kinds = template("lubei-2015")["award_kinds"]
    grades = [{"code": "first", "name": "一等奖"}]
    campaign = await world.campaign(award_kinds=[kinds[0] | {"grades": grades}, *kinds[1:]])
    place = await commending(world, (1, 90.0), campaign=campaign)
    await place.award(0, grade="first")
    await place.stands(CommendationStatus.PUBLICISED)
    async with world.viewing(ANONYMOUS) as view:
        [award] = (await public_awards.search(view, after=None, limit=10, **ALL)).rows
    assert (award.row.grade, award.names.grade_name, award.names.kind_name) == ("first", "一等奖", kinds[0]["name"])


async def test_of_a_revoked_certificate_nothing_is_read_but_its_number_and_the_revocation(place: Commending) -> None:
    award = await place.award(0, kind="innovation", verification_code=CODE, certificate_number="第1号", awarded_at=NOW)
    await place.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
    async with place.world.viewing(ANONYMOUS) as view:
        valid = await public_awards.certificate(view, CODE)
    async with place.world.acting(actor_of(place.clerk)) as ctx:
        await awards.revoke(ctx, award.id, AwardRevocation(reason="材料不实"))
    async with place.world.viewing(ANONYMOUS) as view:
        revoked = await public_awards.certificate(view, CODE)
        with pytest.raises(NotFound):
            await public_awards.certificate(view, CODE[::-1])
    assert (valid.row.status, valid.row.name, valid.row.awarded_at) == (AwardStatus.AWARDED, "第1号品牌", NOW)
    known = {name: value for name, value in values_of(revoked.row).items() if value is not None}
    assert known.keys() == {"status", "certificate_number", "revoked_at", "settings_digest"}
    assert set(values_of(revoked.names).values()) == {None}


async def test_a_page_and_a_commendation_cost_the_same_whatever_their_length(place: Commending) -> None:
    async with place.world.viewing(ANONYMOUS) as view:
        await public_awards.search(view, after=None, limit=1, **ALL)  # parses the settings
        with noted(place.world.database) as statements:
            for limit in (1, 3):
                await public_awards.search(view, after=None, limit=limit, **ALL)
                await commendations.search(view, after=None, limit=limit, campaign_id=None, status=None)
            await public_awards.commendation(view, place.commendation.id)
    assert len(statements) == 2 * 2 + 2
