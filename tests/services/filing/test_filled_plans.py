from sqlalchemy import func, select

from app.models import Plan
from app.models.enums import Role
from app.services.filing import filled_plans
from tests.world import World
from tests.world.filing import district
from tests.world.filled_forms import plan_form


async def test_reading_a_document_begins_nothing(world: World) -> None:
    place = await district(world)
    intake = place.intake(Role.COMMITTEE)
    received = await filled_plans.receive(intake, intake, place.campaign.id, plan_form(["红马甲", "龙华社区"]))
    async with world.database.transaction() as session:
        of_campaign = select(func.count()).select_from(Plan).where(Plan.campaign_id == place.campaign.id)
        assert await session.scalar(of_campaign) == 0
    async with filled_plans.drafted(intake, received, dry_run=False) as (ctx, plan_id):
        assert (await ctx.session.get_one(Plan, plan_id)).committee_id == place.committee.id
