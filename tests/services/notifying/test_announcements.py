from sqlalchemy import select, update

from app.models import Account, AuditEvent, Notification
from app.models.enums import AnnouncementAudience, Role
from app.services.notifying import announcements
from app.services.notifying.announcements import AnnouncementCreate
from tests.world import World, actor_of


async def test_everybody_of_the_committees_is_told_once_and_mailed_whatever_they_prefer(world: World) -> None:
    campaign, committee, clerk = await world.campaign(), await world.committee(), await world.account(Role.OFFICE)
    told = [await world.account(Role.COMMITTEE, committee=committee) for _ in range(2)]
    async with world.database.transaction() as session:
        of_them = Account.committee_id == committee.id
        await session.execute(update(Account).where(of_them).values(email="a@example.org", mail=False))
    body = AnnouncementCreate(
        campaign_id=campaign.id, title="补充通知", text="请补报。", audience=AnnouncementAudience.ALL, to_units=False
    )
    async with world.acting(actor_of(clerk)) as ctx:
        sent = await announcements.send(ctx, body)
    async with world.database.transaction() as session:
        notices = (await session.scalars(select(Notification).where(Notification.subject_id == sent))).all()
        event = await session.scalar(select(AuditEvent).where(AuditEvent.subject_id == sent))
    assert sorted((notice.account_id, notice.by_mail) for notice in notices) == sorted(
        (account.id, True) for account in told
    )
    assert event is not None
    assert event.data == {"title": "补充通知", "audience": "all", "committees": 1}
