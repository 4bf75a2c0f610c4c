"""Every operation with `Act-For`, as every role: who may take which seat, and where none is taken."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.models import Account, Seat
from app.models.enums import Role
from tests.contract.client import Contract, ContractClient
from tests.world import NOW, World, key

pytestmark = pytest.mark.thorough
ROLES = (Role.OFFICE, Role.COMMITTEE, Role.UNIT, Role.REVIEWER, Role.MUNICIPAL)
TAKEN_BY = {"on paper": {"office"}, "further": {"committee"}, "another's": set(), "revoked": set(), "none": set()}
NOT_OPEN = "urn:problem-type:pinpai:seat-not-open"


def operations(contract: Contract) -> Iterator[tuple[str, str, bool]]:
    """Yield method, address and whether a seat can be taken, of each operation that needs a session."""
    for template, path in contract.document["paths"].items():
        for method, operation in path.items():
            if method in {"get", "post", "put", "patch", "delete"} and operation["security"]:
                names = {parameter["name"] for parameter in operation.get("parameters", [])}
                yield method, re.sub(r"\{[a-z_]+\}", str(uuid4()), template), "Act-For" in names


async def seats_of(world: World, holder: Account) -> Mapping[str, UUID]:
    clerk = await world.account(Role.OFFICE)
    rows: Mapping[str, Mapping[str, Any]] = {
        "on paper": {},
        "further": {"account_id": holder.id},
        "another's": {"account_id": (await world.account(Role.REVIEWER)).id},
        "revoked": {"revoked_at": NOW},
    }
    made = {}
    for name, values in rows.items():
        place = (await world.committee()).id
        seat = Seat(committee_id=place, reason="来函", granted_at=NOW, granted_by=clerk.id, **values)
        await world.add(seat)
        made[name] = seat.id
    return made | {"none": uuid4()}


async def people(world: World) -> tuple[Account, dict[str, ContractClient]]:
    committee = await world.committee()
    unit = await world.unit(committee)
    of: Mapping[Role, Any] = {Role.COMMITTEE: {"committee": committee}, Role.UNIT: {"unit": unit}}
    accounts = {role: await world.account(role, **of.get(role, {})) for role in ROLES}
    return accounts[Role.COMMITTEE], {role.value: await world.sign_in(account) for role, account in accounts.items()}


async def test_every_operation_is_open_to_those_who_may_take_the_seat_and_to_nobody_else(world: World) -> None:
    holder, clients = await people(world)
    seats = await seats_of(world, holder)
    faults = []
    for method, address, takes in operations(world.contract):
        for role, client in clients.items():
            for name, seat_id in seats.items():
                answer = await client.request(method, address, headers=key() | {"Act-For": str(seat_id)})
                kind = answer.json().get("type") if answer.status_code >= 400 else None
                expected = "422" if not takes else "open" if role in TAKEN_BY[name] else "403"
                seen = "403" if kind == NOT_OPEN else "422" if _of_header(answer.json()) else "open"
                if seen != expected:
                    faults.append(f"{method} {address} by {role}, {name}: {answer.status_code} {kind}")
    assert faults == []


def _of_header(body: object) -> bool:
    errors = body.get("errors", []) if isinstance(body, dict) else []
    return any((error.get("in"), error["pointer"]) == ("header", "/Act-For") for error in errors)


def test_seats_are_taken_where_committees_units_and_reviewers_work_and_nowhere_else(contract: Contract) -> None:
    """No account, session, factor, key, delivery or nomination is anybody's but the account's own."""
    apart = ("account", "session", "grants", "deliveries", "endpoints", "nomination", "jobs", "events", "seats")
    taken = {address.removeprefix("/api/v1/").partition("/")[0] for _, address, takes in operations(contract) if takes}
    assert {noun for noun in taken if noun.startswith(apart)} <= {"accounts"}, "the history of accounts alone"
