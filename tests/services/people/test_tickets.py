from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.context import Actor
from app.keyring import Keyring, new_key
from app.models.enums import Role
from app.services.people import tickets
from app.services.policies.people.tickets import end_of
from tests.world import NOW, World, actor_of
from tests.world.people import person

ADDRESS, OTHER = "/api/v1/documents/1/content", "/api/v1/documents/2/content"


async def signed_in(world: World) -> Actor:
    account = await person(world)
    session = (await (await world.sign_in(account)).get("/api/v1/session")).json()
    return replace(actor_of(account), session_id=UUID(session["id"]))


async def test_a_ticket_is_its_sessions_and_of_its_address_and_is_kept_nowhere(world: World) -> None:
    actor = await signed_in(world)
    issued = tickets.issue(world.keyring, actor, [ADDRESS, OTHER], NOW)
    assert issued.until == NOW + timedelta(minutes=10)
    first, second = issued.texts
    known = await tickets.holder(world.database, world.keyring, first, ADDRESS)
    assert known is not None
    assert (known[0].id, known[0].role, known[0].chosen_seat_id, known[1]) == (actor.id, Role.OFFICE, None, NOW)
    for ticket, address in (
        (first, OTHER),
        (second, ADDRESS),
        ("", ADDRESS),
        ("汉字", ADDRESS),
        (first + "A", ADDRESS),
    ):
        assert await tickets.holder(world.database, world.keyring, ticket, address) is None


def test_a_ticket_lasts_five_to_ten_minutes_and_is_the_same_within_five() -> None:
    ends = [end_of(NOW + timedelta(seconds=seconds)) - NOW for seconds in (0, 299, 300, 599, 600)]
    assert ends == [timedelta(minutes=minutes) for minutes in (10, 10, 15, 15, 20)]


@pytest.mark.parametrize("holds", [True, False])
async def test_a_new_key_before_the_old_leaves_the_tickets_that_are_out(world: World, *, holds: bool) -> None:
    actor = await signed_in(world)
    old, new = new_key(), new_key()
    [ticket] = tickets.issue(Keyring.of([old]), actor, [ADDRESS], NOW).texts
    ring = Keyring.of([new, old] if holds else [new])
    assert (await tickets.holder(world.database, ring, ticket, ADDRESS) is not None) is holds
