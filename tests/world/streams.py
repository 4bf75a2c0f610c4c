"""Streams of a test, on a real server: what comes, in its order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from app.models import Account, Notification
from tests.contract.client import ContractClient, Event
from tests.world import NOW, World
from tests.world.proxy import Proxy

STREAM = "/api/v1/stream"


@dataclass
class Heard:
    """The events of one stream, as far as they were awaited."""

    source: AsyncIterator[Event]
    events: list[Event] = field(default_factory=list)

    async def until(self, name: str, count: int = 1) -> list[Event]:
        """Wait for so many more events of this name; return all since the last one."""
        since = len(self.events)
        while count:
            self.events.append(await anext(self.source))
            count -= self.events[-1].name == name
        return self.events[since:]

    async def rest(self) -> list[Event]:
        """Everything until the server ends the stream."""
        return [event async for event in self.source]

    def ids(self) -> list[str]:
        """The notices that were told, in their order."""
        return [event.data["id"] for event in self.events if event.name == "notification"]


@asynccontextmanager
async def heard(client: ContractClient, server: str | Proxy, **headers: str) -> AsyncIterator[Heard]:
    """The stream of this client, which has begun: the number of unread notices has come."""
    address, trust = (server.address, server.trust) if isinstance(server, Proxy) else (server, True)
    on_line = ContractClient(client.contract, base_url=address, headers=client.headers, timeout=30, verify=trust)
    on_line.role = client.role
    async with on_line, on_line.events(STREAM, **headers) as events:
        stream = Heard(events)
        await stream.until("unread")
        yield stream


async def notify(world: World, account: Account, count: int = 1) -> list[str]:
    """Tell an account so many notices; their ids, in their order."""
    ids = [uuid4() for _ in range(count)]
    for id_ in ids:
        await world.add(
            Notification(
                id=id_,
                account_id=account.id,
                role=account.role,
                committee_id=account.committee_id,
                unit_id=account.unit_id,
                kind="application.returned",
                occasion=str(id_),
                subject_type="application",
                subject_id=UUID(int=1),
                particulars={"name": "1号", "reasons": [], "remark": "请补充数据。"},
                told_at=NOW,
                by_mail=False,
            )
        )
    return [str(id_) for id_ in ids]
