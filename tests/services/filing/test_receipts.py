import pytest
from sqlalchemy import select

from app.context import ANONYMOUS
from app.models import Filing
from app.printing.paper import Paper
from app.problems import NotFound
from app.rows import values_of
from app.services.filing import receipts
from tests.world import World, actor_of
from tests.world.filing import district


async def test_anybody_finds_by_its_code_what_a_receipt_says_and_nothing_else(world: World) -> None:
    place = await district(world)
    await place.filed(2)
    async with world.database.transaction() as session:
        filing = (await session.scalars(select(Filing))).one()
    async with world.viewing(ANONYMOUS) as view:
        receipt = await receipts.verify_receipt(view, filing.verification_code)
        with pytest.raises(NotFound):
            await receipts.verify_receipt(view, filing.number)
    assert values_of(receipt) == {
        "number": filing.number,
        "campaign_name": place.campaign.name,
        "committee_name": place.committee.name,
        "size": 2,
        "filed_at": filing.filed_at,
        "short_digest": filing.digest[:16],
    }


async def test_a_receipt_is_laid_out_with_the_code_that_verifies_it(world: World) -> None:
    place = await district(world)
    await place.filed(2)
    async with world.database.transaction() as session:
        filing = (await session.scalars(select(Filing))).one()
    async with world.viewing(actor_of(place.clerk)) as view:
        sheet = await receipts.paper(view, filing.id)
    async with world.viewing(actor_of(place.member)) as view:
        with pytest.raises(NotFound):
            await receipts.paper(view, filing.id)
    assert isinstance(sheet.paper, Paper)
    assert (sheet.paper.code, len(sheet.paper.tables[0].rows)) == (filing.verification_code, 3)
