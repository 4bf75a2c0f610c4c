"""Applications on their way to the office: complete with pictures, submitted, sealed — and a committee to file them."""

from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from httpx2 import Response
from sqlalchemy import update

from app.context import Actor
from app.models import Account, Application, Campaign, Committee, Endorsement, File, Image, Partner, Unit
from app.models.enums import ApplicationStatus, Role
from app.services.files import Intake
from app.services.filing import applications, contents, participations
from app.services.policies.filing.images import ADDED
from tests.contract.client import ContractClient
from tests.world import FORM, NOW, World, account_of, actor_of, key
from tests.world.files import file_of, stored

CELLS = FORM


class Case(NamedTuple):
    """A row of a plan, as far as its rules read it."""

    unit_name: str | None
    category: str | None
    name: str | None = "道德讲堂"


@dataclass
class District:
    """A campaign, a committee with a unit, and one client for each who takes part."""

    world: World
    campaign: Campaign
    committee: Committee
    unit: Unit
    by_unit: ContractClient
    by_committee: ContractClient
    by_office: ContractClient
    member: Account
    liaison: Account
    clerk: Account

    @property
    def actors(self) -> dict[Role, Actor]:
        return {account.role: actor_of(account) for account in (self.member, self.liaison, self.clerk)}

    def intake(self, role: Role) -> Intake:
        """Upload a file as this role."""
        state = self.world.app.state
        return Intake(lambda: self.world.acting(self.actors[role]), state.imaging, state.storage, state.upload_limits)

    async def complete(self, *, pictures: int = 5, **cells: Any) -> UUID:
        """A draft with everything that submission needs."""
        world = self.world
        row = await world.application(self.campaign, self.unit, **(CELLS | cells))
        await add_pictures(world, row.id, pictures)
        async with world.acting(actor_of(self.member)) as ctx:
            application = await applications.get(ctx, row.id)
            await contents.content_changed(ctx, application, ADDED, ["images"])
        return row.id

    async def submitted(self, **cells: Any) -> UUID:
        """The same, handed to the committee."""
        application_id = await self.complete(**cells)
        async with self.world.acting(actor_of(self.member)) as ctx:
            await participations.locked(ctx, self.campaign.id, self.committee.id)
            await applications.submit(ctx, application_id)
        return application_id

    async def sealed(self, **cells: Any) -> UUID:
        """The same, sealed by the committee."""
        application_id = await self.submitted(**cells)
        await self.seal(application_id)
        return application_id

    async def seal(self, application_id: UUID, data: bytes | None = None) -> None:
        """Insert the rows of an endorsement; without the bytes of a scan, the file only claims to be stored."""
        scan = await stored(self.world, data, "application/pdf")
        async with self.world.database.transaction() as session:
            application = await session.get_one(Application, application_id)
            application.status = ApplicationStatus.ENDORSED
            application.endorsed_digest = application.content_digest
            earlier = Endorsement.application_id == application_id, Endorsement.voided_at.is_(None)
            await session.execute(update(Endorsement).where(*earlier).values(voided_at=NOW, void_reason="replaced"))
            session.add(
                Endorsement(
                    application_id=application_id,
                    digest=application.content_digest,
                    file_id=scan.id,
                    endorsed_at=NOW,
                    endorsed_by=self.liaison.id,
                )
            )

    async def file(self, *application_ids: UUID, **members: Any) -> Response:
        ids = [str(each) for each in application_ids]
        body = {"campaign_id": str(self.campaign.id), "application_ids": ids, **members}
        return await self.by_committee.post("/api/v1/filings", json=body, headers=key())

    async def filed(self, count: int) -> list[UUID]:
        """Insert a number of filed applications."""
        ids = [await self.sealed() for _ in range(count)]
        answer = await self.file(*ids)
        assert answer.status_code == 201, answer.text
        return ids

    async def status(self, application_id: UUID) -> str:
        async with self.world.database.transaction() as session:
            return (await session.get_one(Application, application_id)).status.value


async def district(world: World, campaign: Campaign | None = None, **committee: Any) -> District:
    campaign = campaign or await world.campaign()
    place = await world.committee(**committee)
    unit = await world.unit(place)
    member, liaison, clerk = people = (
        account_of(Role.UNIT, unit=unit),
        account_of(Role.COMMITTEE, committee=place),
        account_of(Role.OFFICE),
    )
    await world.add(*people)
    by_unit, by_committee, by_office = await world.sign_in_all(*people)
    return District(world, campaign, place, unit, by_unit, by_committee, by_office, member, liaison, clerk)


async def joined_by(world: World, application: Application, unit: Unit, *, agreed: bool = True) -> Partner:
    """Let a unit be a partner of an application in any state."""
    by = await world.account(Role.UNIT, unit=unit)
    of = {"application_id": application.id, "unit_id": unit.id, "asked_at": NOW, "asked_by": by.id}
    partner = Partner(**of, **({"agreed_at": NOW, "agreed_by": by.id} if agreed else {}))
    state = application.status
    await world.put(application, status=ApplicationStatus.DRAFT)
    await world.add(partner)
    await world.put(application, status=state)
    return partner


async def add_pictures(world: World, application_id: UUID, count: int = 5) -> None:
    """Pictures whose bytes nobody asks for."""
    files = [(file_of(), file_of()) for _ in range(count)]
    images = [image_of(application_id, slot, *pair) for slot, pair in enumerate(files, 1)]
    await world.add(*chain.from_iterable(files), *images)


async def add_picture(world: World, application_id: UUID, slot: int, data: bytes | None = None) -> None:
    file, thumbnail = await stored(world, data), await stored(world, data)
    await world.add(image_of(application_id, slot, file, thumbnail))


def image_of(application_id: UUID, slot: int, file: File, thumbnail: File) -> Image:
    """The row of a picture, to be added."""
    return Image(
        application_id=application_id,
        slot=slot,
        caption=f"第{slot}幅",
        file_id=file.id,
        thumbnail_id=thumbnail.id,
        sha256=file.sha256,
        source_sha256=thumbnail.sha256,
        fingerprint="0" * 16,
        width=800,
        height=600,
        size=file.size,
        added_at=NOW,
    )
