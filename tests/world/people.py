"""People with passwords, and where they sign in from."""

from uuid import uuid4

from httpx2 import URL, ASGITransport, Response

from app.models import Account, Committee, Unit
from app.models.enums import Role
from app.services.people import hashing
from tests.contract.client import ContractClient
from tests.world import World

PASSWORD = "竹筏 暖壶 第七页 山雀"
ANOTHER = "borrowed lamp, tin heron"


async def person(
    world: World, role: Role = Role.OFFICE, *, committee: Committee | None = None, unit: Unit | None = None
) -> Account:
    """An active account with PASSWORD."""
    account = await world.account(role, committee=committee, unit=unit)
    async with world.database.transaction() as session:
        row = await session.get_one(Account, account.id)
        row.secret_hash = await hashing.hashed(PASSWORD)
    return row


def at(world: World, address: str) -> ContractClient:
    """A client at this network address."""
    transport = ASGITransport(app=world.app, client=(address, 50_000), raise_app_exceptions=False)
    return ContractClient(world.contract, transport=transport, base_url=URL("http://testserver"))


async def attempt(client: ContractClient, username: str, password: str = PASSWORD) -> Response:
    return await client.post("/api/v1/sessions", json={"username": username, "password": password})


async def enter(world: World, account: Account, password: str = PASSWORD) -> ContractClient:
    """A client with a session opened by password."""
    opened = await attempt(world.client(), account.username, password)
    assert opened.status_code == 201, opened.text
    return world.client(Authorization=f"Bearer {opened.json()['token']}")


def unknown() -> str:
    return f"nobody-{uuid4().hex[:8]}"


def codes(refused: Response) -> list[tuple[str, str | None]]:
    """The findings of a refusal."""
    assert refused.status_code == 409, refused.text
    return [(each["code"], each["pointer"]) for each in refused.json()["findings"]]
