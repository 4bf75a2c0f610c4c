"""Awarded cases with real bytes, ready to be nominated; the two offices, and clients for everybody who might look."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from httpx2 import Response

from app.models import Account, Application, Award, Campaign, Commendation, Grant
from app.models.enums import ApplicationStatus, AwardStatus, CommendationStatus, Role
from app.services.filing import applications, contents, participations
from app.services.filing.cells import ApplicationForm
from app.services.policies.filing.filings import new_verification_code
from app.services.policies.filing.images import ADDED
from tests.contract.client import ContractClient
from tests.world import NOW, World, actor_of, key
from tests.world.attachments import add_attachment
from tests.world.commending import award
from tests.world.filing import CELLS, District, add_picture, district
from tests.world.uploads import photo, scan

NOMINATIONS = "/api/v1/nominations"
ONE_IS_ENOUGH: dict[str, Any] = {"minimum_filed": 1, "images": {"minimum": 1, "maximum": 8}}
REASON = "做法成熟，群众认可度高，建议在全市推广。"
PICTURES = 2


@dataclass
class Nominating:
    """A campaign with a published commendation, the cases it awards, and the two offices."""

    district: District
    commendation: Commendation
    by_municipal: ContractClient
    client: Account
    series: str
    cases: list[UUID] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.district.world

    @property
    def campaign(self) -> Campaign:
        return self.district.campaign

    @property
    def by_office(self) -> ContractClient:
        return self.district.by_office

    @property
    def manifest(self) -> str:
        return f"/api/v1/nomination-manifests/{self.campaign.id}"

    @property
    def package(self) -> str:
        return f"/api/v1/campaigns/{self.campaign.id}/nomination-package"

    async def case(self, *, awarded: bool = True, **cells: Any) -> UUID:
        """One more accepted case with two pictures and a stamped form, by default awarded."""
        cells = {"brand_name": f"第{len(self.cases) + 1}号品牌"} | cells
        application_id = await self._filed(cells)
        async with self.world.database.transaction() as session:
            (await session.get_one(Application, application_id)).status = ApplicationStatus.ACCEPTED
        self.cases.append(application_id)
        if awarded:
            await self.award(application_id)
        return application_id

    async def award(self, application_id: UUID, **values: Any) -> Award:
        """An award for it in the published commendation."""
        async with self.world.database.transaction() as session:
            version_id = (await session.get_one(Application, application_id)).filed_version_id
        plain = {
            "application_id": application_id,
            "version_id": version_id,
            "position": len(self.awards) + 1,
            "status": AwardStatus.AWARDED,
            "certificate_number": f"路北文明创建〔{self.series}〕第{len(self.awards) + 1}号",
            "verification_code": new_verification_code(),
            "awarded_at": NOW,
        }
        row = await award(self.world, self.commendation, **(plain | values))
        self.awards.append(row)
        return row

    async def nominate(self, case: int = 0, client: ContractClient | None = None, **body: Any) -> Response:
        plain = {"position": case + 1, "reason": REASON}
        if "award_id" not in body:
            plain |= {"application_id": str(self.cases[case])}
        return await (client or self.by_office).post(NOMINATIONS, json=plain | body, headers=key())

    async def nominated(self, case: int = 0) -> dict[str, Any]:
        answer = await self.nominate(case)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def answer(self, nomination: dict[str, Any], kind: str, reference: str = "", **body: Any) -> Response:
        """The municipal office answers, about what it was handed."""
        plain = {
            "reference": reference or f"{nomination['id']}-{kind}",
            "kind": kind,
            "payload_digest": nomination["payload_digest"],
        }
        plain |= {"text": "电话有误。"} if kind == "returned" else {}
        plain |= {"result": "市级示范案例"} if kind == "decided" else {}
        path = f"{NOMINATIONS}/{nomination['id']}/answers"
        return await self.by_municipal.post(path, json=plain | body)

    async def status(self, nomination: dict[str, Any]) -> str:
        return str((await self.by_office.get(f"{NOMINATIONS}/{nomination['id']}")).json()["status"])

    async def everybody_else(self) -> dict[str, ContractClient]:
        """Return the people to whom nominations are invisible: they are none of their business."""
        neighbour = await self.world.committee()
        return {
            "sibling unit": await self.world.client_of(Role.UNIT, unit=await self.world.unit(self.district.committee)),
            "other unit": await self.world.client_of(Role.UNIT, unit=await self.world.unit(neighbour)),
            "other committee": await self.world.client_of(Role.COMMITTEE, committee=neighbour),
            "reviewer": await self.world.client_of(Role.REVIEWER),
        }

    @property
    def owners(self) -> dict[str, ContractClient]:
        """Return the people whose case it is."""
        return {"unit": self.district.by_unit, "committee": self.district.by_committee}

    async def corrected(self, case: int, **cells: Any) -> None:
        """Correct these cells of a returned application, then submit, seal, file and accept it again."""
        application_id = self.cases[case]
        async with self.world.acting(actor_of(self.district.member)) as ctx:
            await applications.edit(ctx, application_id, ApplicationForm(**cells), None)
        async with self.world.acting(actor_of(self.district.member)) as ctx:
            await participations.locked(ctx, self.campaign.id, self.district.committee.id)
            await applications.submit(ctx, application_id)
        await self.district.seal(application_id, scan(case * 10 + 5))
        assert (await self.district.file(application_id)).status_code == 201
        accepted = await self.by_office.post(f"/api/v1/applications/{application_id}/acceptance")
        assert accepted.status_code == 200, accepted.text

    async def _filed(self, cells: dict[str, Any]) -> UUID:
        world, actor = self.world, actor_of(self.district.member)
        row = await world.application(self.campaign, self.district.unit, **(CELLS | cells))
        seed = len(self.cases) * 10
        for slot in range(1, PICTURES + 1):
            await add_picture(world, row.id, slot, photo(seed + slot))
        for kind in self.campaign.settings.get("attachments", ()):
            await add_attachment(world, row.id, scan(seed + 5), kind["code"])
        async with world.acting(actor) as ctx:
            application = await applications.get(ctx, row.id)
            await contents.content_changed(ctx, application, ADDED, ["images"])
        async with world.acting(actor) as ctx:
            await participations.locked(ctx, self.campaign.id, self.district.committee.id)
            await applications.submit(ctx, row.id)
        await self.district.seal(row.id, scan(seed))
        asks = self.campaign.settings.get("recommended_order") == "required"
        order = {"recommended_order": [str(row.id)]} if asks else {}
        answer = await self.district.file(row.id, **order)
        assert answer.status_code == 201, answer.text
        return row.id


async def granted(world: World, client: Account, campaign: Campaign) -> Grant:
    """Let the client read the nominations of the campaign."""
    row = Grant(account_id=client.id, campaign_id=campaign.id, granted_at=NOW)
    await world.add(row)
    return row


async def nominating(world: World, cases: int = 1, series: str = "2015", **settings: Any) -> Nominating:
    """Awarded cases of one committee, nothing nominated yet; `series` keeps two campaigns' numbers apart."""
    campaign = await world.campaign(**(ONE_IS_ENOUGH | settings))
    commendation = Commendation(
        campaign_id=campaign.id,
        title="关于表彰优秀案例的通报",
        status=CommendationStatus.PUBLISHED,
        publicised_at=NOW,
        publicity_ends_at=NOW,
        published_at=NOW,
        document_number=f"路北文明办〔{series}〕12号",
    )
    await world.add(commendation)
    client = await world.account(Role.MUNICIPAL)
    await granted(world, client, campaign)
    by_municipal = await world.sign_in(client)
    place = Nominating(await district(world, campaign), commendation, by_municipal, client, series)
    for _ in range(cases):
        await place.case()
    return place
