"""An application that was submitted over HTTP with real pictures, and those who deal with it."""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.models import Application, ApplicationVersion, VersionImage
from app.models.enums import ApplicationStatus, Role, VersionOccasion
from tests.contract.client import ContractClient
from tests.world import FORM, NOW, World, key
from tests.world.uploads import photo, read, scan, send_photo, send_scan


@dataclass
class Submitted:
    """A submitted application and those who deal with it."""

    world: World
    unit: ContractClient
    committee: ContractClient
    office: ContractClient
    href: str

    async def seen(self) -> Any:
        return await read(self.committee, self.href)

    async def endorsement(self, client: ContractClient) -> Any:
        return await read(client, f"{self.href}/endorsement")

    async def seal(self, data: bytes | None = None) -> Any:
        sealed = await send_scan(self.committee, self.href, data or scan(), (await self.seen())["etag"])
        assert sealed.status_code == 200, sealed.text
        return sealed.json()

    async def put_in_state(self, status: ApplicationStatus, *, filed: bool = False) -> None:
        """Insert the rows of a filing or of a return by the office."""
        async with self.world.database.transaction() as session:
            application = await session.get_one(Application, self.href.rpartition("/")[2])
            application.status = status
            if filed:
                await self._file(session, application)

    async def _file(self, session: Any, application: Application) -> None:
        submission = await session.scalar(
            select(ApplicationVersion).where(ApplicationVersion.application_id == application.id)
        )
        filing = ApplicationVersion(
            application_id=application.id,
            number=2,
            occasion=VersionOccasion.FILING,
            digest=submission.digest,
            content=submission.content,
            fixed_at=NOW,
            fixed_by=submission.fixed_by,
        )
        session.add(filing)
        await session.flush()
        for kept in await session.scalars(select(VersionImage).where(VersionImage.version_id == submission.id)):
            names = ("slot", "image_id", "file_id", "thumbnail_id")
            session.add(VersionImage(version_id=filing.id, **{name: getattr(kept, name) for name in names}))
        application.filed_version_id, application.filed_at, application.versions = filing.id, NOW, 2


async def submitted_over_http(world: World) -> Submitted:
    campaign, committee = await world.campaign(), await world.committee(code="QT")
    unit = await world.client_of(Role.UNIT, unit=await world.unit(committee))
    made = await unit.post("/api/v1/applications", json={"campaign_id": str(campaign.id)} | FORM, headers=key())
    href = made.headers["location"]
    await asyncio.gather(*(send_photo(unit, href, photo(number), f"第{number}幅") for number in range(5)))
    handed_in = await unit.post(f"{href}/submission", headers=key())
    assert handed_in.status_code == 200, handed_in.text
    clients = await world.client_of(Role.COMMITTEE, committee=committee), await world.client_of(Role.OFFICE)
    return Submitted(world, unit, *clients, href)
