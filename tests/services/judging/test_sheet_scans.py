import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.models import Review
from app.models.enums import ReviewStatus, RoundKind
from app.services import files
from tests.world import World
from tests.world.sheets import entered


async def test_the_database_keeps_scans_with_sheets_and_in_live_rounds(world: World) -> None:
    sheet = await entered(world, scans_needed=True)
    assert (await sheet.store(1)).status_code == 200
    async with world.database.transaction() as session:
        review = (await session.scalars(select(Review))).one()
    with pytest.raises(IntegrityError, match="reviews_scan_of_sheet_check"):
        await world.put(review, status=ReviewStatus.DRAFT, entered_by=None)
    with pytest.raises(IntegrityError, match="rounds_scans_of_live_check"):
        await world.put(sheet.made.round, kind=RoundKind.WRITTEN)


async def test_the_sweep_takes_what_was_replaced_and_leaves_what_a_sheet_has(world: World) -> None:
    sheet = await entered(world)
    for number in (1, 2):
        assert (await sheet.store(number)).status_code == 200
    assert await files.sweep(world.database, world.app.state.storage, grace_days=0) == 1
    assert (await sheet.second.get(f"{sheet.href}/scan")).status_code == 200
