"""Booklets bound without a worker."""

from uuid import UUID

from sqlalchemy import select

from app.models import Booklet
from app.services.commending import booklets
from app.services.commending.booklets import Bindery
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read
from tests.world import World, key


def bindery(world: World) -> Bindery:
    """Bind with the limited processes of the API."""
    state = world.app.state
    return Bindery(world.database, state.storage, state.imaging, state.press.pool)


async def bound(world: World, by_office: ContractClient, commendation_id: UUID) -> str:
    """Order a booklet and bind it; return its address."""
    href = f"/api/v1/commendations/{commendation_id}/booklet"
    done(await by_office.post(href, headers=key()))
    await bind(world, commendation_id)
    assert (await read(by_office, href))["status"] == "bound"
    return href


async def bind(world: World, commendation_id: UUID) -> None:
    """Follow the latest order of a booklet."""
    async with world.database.transaction() as session:
        row = await session.scalar(select(Booklet).where(Booklet.commendation_id == commendation_id))
        assert row is not None
    await booklets.bind(bindery(world), booklet_id=str(row.id), number=row.number)
