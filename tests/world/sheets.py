"""Paper sheets of a live round, entered by the office, and their scans."""

from dataclasses import dataclass
from typing import Any

from httpx2 import Response

from app.models.enums import Role, RoundKind
from tests.contract.client import ContractClient
from tests.scenarios.steps import done
from tests.world import World, key
from tests.world.judging import Judging, judging
from tests.world.uploads import scan


@dataclass
class Sheet:
    """An entered sheet, its clerk and another one, and the judge whose it is."""

    made: Judging
    body: dict[str, Any]
    href: str
    own: str
    second: ContractClient

    async def store(self, number: int, client: ContractClient | None = None, tag: str = "*") -> Response:
        """Store a scan of it; different numbers make different scans."""
        files = {"file": ("评分表.pdf", scan(number), "application/pdf")}
        return await (client or self.made.by_office).put(f"{self.href}/scan", files=files, headers={"If-Match": tag})

    async def check(self) -> Response:
        """The second reading, which is the same."""
        return await self.second.post(f"{self.href}/check", json={"scores": self.body["scores"]}, headers=key())


async def entered(world: World, **round_: Any) -> Sheet:
    """The sheet of the one case of a live round, by its one judge."""
    made = await judging(world, cases=1, judges=1, kind=RoundKind.LIVE, blind=False, **round_)
    assignment = await made.assign(made.cases[0], made.judges[0])
    body: dict[str, Any] = {
        "scores": [{"code": each["code"], "score": 80} for each in made.round.criteria],
        "remark": "",
    }
    enter = f"/api/v1/rounds/{made.round.id}/assignments/{assignment.id}/sheet"
    review = done(await made.by_office.post(enter, json=body, headers=key()))
    (case,) = (await made.by_judge[0].get("/api/v1/cases")).json()["items"]
    own = f"/api/v1/cases/{case['id']}/review"
    return Sheet(made, body, f"/api/v1/reviews/{review['id']}", own, await world.client_of(Role.OFFICE))
