from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.context import Actor, Context
from app.findings import Finding
from app.models import AuditEvent, Campaign
from app.models.enums import CampaignStatus, DeadlineKind, Role
from app.problems import Forbidden, NotFound, Problem, RulesViolated, StaleVersion, WrongState
from app.services.filing import campaigns
from app.services.filing.campaigns import CampaignChange, CampaignCreate, CampaignReopening, DeadlineMove
from app.services.policies.audit import VALUES
from app.services.policies.filing.notice import CampaignSettings
from tests.world import NOW, World, actor_of

T = TypeVar("T")
DRAFT, PUBLISHED, CLOSED = CampaignStatus
MOVE = DeadlineMove(deadline=DeadlineKind.APPLICATION, due_on=date(2015, 9, 18), reason="连日暴雨")


@pytest.fixture
async def office(world: World) -> Actor:
    return actor_of(await world.account(Role.OFFICE))


async def done(world: World, actor: Actor, act: Callable[[Context], Awaitable[T]]) -> T:
    async with world.acting(actor) as ctx:
        return await act(ctx)


async def refusal(world: World, actor: Actor, act: Callable[[Context], Awaitable[object]]) -> Problem:
    with pytest.raises(Problem) as caught:
        await done(world, actor, act)
    return caught.value


def places(problem: Problem) -> list[tuple[str, str | None]]:
    assert isinstance(problem, RulesViolated)
    findings: list[Finding] = list(problem.findings)
    return [(finding.rule.code, finding.pointer) for finding in findings]


def begin(**body: Any) -> Callable[[Context], Awaitable[Campaign]]:
    return lambda ctx: campaigns.begin(ctx, CampaignCreate.model_validate(body))


def settings_with(**changes: Any) -> CampaignSettings:
    return CampaignSettings.model_validate(campaigns.template("lubei-2015") | changes)


async def test_a_campaign_begins_as_a_draft_of_the_notice(world: World, office: Actor) -> None:
    made = await done(world, office, begin(template="lubei-2015", year=2015))
    assert (made.status, made.year, made.version) == (DRAFT, 2015, 1)
    async with world.viewing(office) as view:
        row = (await campaigns.read(view, made.id)).row
        assert await campaigns.settings_of(view, made.settings_digest) == settings_with()
    assert row.settings == settings_with().stored()


async def test_next_years_campaign_is_a_copy_of_this_ones_with_its_dates_moved(world: World, office: Actor) -> None:
    earlier = await world.campaign(minimum_filed=3)
    copy = await done(world, office, begin(copy_of=earlier.id, year=2016))
    assert (copy.status, copy.year, copy.settings["minimum_filed"]) == (DRAFT, 2016, 3)
    assert copy.settings["applications"]["due_on"] == "2016-09-14"
    async with world.database.transaction() as session:
        unchanged = await session.get_one(Campaign, earlier.id)
        event = (await session.scalars(select(AuditEvent))).one()
    assert (unchanged.settings, unchanged.version) == (earlier.settings, 1)
    assert (event.action, event.subject_id, event.data) == ("campaign.created", copy.id, {"source": str(earlier.id)})


async def test_a_copy_of_nothing_is_refused_with_a_pointer(world: World, office: Actor) -> None:
    refused = await refusal(world, office, begin(copy_of=uuid4(), year=2016))
    assert places(refused) == [("unknown_reference", "/copy_of")]


@pytest.mark.parametrize("body", [{}, {"template": "lubei-2015", "copy_of": UUID(int=1)}])
def test_a_campaign_has_one_source(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        CampaignCreate(year=2015, **body)


def test_template_names_are_not_paths() -> None:
    with pytest.raises(ValueError, match="lubei-2015"):
        CampaignCreate.model_validate({"template": "../settings", "year": 2015})


async def changed(change: Awaitable[CampaignChange]) -> Campaign:
    return (await change).campaign


LOOSER = settings_with(minimum_filed=1)
AGAIN = CampaignReopening(reason="误点结束。")
ACTS: dict[str, Callable[[Context, UUID], Awaitable[Campaign]]] = {
    "edit": lambda ctx, campaign_id: changed(campaigns.edit(ctx, campaign_id, LOOSER, None, "更正")),
    "publish": campaigns.publish,
    "close": lambda ctx, campaign_id: changed(campaigns.close(ctx, campaign_id)),
    "reopen": lambda ctx, campaign_id: campaigns.reopen(ctx, campaign_id, AGAIN),
    "move_deadline": lambda ctx, campaign_id: changed(campaigns.move_deadline(ctx, campaign_id, MOVE)),
}
FROM = {
    "edit": {DRAFT: DRAFT, PUBLISHED: PUBLISHED},
    "publish": {DRAFT: PUBLISHED},
    "close": {PUBLISHED: CLOSED},
    "reopen": {CLOSED: PUBLISHED},
    "move_deadline": {DRAFT: DRAFT, PUBLISHED: PUBLISHED},
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", list(CampaignStatus))
async def test_the_office_does_it_from_its_states_only(
    world: World, office: Actor, act: str, status: CampaignStatus
) -> None:
    campaign_id = (await world.campaign(status=status)).id
    if status in FROM[act]:
        moved = await done(world, office, lambda ctx: ACTS[act](ctx, campaign_id))
        assert (moved.status, moved.version, moved.updated_at) == (FROM[act][status], 2, NOW)
    else:
        assert isinstance(await refusal(world, office, lambda ctx: ACTS[act](ctx, campaign_id)), WrongState)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OFFICE])
