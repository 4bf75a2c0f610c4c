from uuid import uuid4

from sqlalchemy import literal, select

from app.models import Application
from app.models.enums import ApplicationStatus as Status
from app.services.filing.filed_sets import put_forward
from tests.world import World


async def test_what_was_filed_is_put_forward_unless_its_committee_took_it_back(world: World) -> None:
    of, counted = Application.__table__.c, {}
    async with world.database.transaction() as session:
        for version in (None, uuid4()):
            filed = literal(version, of.filed_version_id.type)
            asked = [put_forward(literal(status, of.status.type), filed) for status in Status]
            answers = (await session.execute(select(*asked))).one()
            counted[version is not None] = {status for status, answer in zip(Status, answers, strict=True) if answer}
    assert counted == {False: set(), True: set(Status) - {Status.DECLINED, Status.WITHDRAWN}}
