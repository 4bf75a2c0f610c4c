"""Every act from a nomination to a message delivered again and a notification read; for the test of traces.

What a worker does by itself is no operation: it only prepares here what the office then acts upon.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from httpx2 import Response

from app.models.enums import Role
from app.outgoing import Outgoing
from app.services.handover import deliveries
from tests.scenarios.steps import done, id_of, read
from tests.world import World, key
from tests.world.deliveries import BASE, owing, pushing
from tests.world.handover import NOMINATIONS, Nominating, nominating
from tests.world.notifying import hand_on

WHY = {"reason": "经研究决定。"}
NOWHERE = "127.0.0.1:9"
"""May be pushed to; nobody listens there."""
HERE = Outgoing(frozenset({NOWHERE}), loopback=True, connecting=0.5, answering=0.3)


@dataclass
class Stage:
    """An awarded case; what the acts make, by address."""

    place: Nominating
    at: dict[str, str] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.place.world

    async def post(self, address: str, body: Any = None) -> Response:
        with pushing(self.world.app, HERE):
            return await self.place.by_office.post(address, json=body, headers=key())

    async def make(self, name: str, address: str, body: Any) -> Response:
        """Something new, to be found again under this name."""
        answer = await self.post(address, body)
        self.at[name] = answer.headers.get("location", "")
        return answer

    async def act(self, name: str, noun: str, body: Any = None) -> Response:
        return await self.post(f"{self.at[name]}/{noun}", body)

    async def change(self, method: str, name: str, body: Any = None) -> Response:
        """With the ETag of what stands there now."""
        office = self.place.by_office
        etag = {"If-Match": (await read(office, self.at[name]))["etag"]}
        return await office.request(method, self.at[name], json=body, headers=etag)

    async def let_in(self) -> Response:
        """Another client of the municipal office."""
        client = await self.world.account(Role.MUNICIPAL)
        return await self.make(
            "grant", "/api/v1/grants", {"account_id": str(client.id), "campaign_id": str(self.place.campaign.id)}
        )

    async def nominate(self) -> Response:
        body = WHY | {"application_id": str(self.place.cases[0]), "position": 1}
        return await self.make("nomination", NOMINATIONS, body)

    async def send_back(self) -> Response:
        return await self.place.answer(await read(self.place.by_municipal, self.at["nomination"]), "returned")

    async def compare(self) -> Response:
        body: dict[str, Any] = {"entries": []}
        return await self.place.by_municipal.post(f"{self.place.manifest}/comparison", json=body)

    async def register(self, name: str) -> Response:
        return await self.make(name, "/api/v1/endpoints", {"url": f"https://{NOWHERE}/{name}"})

    async def register_and_delete(self) -> Response:
        """One that nothing was ever owed to."""
        done(await self.register("unused"), 201)
        return await self.change("DELETE", "unused")

    async def redeliver(self) -> Response:
        """Redeliver a delivery that was given up because its endpoint was disabled."""
        await owing(self.world)
        listed = (await read(self.place.by_office, "/api/v1/deliveries"))["items"]
        delivery = f"/api/v1/deliveries/{listed[0]['id']}"
        done(await self.change("PATCH", "endpoint", {"status": "disabled"}))
        means = deliveries.Means(HERE, self.world.keyring, BASE)
        await deliveries.deliver(self.world.database, means, delivery_id=id_of(delivery), before=0)
        done(await self.change("PATCH", "endpoint", {"status": "active"}))
        return await self.post(f"{delivery}/redelivery")

    async def retry(self) -> Response:
        """The first job that waits: a delivery."""
        job = (await read(self.place.by_office, "/api/v1/jobs?task=deliver"))["items"][0]
        return await self.post(f"/api/v1/jobs/{job['id']}/retry")

    async def read_up(self) -> Response:
        """All that the office was told."""
        await hand_on(self.world)
        newest = (await read(self.place.by_office, "/api/v1/notifications?unread=true"))["items"][0]
        return await self.post("/api/v1/notifications/readings", {"up_to": newest["id"]})


Act = Callable[[Stage], Awaitable[Response]]
ACTS: dict[str, Act] = {
    "createGrant": lambda s: s.let_in(),
    "createEndpoint": lambda s: s.register("endpoint"),
    "updateEndpoint": lambda s: s.change("PATCH", "endpoint", {"description": "市文明办业务系统"}),
    "rotateEndpointSecret": lambda s: s.act("endpoint", "secret-rotation"),
    "probeEndpoint": lambda s: s.act("endpoint", "probe"),
    "deleteEndpoint": lambda s: s.register_and_delete(),
    "createNomination": lambda s: s.nominate(),
    "updateNomination": lambda s: s.change("PATCH", "nomination", {"position": 2}),
    "compareNominationManifest": lambda s: s.compare(),
    "createAnswer": lambda s: s.send_back(),
    "createNominationRevision": lambda s: s.make(
        "again", f"{s.at['nomination']}/revision", WHY | {"position": 1, "despite_unchanged": True}
    ),
    "withdrawNomination": lambda s: s.act("again", "withdrawal", WHY),
    "redeliver": lambda s: s.redeliver(),
    "retryJob": lambda s: s.retry(),
    "createReadings": lambda s: s.read_up(),
    "revokeGrant": lambda s: s.act("grant", "revocation"),
}


async def prepared(world: World) -> Stage:
    return Stage(await nominating(world))
