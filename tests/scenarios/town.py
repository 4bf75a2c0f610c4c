"""The district of the campaign: its people, who sign in anew on every day that the clock is moved to."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from httpx2 import Response

from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read
from tests.world import ZONE, World
from tests.world.people import PASSWORD, person

UNITS = {"龙华社区": "QT", "翔云社区": "QT", "文化楼社区": "WH"}
COMMITTEES = {"QT": "乔屯街道党工委", "WH": "文化路街道党工委"}


@dataclass
class Town:
    """Everybody by name: `office`, the code of a committee, the name of a unit, `reviewer`, `municipal`."""

    world: World
    campaign: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    usernames: dict[str, str] = field(default_factory=dict)
    secret: str = ""
    clients: dict[str, ContractClient] = field(default_factory=dict)

    async def at(self, *when: int, microsecond: int = 0) -> None:
        """The clock stands at this month, day, hour… of 2015 in the campaign's time zone; every session has ended."""
        moment = datetime(2015, *when, microsecond=microsecond, tzinfo=ZONE)  # type: ignore[arg-type, misc]  # a date and a time
        self.world.database.clock.stopped_at = moment
        self.clients.clear()

    async def by(self, name: str) -> ContractClient:
        """The client of this person, signed in."""
        if name not in self.clients:
            token = await (self.machine_token() if name == "municipal" else self.sign_in(self.usernames[name]))
            self.clients[name] = self.world.client(Authorization=f"Bearer {token}")
        return self.clients[name]

    async def sign_in(self, username: str) -> str:
        body = {"username": username, "password": PASSWORD}
        token: str = done(await self.world.client().post("/api/v1/sessions", json=body), 201)["token"]
        return token

    async def machine_token(self) -> str:
        form = {"grant_type": "client_credentials", "client_id": "municipal", "client_secret": self.secret}
        token: str = done(await self.world.client().post("/api/v1/tokens", data=form))["access_token"]
        return token

    async def get(self, name: str, path: str) -> Any:
        return await read(await self.by(name), f"/api/v1/{path}")

    async def post(self, name: str, path: str, /, **body: Any) -> Response:
        return await (await self.by(name)).post(f"/api/v1/{path}", json=body)

    async def invite(self, inviter: str, name: str, role: Role, /, **place: str) -> None:
        """An account, its activation code, its own password."""
        username = f"{'' if inviter == 'office' else inviter.lower() + '.'}person{len(self.usernames)}"
        body = {"username": username, "name": f"{name}联络员", "role": role.value} | place
        code = done(await self.post(inviter, "accounts", **body), 201)["activation_code"]
        activation = {"code": code, "password": PASSWORD}
        done(await self.world.client().post("/api/v1/activations", json=activation))
        self.usernames[name] = username

    async def settle(self) -> None:
        """The office registers everybody; each committee invites the people of its units."""
        for code, name in COMMITTEES.items():
            body = {"code": code, "name": name, "kind": "township_subdistrict"}
            self.ids[code] = done(await self.post("office", "committees", **body), 201)["id"]
            await self.invite("office", code, Role.COMMITTEE, committee_id=self.ids[code])
        for name, code in UNITS.items():
            self.ids[name] = done(await self.post(code, "units", name=name, honour_level="district"), 201)["id"]
            await self.invite(code, name, Role.UNIT, unit_id=self.ids[name])
        await self.invite("office", "reviewer", Role.REVIEWER)
        body = {"username": "municipal", "name": "市文明办系统", "role": "municipal"}
        machine = done(await self.post("office", "accounts", **body), 201)
        self.secret = done(await self.post("office", f"accounts/{machine['id']}/client-secret"))["client_secret"]


async def town(world: World) -> Town:
    """Before anything: one clerk of the office, made on the host."""
    clerk = await person(world)
    return Town(world, usernames={"office": clerk.username})
