"""After a restore nothing is sent until the operator says so."""

from sqlalchemy import exists, select

from app.database import Database
from app.models import Restoration
from app.services import jobs
from app.services.history import change
from app.services.policies import backups as policy

_HELD = select(Restoration).where(Restoration.released_at.is_(None)).with_for_update()
IS_HELD = select(exists().where(Restoration.released_at.is_(None)))


async def release(database: Database) -> int:
    """Let mail and deliveries go out again; return how many restores were waiting for it."""
    async with jobs.acting(database) as ctx:
        held = (await ctx.session.scalars(_HELD)).all()
        for restoration in held:
            change(ctx, restoration, policy.RELEASED, released_at=ctx.now)
        return len(held)


async def is_held(database: Database) -> bool:
    """Return true while nothing may be sent."""
    async with database.transaction() as session:
        return bool(await session.scalar(IS_HELD))