async def test_nobody_else_does_it_and_a_draft_does_not_exist_for_them(world: World, act: str, role: Role) -> None:
    visible, hidden = await world.campaign(), await world.campaign(status=DRAFT)
    actor = Actor(None, role, "谁")
    assert isinstance(await refusal(world, actor, lambda ctx: ACTS[act](ctx, visible.id)), Forbidden)
    assert isinstance(await refusal(world, actor, lambda ctx: ACTS[act](ctx, hidden.id)), NotFound)
    assert isinstance(await refusal(world, actor, begin(template="lubei-2015", year=2015)), Forbidden)


async def test_who_may_not_edit_is_told_so_whatever_version_was_read(world: World) -> None:
    campaign_id = (await world.campaign()).id
    actor = Actor(None, Role.UNIT, "谁")
    refused = await refusal(world, actor, lambda ctx: campaigns.edit(ctx, campaign_id, settings_with(), 9))
    assert isinstance(refused, Forbidden)


async def test_two_editors_of_one_version_one_wins(world: World, office: Actor) -> None:
    campaign_id = (await world.campaign(status=DRAFT)).id
    edited = lambda ctx: changed(campaigns.edit(ctx, campaign_id, settings_with(theme="甲"), 1))  # noqa: E731
    first = await done(world, office, edited)
    refused = await refusal(world, office, lambda ctx: campaigns.edit(ctx, campaign_id, settings_with(theme="乙"), 1))
    assert isinstance(refused, StaleVersion)
    async with world.viewing(office) as view:
        assert (await campaigns.read(view, campaign_id)).row.settings == first.settings


async def test_after_publication_every_hurtful_change_is_told_at_once(world: World, office: Actor) -> None:
    campaign_id = (await world.campaign()).id
    new = settings_with(minimum_filed=3, images={"minimum": 6, "maximum": 7}, year=2016)
    refused = await refusal(world, office, lambda ctx: campaigns.edit(ctx, campaign_id, new, 1, "更正"))
    assert places(refused) == [
        ("hurtful_change", "/year"),
        ("hurtful_change", "/minimum_filed"),
        ("hurtful_change", "/images/minimum"),
        ("hurtful_change", "/images/maximum"),
    ]


async def test_moving_a_deadline_is_recorded_with_its_reason(world: World, office: Actor) -> None:
    campaign = await world.campaign()
    moved = await done(world, office, lambda ctx: changed(campaigns.move_deadline(ctx, campaign.id, MOVE)))
    assert moved.settings["applications"]["due_on"] == "2015-09-18"
    assert moved.settings["plans"] == campaign.settings["plans"]
    assert moved.settings_digest != campaign.settings_digest
    async with world.database.transaction() as session:
        event = (await session.scalars(select(AuditEvent))).one()
    assert event.changes is not None
    moves = {each["name"]: each["after"] for each in event.changes["changes"]}
    assert moves == {"settings/applications/due_on": "2015-09-18"}
    assert {name: value for name, value in event.data.items() if name != VALUES} == {
        "changed": ["settings", "settings_digest"],
        "deadline": "application",
        "from": {"due_on": "2015-09-14", "enforced_at": "2015-09-15T00:00:00+08:00"},
        "to": {"due_on": "2015-09-18", "enforced_at": "2015-09-19T00:00:00+08:00"},
        "reason": "连日暴雨",
    }


@pytest.mark.parametrize(
    ("due_on", "enforced_at", "expected"),
    [
        (date(2015, 4, 20), None, ["deadline_in_the_past"]),
        (date(2015, 9, 14), None, ["deadline_unchanged"]),
        (date(2015, 4, 20), datetime(2015, 4, 21, 2, 0, tzinfo=UTC), ["deadline_in_the_past"]),
        (date(2199, 12, 31), None, ["deadline_far_off"]),
    ],
)
async def test_a_deadline_does_not_move_there(
    world: World, office: Actor, due_on: date, enforced_at: datetime | None, expected: list[str]
) -> None:
    campaign_id = (await world.campaign()).id
    body = MOVE.model_copy(update={"due_on": due_on, "enforced_at": enforced_at})
    refused = await refusal(world, office, lambda ctx: campaigns.move_deadline(ctx, campaign_id, body))
    assert places(refused) == [(code, "/due_on") for code in expected]


async def test_lists_show_drafts_to_the_office_alone_and_filter_by_state(world: World, office: Actor) -> None:
    ids = [(await world.campaign(status=status)).id for status in CampaignStatus]
    async with world.viewing(office) as view:
        assert [row.id for row in (await campaigns.search(view, status=None, after=None, limit=9)).rows] == ids
        drafts = await campaigns.search(view, status=["draft"], after=None, limit=9)
    assert ([row.id for row in drafts.rows], drafts.total) == (ids[:1], 1)
    for role in (Role.COMMITTEE, Role.UNIT, Role.REVIEWER):
        async with world.viewing(Actor(uuid4(), role, "谁")) as view:
            found = await campaigns.search(view, status=None, after=None, limit=9)
            hidden = await campaigns.search(view, status=["draft"], after=None, limit=9)
        assert ([row.id for row in found.rows], found.total) == (ids[1:], 2)
        assert (list(hidden.rows), hidden.total) == ([], 0)
