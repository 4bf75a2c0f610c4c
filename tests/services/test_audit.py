"""Visibility of the history: owners read all of it, the office submitted work, everybody else their own acts."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import inspect

from app.auditing import COMPARED
from app.models import AuditEvent, Base
from app.models.enums import Role
from app.services import audit
from app.services.filing import applications
from app.services.filing.applications import ReturnBody
from app.services.filing.cells import ApplicationForm
from app.services.history import salted
from app.services.policies import WORKED_ON_BY_OTHERS
from app.services.policies import audit as policy
from app.services.policies.filing.applications import PAUSE, RESUME
from tests.world import NOW, World
from tests.world.filing import District, district

OWNERS = [Role.UNIT, Role.COMMITTEE]


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def worked_on(place: District) -> UUID:
    """A filed application that is being corrected: returned, edited, submitted, paused and resumed."""
    application_id, *_ = await place.filed(2)
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    await place.by_office.post(f"/api/v1/applications/{application_id}/correction-request", json=correction)
    async with place.world.acting(place.actors[Role.UNIT]) as ctx:
        await applications.edit(ctx, application_id, ApplicationForm(brand_name="新名"), None)
        await applications.submit(ctx, application_id)
    for act in (PAUSE, RESUME):
        async with place.world.acting(place.actors[Role.COMMITTEE]) as ctx:
            await applications.decide(ctx, application_id, act, ReturnBody(reason="等待核实"))
    return application_id


async def history(place: District, role: Role, application_id: UUID) -> list[str]:
    async with place.world.viewing(place.actors[role]) as view:
        page = await audit.history_of(view, application_id, of_application=True, after=None, limit=100)
    return [row.action.partition(".")[2] for row in page.rows]


async def listed(place: District, role: Role, **filters: UUID | str | list[str]) -> list[audit.AuditEventRow]:
    async with place.world.viewing(place.actors[role]) as view:
        chosen = dict.fromkeys(audit.FILTERS) | filters
        page = await audit.search(view, after=None, limit=100, **chosen)
    return list(page.rows)


def _columns(model: type[Base]) -> list[str]:
    return [each.key for each in inspect(model).column_attrs if not each.columns[0].info.get("derived")]


async def test_every_changed_column_is_read_by_those_who_may_and_by_nobody_else(place: District) -> None:
    """Every table and column: an event by somebody else, kept as a change keeps it, read as every role reads it."""
    office = place.actors[Role.OFFICE]
    subjects = {subject: uuid4() for subject in COMPARED}
    rows = []
    for subject, model in COMPARED.items():
        changes = policy.changes(subject, {name: (f"旧{name}", f"新{name}") for name in _columns(model)})
        rows.append(
            AuditEvent(
                at=NOW,
                action=f"{subject}.changed",
                subject_type=subject,
                subject_id=subjects[subject],
                actor_id=office.id,
                actor_role=Role.OFFICE,
                actor_name="张弓",
                request_id=uuid4(),
                data={"changed": []},
                changes=salted(changes) if changes else None,
            )
        )
    await place.world.add(*rows)
    for role, actor in place.actors.items():
        for subject, model in COMPARED.items():
            async with place.world.viewing(actor) as view:
                page = await audit.history_of(view, subjects[subject], after=None, limit=10)
            read = {each["name"]: (each["before"], each["after"]) for row in page.rows for each in row.changes}
            shown = {name for name in _columns(model) if role in policy.READ_BY.get(f"{subject}.{name}", ())}
            hidden = role is Role.OFFICE and subject in WORKED_ON_BY_OTHERS
            assert read == ({} if hidden else {name: (f"旧{name}", f"新{name}") for name in shown}), (role, subject)


@pytest.mark.parametrize("role", OWNERS)
async def test_owners_read_everything_newest_first(place: District, role: Role) -> None:
    application_id = await worked_on(place)
    done = ["resumed", "paused", "submitted", "edited", "granted", "correction_requested", "filed"]
    assert (await history(place, role, application_id))[: len(done)] == done


async def test_the_office_reads_what_is_handed_in_or_decided(place: District) -> None:
    application_id = await worked_on(place)
    seen = await history(place, Role.OFFICE, application_id)
    assert set(seen) == {"submitted", "granted", "correction_requested", "filed"}


async def test_in_the_list_of_everything_the_office_reads_bare_facts_and_no_inward_act(place: District) -> None:
    application_id = await worked_on(place)
    rows = {row.action: row for row in (await listed(place, Role.OFFICE, subject_id=application_id))[::-1]}
    assert not rows.keys() & {"application.paused", "application.resumed"}
    edited, submitted = rows["application.edited"], rows["application.submitted"]
    assert (edited.data, edited.before_digest, edited.after_digest) == ({}, None, None)
    assert (submitted.data["from"], submitted.before_digest) == ("returned", None)
    assert submitted.after_digest is not None


async def test_others_find_in_the_list_only_what_they_did_themselves(place: District) -> None:
    await worked_on(place)
    own = place.actors[Role.UNIT].id
    assert {row.actor_id for row in await listed(place, Role.UNIT)} == {own}
    assert await listed(place, Role.UNIT, by_id=place.actors[Role.COMMITTEE].id or UUID(int=0)) == []


async def test_filters_narrow_together(place: District) -> None:
    application_id = await worked_on(place)
    found = await listed(place, Role.OFFICE, subject_id=application_id, action=["application.filed", "plan.created"])
    assert [row.action for row in found] == ["application.filed"]
