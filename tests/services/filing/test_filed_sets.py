from itertools import product
from uuid import uuid4

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import aliased

from app.models import Application
from app.models.enums import ApplicationStatus as Status
from app.services.filing.filed_sets import put_forward
from tests.world import World


async def test_what_was_filed_is_put_forward_unless_its_committee_took_it_back(world: World) -> None:
    of = Application.__table__.c
    grid = [
        select(
            literal(status, of.status.type).label("status"),
            literal(version, of.filed_version_id.type).label("filed_version_id"),
            literal(again).label("reconsidered"),
        )
        for status, version, again in product(Status, (None, uuid4()), (False, True))
    ]
    case = aliased(Application, union_all(*grid).subquery(), adapt_on_names=True)
    async with world.database.transaction() as session:
        asked = select(case.status, case.filed_version_id.is_not(None), case.reconsidered).where(put_forward(case))
        counted = {tuple(row) for row in await session.execute(asked)}
    assert counted == {(status, True, False) for status in set(Status) - {Status.DECLINED, Status.WITHDRAWN}}
