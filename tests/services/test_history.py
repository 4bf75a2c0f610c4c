from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import select

from app.context import Actor
from app.models import AuditEvent, Campaign, Commendation, Committee, Recusal
from app.models.enums import CampaignStatus, Role
from app.problems import Forbidden, RulesViolated, StaleVersion, WrongState
from app.services import history
from app.services.policies import REQUIRED, Event
from app.services.policies.audit import VALUES
from app.services.policies.filing import campaigns as policy
from app.services.policies.people.committees import CHANGE, CREATED
from tests.world import NOW, World, actor_of

MADE, EDITED, DELETED = [Event(f"commendation.{past}", "通报", past) for past in ("made", "edited", "deleted")]
LOOKED_AT = Event("committee.looked_at", "查看党（工）委", "Looked at the committee")


@pytest.fixture
async def office(world: World) -> Actor:
    return actor_of(await world.account(Role.OFFICE))


def committee(**values: str) -> Committee:
    return Committee(kind="district_direct", **({"code": "QZ", "name": "区直机关工委"} | values))


async def events(world: World, subject_id: UUID) -> Sequence[AuditEvent]:
    async with world.database.transaction() as session:
        found = await session.scalars(
            select(AuditEvent).where(AuditEvent.subject_id == subject_id).order_by(AuditEvent.id)
        )
        return found.all()


async def test_what_is_made_has_its_first_row(world: World, office: Actor) -> None:
    async with world.acting(office) as ctx:
        made = history.create(ctx, committee(), CREATED, source="import")
    [event] = await events(world, made.id)
    assert (event.action, event.subject_type, event.data) == ("committee.created", "committee", {"source": "import"})
    assert (event.at, event.request_id) == (NOW, ctx.request_id)
    assert (event.actor_id, event.actor_role, event.actor_name) == (office.id, Role.OFFICE, office.name)
    assert (event.before_digest, event.after_digest) == (None, history.digest(made))
    assert (event.committee_id, event.campaign_id) == (made.id, None)
    assert (made.version, made.created_at, made.updated_at) == (1, NOW, NOW)


async def test_a_digest_is_that_of_the_stored_row(world: World, office: Actor) -> None:
    async with world.acting(office) as ctx:
        made = history.create(ctx, committee(), CREATED)
    async with world.database.transaction() as session:
        stored = await session.get_one(Committee, made.id)
        assert history.digest(stored) == (await events(world, made.id))[0].after_digest


async def test_a_change_names_what_changed_and_keeps_the_values_beside_it(world: World, office: Actor) -> None:
    row = await world.committee(leader_name="王主任", liaison_phone="13800138000")
    before, name = history.digest(row), row.name
    async with world.acting(office) as ctx:
        row = await ctx.session.get_one(Committee, row.id)
        history.change(
            ctx, row, CHANGE.event, leader_name="王主任", liaison_phone="13900139000", name="新名", data={"a": 1}
        )
    [event] = await events(world, row.id)
    assert event.changes is not None
    digest = history.digest_of(event.changes)
    assert event.data == {"changed": ["liaison_phone", "name"], "a": 1, VALUES: digest}
    assert event.changes["changes"] == [
        {"name": "liaison_phone", "before": "13800138000", "after": "13900139000"},
        {"name": "name", "before": name, "after": "新名"},
    ]
    assert len(event.changes["salt"]) == 32, "what is erased cannot be guessed from its digest"
    assert (event.before_digest, event.after_digest) == (before, history.digest(row))
    assert event.before_digest != event.after_digest
    assert row.version == 2


async def test_every_step_begins_where_the_last_one_ended(world: World, office: Actor) -> None:
    campaign = await world.campaign()
    async with world.acting(office) as ctx:
        row = history.create(ctx, Commendation(campaign_id=campaign.id, title=""), MADE)
        for title in ("甲", "乙"):
            history.change(ctx, row, EDITED, title=title)
    async with world.acting(office) as ctx:
        await history.remove(ctx, await ctx.session.get_one(Commendation, row.id), DELETED, why="错录")
    found = await events(world, row.id)
    assert [event.after_digest for event in found[:-1]] == [event.before_digest for event in found[1:]]
    assert (found[0].before_digest, found[-1].after_digest) == (None, None)
    assert (found[-1].action, found[-1].data) == ("commendation.deleted", {"why": "错录"})


