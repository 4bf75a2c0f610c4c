import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models import AuditEvent, LogoutToken, SignOnChallenge
from app.models.enums import Role
from app.services.people import sessions
from tests.world.people import enter, person
from tests.world.sign_ons import END, Town, brought


async def test_nothing_secret_is_logged_stored_or_in_the_history(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await town.bound(await person(town.world, Role.REVIEWER), "li")
    begun = await town.begun()
    answer = town.provider.authorize(begun["authorization_url"], "li")
    async with town.world.database.transaction() as session:
        (kept,) = await session.scalars(select(SignOnChallenge))
        stored = repr({column.name: getattr(kept, column.name) for column in SignOnChallenge.__table__.columns})
    await town.world.client().post(END, json=brought(begun, answer, code="wrong"))
    await town.sign_on("li")
    async with town.world.database.transaction() as session:
        stored += repr([event.data for event in await session.scalars(select(AuditEvent))])
    secrets = [begun["challenge"], answer.state, answer.code, "not: a % secret", "eyJ"]
    assert [each for each in secrets if each in stored + caplog.text] == []


async def test_the_history_tells_who_came_who_was_refused_and_who_signed_out_there(town: Town) -> None:
    account = await person(town.world, Role.REVIEWER)
    await town.bound(account, "li")
    await town.entered("li")
    assert (await town.told(town.provider.logout_token(sub="li"))).status_code == 204
    office = await enter(town.world, await person(town.world))
    assert (await office.post(f"/api/v1/accounts/{account.id}/suspension")).status_code == 200
    assert (await town.sign_on("li")).status_code == 401
    async with town.world.database.transaction() as session:
        about = select(AuditEvent).where(AuditEvent.subject_id == account.id).order_by(AuditEvent.ordinal)
        events = {event.action.removeprefix("account."): event for event in await session.scalars(about)}
    assert [*events][1:] == [
        *("identity_begun", "identity_bound", "signed_out_by_provider", "suspended", "sign_in_refused"),
    ]
    assert (events["signed_out_by_provider"].data["sessions_ended"], events["identity_bound"].actor_id) == (
        1,
        account.id,
    )


async def test_what_nobody_finished_is_forgotten(town: Town) -> None:
    await town.begun()
    assert (await town.told(town.provider.logout_token(sub="li"))).status_code == 204
    assert town.world.database.clock.stopped_at is not None
    town.world.database.clock.stopped_at += timedelta(minutes=16)
    await sessions.forget(town.world.database)
    async with town.world.database.transaction() as session:
        assert [(await session.scalars(select(each))).all() for each in (SignOnChallenge, LogoutToken)] == [[], []]
