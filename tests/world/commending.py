"""Commendations as plain rows: cases with a frozen ranking, a draft, and clients for everybody who might look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any
from uuid import UUID, uuid4

from httpx2 import Response

from app.models import (
    Account,
    Application,
    Award,
    Campaign,
    Commendation,
    Committee,
    Plan,
    PlannedCase,
    Ranking,
    Round,
    Unit,
)
from app.models.enums import AwardBasis, AwardStatus, CommendationStatus, PlanStatus, Role, RoundStatus
from tests.contract.client import ContractClient
from tests.world import NOW, ZONE, World, key
from tests.world.filing import District
from tests.world.judging import judging

ENDS = datetime(2015, 4, 29, tzinfo=ZONE)
"""When the window of a commendation publicised at NOW is over."""
Place = tuple[int | None, float | None]


@dataclass
class Commending:
    """A closed round, its cases in the order they were named, and an empty draft."""

    world: World
    campaign: Campaign
    round: Round
    commendation: Commendation
    cases: list[Application]
    units: list[Unit]
    committees: list[Committee]
    clerk: Account
    by_office: ContractClient

    @property
    def path(self) -> str:
        return f"/api/v1/commendations/{self.commendation.id}"

    async def propose(self, basis: str, path: str | None = None, **body: Any) -> Response:
        """Propose awards for cases from the ranking, or by another body."""
        ranked = {"round_id": str(self.round.id)} if basis in {"count", "score", "quota"} else {}
        plain = {"basis": basis, "kind": "excellent_case"} | ranked
        return await self.by_office.post(f"{path or self.path}/awards", json=plain | body, headers=key())

    async def awards(self, client: ContractClient | None = None, **query: Any) -> list[dict[str, Any]]:
        answer = await (client or self.by_office).get("/api/v1/awards", params=query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def award(self, case: int = 0, **values: Any) -> Award:
        """Insert an award for a case in any state; no rule is applied."""
        of = {"application_id": self.cases[case].id, "version_id": self.cases[case].filed_version_id}
        return await award(self.world, self.commendation, **({"position": case + 1} | of | values))

    async def draft(self) -> Commendation:
        """Another draft of the same campaign."""
        row = Commendation(campaign_id=self.campaign.id, title="第二份通报")
        await self.world.add(row)
        return row

    async def stands(self, status: CommendationStatus, awards: AwardStatus | None = None) -> None:
        """Put the commendation, and all of its awards, into a state without asking any rule."""
        async with self.world.database.transaction() as session:
            row = await session.get_one(Commendation, self.commendation.id)
            row.status = status
            row.publicised_at, row.publicity_ends_at = NOW, NOW + timedelta(days=5)
            row.published_at = NOW if status is CommendationStatus.PUBLISHED else None
            for award in await self.its_awards():
                one = await session.get_one(Award, award)
                one.status = awards or one.status

    async def its_awards(self) -> list[UUID]:
        return [UUID(row["id"]) for row in await self.awards(commendation_id=str(self.commendation.id))]

    async def everybody_else(self) -> dict[str, ContractClient]:
        """One client of every role but the office's: the first case's unit and committee, and strangers."""
        sign_in = self.world.client_of
        return {
            "own unit": await sign_in(Role.UNIT, unit=self.units[0]),
            "own committee": await sign_in(Role.COMMITTEE, committee=self.committees[0]),
            "unit": await sign_in(Role.UNIT, unit=self.units[1]),
            "committee": await sign_in(Role.COMMITTEE, committee=self.committees[1]),
            "reviewer": await sign_in(Role.REVIEWER),
            "municipal": await sign_in(Role.MUNICIPAL),
        }


async def commending(world: World, *places: Place, campaign: Campaign | None = None) -> Commending:
    """A campaign whose only round is closed with these ranks and scores, and a draft without awards."""
    judged = await judging(world, campaign=campaign, cases=len(places), status=RoundStatus.CLOSED, closed_at=NOW)
    rows = [
        {"application_id": str(case.id), "case_number": number, "n": 3, "rank": rank, "score": score}
        for number, (case, (rank, score)) in enumerate(zip(judged.cases, places, strict=True), 1)
    ]
    ranking = Ranking(
        round_id=judged.round.id,
        frozen_at=NOW,
        inputs={},
        inputs_digest="0" * 64,
        result={"rows": rows},
        result_digest="0" * 64,
    )
    commendation = Commendation(campaign_id=judged.campaign.id, title="关于表彰优秀案例的通报")
    await world.add(ranking, commendation)
    return Commending(
        world,
        judged.campaign,
        judged.round,
        commendation,
        judged.cases,
        judged.units,
        judged.committees,
        judged.clerk,
        judged.by_office,
    )


def found(answer: Response) -> list[tuple[str, str | None]]:
    """The findings of a refusal: code and pointer."""
    return [(each["code"], each["pointer"]) for each in answer.json()["findings"]]


async def award(world: World, commendation: Commendation, **values: Any) -> Award:
    """Insert an award in any state; no rule is applied."""
    plain = {
        "campaign_id": commendation.campaign_id,
        "commendation_id": commendation.id,
        "kind": "excellent_case",
        "position": 1,
        "basis": "count",
        "reason": "第 1 名，90 分",
        "public_summary": "邻里互助",
        "pictures": [],
    }
    row = Award(**(plain | values))
    await world.add(row)
    return row


async def publicise(place: Commending, client: ContractClient | None = None) -> Response:
    return await (client or place.by_office).post(f"{place.path}/publicity", headers=key())


async def publish(place: Commending, client: ContractClient | None = None, **body: Any) -> Response:
    return await (client or place.by_office).post(f"{place.path}/publication", json=body, headers=key())


async def planned(place: District, count: int, delivered: Sequence[UUID] = (), **values: Any) -> None:
    """Insert a submitted plan of so many cases, the first linked to these applications."""
    names = {uuid4(): f"案例{at}" for at in range(count)}
    row = Plan(
        campaign_id=place.campaign.id,
        committee_id=place.committee.id,
        **(
            {
                "status": PlanStatus.SUBMITTED,
                "submitted_at": NOW,
                "submitted_cases": [
                    {"id": str(id_), "position": at, "name": name} | dict.fromkeys(("unit_id", "unit_name", "category"))
                    for at, (id_, name) in enumerate(names.items(), 1)
                ],
            }
            | values
        ),
    )
    await place.world.add(row)
    rows = zip_longest(names.items(), delivered)
    cases = [
        PlannedCase(id=id_, plan_id=row.id, position=at, name=name, application_id=application)
        for at, ((id_, name), application) in enumerate(rows, 1)
    ]
    await place.world.add(*cases)


async def accepted(place: District, application_id: UUID) -> None:
    answer = await place.by_office.post(f"/api/v1/applications/{application_id}/acceptance")
    assert answer.status_code == 200, answer.text


async def awarded(place: District, application_id: UUID, kind: str = "excellent_case", **values: Any) -> None:
    read = (await place.by_office.get(f"/api/v1/applications/{application_id}/versions")).json()
    commendation = Commendation(campaign_id=place.campaign.id, title="通报")
    await place.world.add(commendation)
    of = {"application_id": application_id, "version_id": UUID(read["items"][-1]["id"])}
    by_hand = {"kind": kind, "basis": AwardBasis.BY_HAND, "reason": "好"}
    await award(place.world, commendation, **(of | by_hand | values))
