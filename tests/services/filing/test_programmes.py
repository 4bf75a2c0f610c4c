from app.models.enums import Role
from app.services.filing import programmes
from app.services.filing.programmes import ProgrammeCampaigns
from app.services.policies.filing.programmes import ProgrammeSettings
from tests.world import World, actor_of

SAID = {"title": "征集活动", "year": 2015, "organizer": "路北区文明办"}


async def test_members_come_in_their_order_and_say_whether_they_are_open(world: World) -> None:
    actor = actor_of(await world.account(Role.OFFICE))
    begun = [{"template": "lubei-2015", "batch": "第一批"}, {"template": "lubei-2015", "batch": "第二批"}]
    async with world.acting(actor) as ctx:
        programme_id = await programmes.begin(ctx, ProgrammeSettings.model_validate(SAID))
        body = ProgrammeCampaigns.model_validate({"campaigns": begun})
        made = await programmes.begin_campaigns(ctx, programme_id, body)
        found = await programmes.members(ctx, programme_id)
    assert [each.row.id for each in found] == made
    assert [(each.row.batch, each.open) for each in found] == [("第一批", False), ("第二批", False)]
    async with world.viewing(actor) as view:
        read = await programmes.read(view, programme_id)
    assert (read.row.title, read.row.settings) == (SAID["title"], SAID)
    assert [each.row.id for each in read.campaigns] == made