@pytest.mark.parametrize(("value", "told"), [(None, True), ("后来", False)])
def test_a_row_is_as_recorded_also_when_its_table_got_a_column_since(
    monkeypatch: pytest.MonkeyPatch, value: str | None, told: bool
) -> None:
    monkeypatch.setitem(Recusal.__table__.c.lifting_reason.info, "since", "9999")
    row = dict.fromkeys(column.key for column in Recusal.__table__.columns)
    before = history.digest_of({name: None for name in row if name != "lifting_reason"})
    assert history.is_as_recorded(Recusal, row | {"lifting_reason": value, "event_digest": before}) is told
    now = history.digest_of(row | {"lifting_reason": value})
    assert history.is_as_recorded(Recusal, row | {"lifting_reason": value, "event_digest": now})
    assert not history.is_as_recorded(Recusal, row | {"reason": "改", "event_digest": before})


async def test_a_note_is_a_trace_of_something_that_changes_nothing(world: World, office: Actor) -> None:
    row = await world.committee()
    async with world.acting(office) as ctx:
        history.note(ctx, await ctx.session.get_one(Committee, row.id), LOOKED_AT)
    [event] = await events(world, row.id)
    assert event.before_digest == event.after_digest == history.digest(row)


async def test_what_is_undone_leaves_no_trace(world: World, office: Actor) -> None:
    made = committee()
    with suppress(ZeroDivisionError):
        async with world.acting(office) as ctx:
            history.create(ctx, made, CREATED)
            await ctx.session.flush()
            raise ZeroDivisionError
    assert await events(world, made.id) == []


async def test_a_move_changes_state_and_says_from_where_to_where(world: World, office: Actor) -> None:
    row = await world.campaign(status=CampaignStatus.DRAFT)
    async with world.acting(office) as ctx:
        row = await ctx.session.get_one(Campaign, row.id)
        history.move(ctx, row, policy.PUBLISH, published_at=ctx.now, data={"remark": "x"})
    [event] = await events(world, row.id)
    assert (row.status, row.published_at, row.version) == (CampaignStatus.PUBLISHED, NOW, 2)
    assert event.data == {"changed": ["status", "published_at"], "from": "draft", "to": "published", "remark": "x"}
    assert (event.action, event.campaign_id) == ("campaign.published", row.id)


@pytest.mark.parametrize(
    ("role", "status", "expected"),
    [
        (Role.UNIT, CampaignStatus.CLOSED, Forbidden),
        (Role.OFFICE, CampaignStatus.CLOSED, WrongState),
        (Role.OFFICE, CampaignStatus.DRAFT, RulesViolated),
    ],
)
async def test_a_move_asks_role_then_state_then_rules_and_refused_changes_nothing(
    world: World, role: Role, status: CampaignStatus, expected: type[Exception]
) -> None:
    campaign_id = (await world.campaign(status=status)).id
    async with world.acting(Actor(None, role, "谁")) as ctx:
        row = await ctx.session.get_one(Campaign, campaign_id)
        with pytest.raises(expected):
            history.move(ctx, row, policy.PUBLISH, findings=[REQUIRED("/name", label="名称")])
        assert (row.status, row.version) == (status, 1)
    assert await events(world, campaign_id) == []


@pytest.mark.parametrize(("version", "stale"), [(None, False), (1, False), (2, True), (0, True)])
async def test_expect(world: World, version: int | None, *, stale: bool) -> None:
    row = await world.committee()
    if stale:
        with pytest.raises(StaleVersion):
            history.expect(row, version)
    else:
        history.expect(row, version)


def test_equal_values_have_one_digest_whatever_their_order() -> None:
    assert history.digest_of({"a": 1, "b": "品"}) == history.digest_of({"b": "品", "a": 1})
    assert history.digest_of(b"\xff") == history.digest_of("ff")
    with pytest.raises(TypeError):
        history.digest_of({1, 2})
