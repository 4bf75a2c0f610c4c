"""A copy of what is stored about a person: all of it, and nothing else."""

import json
from uuid import uuid4

from app.models import Account, Factor, Identity, Notification, Seat
from app.models.enums import FactorKind, Role
from app.services.policies.people.inventory import KINDS, of_a_person
from tests.world import NOW, World
from tests.world.people import attempt, enter, person

SECRET = b"secret-of-an-authenticator"


async def filled(world: World, account: Account) -> None:
    """A factor, a notification and a seat of this account, and changes by it and to it."""
    office = await person(world)
    factor = Factor(
        account_id=account.id, kind=FactorKind.TOTP, name="手机", secret=SECRET, last_step=0, confirmed_at=None
    )
    notification = Notification(
        account_id=account.id,
        role=account.role,
        kind="plan.submitted",
        occasion="1",
        subject_type="plan",
        subject_id=uuid4(),
        particulars={"name": "某计划"},
        told_at=NOW,
        by_mail=False,
    )
    committee = await world.committee()
    seat = Seat(account_id=account.id, committee_id=committee.id, reason="代班", granted_at=NOW, granted_by=office.id)
    identity = Identity(account_id=account.id, issuer="https://login.example", subject="248289761001", created_at=NOW)
    await world.add(factor, notification, seat, identity)
    client = await enter(world, office)
    address = f"/api/v1/accounts/{account.id}"
    tag = (await client.get(address)).headers["etag"]
    changed = await client.patch(address, json={"phone": "13900000000"}, headers={"If-Match": tag})
    assert changed.status_code == 200, changed.text


async def test_a_person_gets_every_column_of_the_inventory_and_no_secret(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    await filled(world, account)
    await attempt(world.client(), account.username, "wrong")
    client = await enter(world, account)
    answer = await client.post(f"/api/v1/accounts/{account.id}/export")
    assert answer.status_code == 200, answer.text
    records = answer.json()["records"]
    assert records.keys() == {column.partition(".")[0] for column in of_a_person()}
    for table, rows in records.items():
        for row in rows:
            assert {name for name in row if f"{table}.{name}" in of_a_person()} == {
                column.partition(".")[2] for column in of_a_person() if column.startswith(f"{table}.")
            }
    assert {table for table, rows in records.items() if not rows} == {"reviewers", "reviews", "recusals"}
    secret = {column.partition(".")[2] for name in ("secret", "challenge", "answer") for column in KINDS[name].columns}
    assert not any(secret & row.keys() for rows in records.values() for row in rows)
    assert records["accounts"][0]["phone"] == "13900000000"
    assert SECRET.decode() not in answer.text


async def test_it_has_what_was_done_and_from_where_and_no_other_person(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    await filled(world, account)
    client = await enter(world, account)
    (await client.post(f"/api/v1/accounts/{account.id}/export")).raise_for_status()
    records = (await client.post(f"/api/v1/accounts/{account.id}/export")).json()["records"]
    events = {event["action"]: event for event in records["audit_events"]}
    assert events["account.signed_in"]["changes"]["trace"]["address"] == "127.0.0.1"
    assert (events["account.edited"]["actor_name"], events["account.exported"]["actor_name"]) == (None, account.name)
    assert "salt" not in json.dumps(records)
