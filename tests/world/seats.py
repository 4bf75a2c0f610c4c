"""Seats beside an account's own, granted by a clerk and taken."""

from app.models import Account
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.world import World

WHY = "乔屯街道来函：以纸质材料申报。"


async def seated(world: World, account: Account, holder: Account | None = None, **place: object) -> ContractClient:
    """Grant a seat as a clerk, and return a client of the account that takes it."""
    clerk = await world.client_of(Role.OFFICE)
    body = {"reason": WHY, "account_id": holder and str(holder.id)} | {
        name: str(value) for name, value in place.items()
    }
    seat = (await clerk.post("/api/v1/seats", json=body)).json()
    client = await world.sign_in(account)
    client.headers["Act-For"] = seat["id"]
    return client
