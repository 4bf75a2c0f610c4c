"""Certificates as they are laid out: whose they are, in which order, of which kinds, and in how many statements."""

from collections.abc import Sequence

import pytest

from app.context import Actor
from app.models import Award
from app.models.enums import AwardStatus, CommendationStatus, Role
from app.printing.certificates import Certificates
from app.problems import NotFound, RulesViolated
from app.services.commending import certificates
from app.services.filing.prints import Sheet
from tests.world import NOW, World, actor_of
from tests.world.commending import Commending, commending
from tests.world.statements import noted

Chosen = list[str] | None
LINK = "https://pinpai.example.gov.cn"
GIVEN = ((0, "excellent_case", 3), (1, "excellent_case", 2), (0, "innovation", 1))
"""The case, the kind and the place in the list of each award."""


@pytest.fixture
async def place(world: World) -> Commending:
    """Three awards of two cases in force, against the order of their making."""
    place = await commending(world, (1, 90.0), (2, 80.0))
    for case, kind, number in GIVEN:
        told = {"certificate_number": f"第{number}号", "verification_code": f"7K4M-Q2XA-9TCE-H5W{number + 1}"}
        await place.award(case, kind=kind, position=number, awarded_at=NOW, **told)
    await place.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
    return place


async def one(place: Commending, actor: Actor, award: Award) -> Sheet:
    async with place.world.viewing(actor) as view:
        return await certificates.of_award(view, award.id, LINK)


async def numbers(place: Commending, actor: Actor, kind: Chosen = None, grade: Chosen = None) -> Sequence[str]:
    async with place.world.viewing(actor) as view:
        sheet = await certificates.of_commendation(view, place.commendation.id, LINK, kind=kind, grade=grade)
    assert isinstance(sheet.paper, Certificates)
    return [each.number for each in sheet.paper.items]


async def findings(place: Commending, actor: Actor, *chosen: Chosen) -> list[str]:
    with pytest.raises(RulesViolated) as refused:
        await numbers(place, actor, *chosen)
    return [each.rule.code for each in refused.value.findings]


async def test_the_office_gets_all_in_force_in_their_order_and_others_their_own(place: Commending) -> None:
    office = actor_of(place.clerk)
    assert await numbers(place, office) == ["第1号", "第2号", "第3号"]
    assert await numbers(place, office, ["excellent_case"]) == ["第2号", "第3号"]
    assert await findings(place, office, None, ["first"]) == ["no_certificates"]
    account = place.world.account
    for role, body in ((Role.UNIT, {"unit": place.units[0]}), (Role.COMMITTEE, {"committee": place.committees[0]})):
        assert await numbers(place, actor_of(await account(role, **body))) == ["第1号", "第3号"]
    assert await findings(place, actor_of(await account(Role.REVIEWER))) == ["no_certificates"]


async def test_before_the_publication_and_after_the_revocation_there_is_none(place: Commending) -> None:
    office = actor_of(place.clerk)
    await place.stands(CommendationStatus.PUBLISHED, AwardStatus.REVOKED)
    assert await findings(place, office) == ["no_certificates"]
    await place.stands(CommendationStatus.PUBLICISED, AwardStatus.PROPOSED)
    assert await findings(place, office) == ["no_certificates"]
    await place.stands(CommendationStatus.DRAFT)
    with pytest.raises(NotFound):
        await numbers(place, actor_of(await place.world.account(Role.UNIT, unit=place.units[0])))


async def test_all_certificates_take_as_many_statements_as_one(place: Commending) -> None:
    office = actor_of(place.clerk)
    await numbers(place, office)  # parses the settings
    with noted(place.world.database) as few:
        await numbers(place, office, ["innovation"])
    with noted(place.world.database) as many:
        await numbers(place, office)
    assert len(few) == len(many)


async def test_a_certificate_says_the_names_of_then_and_leads_to_its_verification(place: Commending) -> None:
    award = await place.award(1, kind="other", certificate_number="第9号", verification_code="2345", awarded_at=NOW)
    await place.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
    unit = place.units[1]
    before = unit.name
    await place.world.put(unit, name="改名后的社区")
    sheet = await one(place, actor_of(place.clerk), award)
    assert isinstance(sheet.paper, Certificates)
    [certificate] = sheet.paper.items
    assert certificate.paragraphs[0] == f"{before}："
    assert certificate.code == f"{LINK}/api/v1/public/certificates/2345"
