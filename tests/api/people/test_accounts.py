from typing import Any

import pytest
from sqlalchemy import select

from app.models import Account, AuditEvent
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.world import World
from tests.world.actions import possible, told
from tests.world.people import codes, enter, person

ACCOUNTS = "/api/v1/accounts"


def invited(**values: str) -> dict[str, str]:
    return {"username": "Longhua.Li", "name": "李文博", "role": "office"} | values


async def test_the_office_invites_and_the_code_is_told_once(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    unit = await world.unit(await world.committee(name="乔屯街道党工委"), name="龙华社区")
    made = await office.post(ACCOUNTS, json=invited(role="unit", unit_id=str(unit.id), phone="0315-3724062"))
    assert made.status_code == 201, made.text
    account = made.json()
    assert (account["username"], account["status"], account["phone"]) == ("longhua.li", "invited", "0315-3724062")
    assert (account["committee_name"], account["unit_name"]) == ("乔屯街道党工委", "龙华社区")
    assert account["activation_expires_at"] == "2015-04-24T02:00:00Z"

    read = (await office.get(made.headers["location"])).json()
    assert read == {name: value for name, value in account.items() if name != "activation_code"}
    async with world.database.transaction() as session:
        (row,) = await session.scalars(select(Account).where(Account.username == "longhua.li"))
        (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.action == "account.invited"))
    assert account["activation_code"].encode() not in (row.activation_hash or b"")
    assert (event.subject_id, event.committee_id) == (row.id, unit.committee_id)

    again = await office.post(ACCOUNTS, json=invited())
    assert codes(again) == [("already_exists", "/username")]


async def test_an_organisation_must_fit_the_role_and_exist(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    committee, other = await world.committee(), await world.committee()
    unit, retired = await world.unit(committee), await world.unit(committee, retired_at=world.database.clock.stopped_at)
    tried = [
        (invited(role="unit"), [("required", "/unit_id")]),
        (invited(role="committee"), [("required", "/committee_id")]),
        (invited(role="reviewer", unit_id=str(unit.id)), [("not_of_this_role", "/unit_id")]),
        (invited(role="committee", committee_id=str(unit.id)), [("unknown_reference", "/committee_id")]),
        (invited(role="unit", unit_id=str(unit.id), committee_id=str(other.id)), [("unknown_reference", "/unit_id")]),
        (invited(role="unit", unit_id=str(retired.id)), [("unknown_reference", "/unit_id")]),
    ]
    for body, found in tried:
        assert codes(await office.post(ACCOUNTS, json=body)) == found
    assert (await office.post(ACCOUNTS, json=invited(role="public"))).status_code == 422


async def test_a_committee_manages_the_accounts_of_its_own_units_only(world: World) -> None:
    committee, other = await world.committee(), await world.committee()
    unit, foreign = await world.unit(committee), await world.unit(other)
    client = await world.client_of(Role.COMMITTEE, committee=committee)
    mine = await client.post(ACCOUNTS, json=invited(username="c01.li", role="unit", unit_id=str(unit.id)))
    assert mine.status_code == 201

    assert (await client.post(ACCOUNTS, json=invited(username="boss"))).status_code == 403
    peer = invited(username="peer", role="committee", committee_id=str(committee.id))
    assert codes(await client.post(ACCOUNTS, json=peer)) == [("username_of_committee", "/username")]
    stranger = invited(username="c01.peer", role="committee", committee_id=str(other.id))
    assert codes(await client.post(ACCOUNTS, json=stranger)) == [("unknown_reference", "/committee_id")]
    theirs = await client.post(ACCOUNTS, json=invited(username="theirs", role="unit", unit_id=str(foreign.id)))
    assert codes(theirs) == [("unknown_reference", "/unit_id")]

    hidden = [
        await world.account(Role.UNIT, unit=foreign),
        await world.account(Role.COMMITTEE, committee=committee),
        await world.account(Role.OFFICE),
    ]
    for account in hidden:
        address = f"{ACCOUNTS}/{account.id}"
        assert (await client.get(address)).status_code == 404
        assert (await client.post(f"{address}/suspension")).status_code == 404
        assert (await client.post(f"{address}/invitation")).status_code == 404
        assert (await client.post(f"{address}/client-secret")).status_code == 404
        assert (await client.patch(address, json={"name": "新"}, headers={"If-Match": "*"})).status_code == 404

    address = mine.headers["location"]
    renamed = await client.patch(address, json={"name": "李文"}, headers={"If-Match": mine.json()["etag"]})
    assert renamed.json()["name"] == "李文"
    assert (await client.patch(address, json={"phone": None}, headers={"If-Match": "*"})).status_code == 200
    promoted = await client.patch(
        address, json={"role": "office", "unit_id": None, "committee_id": None}, headers={"If-Match": "*"}
    )
    assert promoted.status_code == 403
    assert (await client.post(f"{address}/suspension")).json()["status"] == "disabled"
    assert (await client.delete(f"{address}/suspension")).json()["status"] == "invited"
    listed = (await client.get(ACCOUNTS)).json()
    assert sorted(each["role"] for each in listed["items"]) == ["committee", "unit"]
    assert listed["total"] == 2


async def test_everybody_reads_and_changes_themselves_and_nobody_else(world: World) -> None:
    unit = await world.unit(await world.committee())
    account = await world.account(Role.UNIT, unit=unit)
    colleague = await world.account(Role.UNIT, unit=unit)
    client = await world.sign_in(account)
    own = (await client.get("/api/v1/account")).json()
    assert (await client.get(f"{ACCOUNTS}/{account.id}")).json() == own
    assert (await client.get(f"{ACCOUNTS}/{colleague.id}")).status_code == 404
    assert (await client.get(ACCOUNTS)).json()["total"] == 1

    changed = await client.patch("/api/v1/account", json={"phone": "3724062"}, headers={"If-Match": own["etag"]})
    assert (changed.json()["phone"], changed.json()["name"]) == ("3724062", own["name"])
    same = await client.patch("/api/v1/account", json={"phone": "3724062"}, headers={"If-Match": "*"})
    assert same.headers["etag"] == changed.headers["etag"]
    stale = await client.patch("/api/v1/account", json={"phone": None}, headers={"If-Match": own["etag"]})
    assert stale.status_code == 412
    escalated = await client.patch("/api/v1/account", json={"role": "office"}, headers={"If-Match": "*"})
    assert escalated.status_code == 422
    assert (await client.post(f"{ACCOUNTS}/{account.id}/suspension")).status_code == 403


async def test_disabling_ends_sessions_at_once_and_enabling_does_not_bring_them_back(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    account = await person(world, Role.REVIEWER)
    client = await enter(world, account)
    address = f"{ACCOUNTS}/{account.id}/suspension"
    assert (await office.post(address)).json()["status"] == "disabled"
    assert (await client.get("/api/v1/account")).status_code == 401
    assert (await office.post(address)).json()["type"] == "urn:problem-type:pinpai:wrong-state"
    assert (await office.delete(address)).json()["status"] == "active"
    assert (await client.get("/api/v1/account")).status_code == 401
    await enter(world, account)


async def test_a_new_role_or_organisation_ends_sessions_at_once(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    unit = await world.unit(await world.committee())
    other = await world.unit(await world.committee())
    account = await world.account(Role.UNIT, unit=unit)
    address, any_version = f"{ACCOUNTS}/{account.id}", {"If-Match": "*"}

    client = await world.sign_in(account)
    await office.patch(address, json={"name": "新名字", "role": "unit"}, headers=any_version)
    assert (await client.get("/api/v1/account")).json()["name"] == "新名字"

    moved = await office.patch(address, json={"unit_id": str(other.id)}, headers=any_version)
    assert (moved.json()["unit_id"], moved.json()["committee_id"]) == (str(other.id), str(other.committee_id))
    assert (await client.get("/api/v1/account")).status_code == 401

    client = await world.sign_in(account)
    reviewer = await office.patch(address, json={"role": "reviewer"}, headers=any_version)
    assert (reviewer.json()["unit_id"], reviewer.json()["committee_id"]) == (None, None)
    assert (await client.get("/api/v1/account")).status_code == 401

    machine = await office.patch(address, json={"role": "municipal"}, headers=any_version)
    assert codes(machine) == [("client_or_person", "/role")]


async def test_the_last_active_office_account_can_neither_go_nor_be_demoted(world: World) -> None:
    account = await world.account(Role.OFFICE)
    office = await world.sign_in(account)
    address = f"{ACCOUNTS}/{account.id}"
    refused = await office.post(f"{address}/suspension")
    assert codes(refused) == [("last_office_account", None)]
    demoted = await office.patch(address, json={"role": "reviewer"}, headers={"If-Match": "*"})
    assert codes(demoted) == [("last_office_account", None)]

    await world.account(Role.OFFICE)
    assert (await office.post(f"{address}/suspension")).status_code == 200
    assert (await office.get(address)).status_code == 401


async def test_an_account_tells_its_managers_their_acts_and_nobody_else_any(world: World) -> None:
    committee = await world.committee()
    unit = await world.unit(committee)
    office, liaison = await world.account(Role.OFFICE), await world.account(Role.COMMITTEE, committee=committee)
    person, machine = await world.account(Role.UNIT, unit=unit), await world.account(Role.MUNICIPAL)
    by_office, by_liaison, by_person = [await world.sign_in(each) for each in (office, liaison, person)]

    async def read(client: ContractClient, account: Account) -> dict[str, Any]:
        return dict((await client.get(f"{ACCOUNTS}/{account.id}")).json())

    managed = {"edit": [], "invite": [], "suspend": [], "reinstate": ["wrong_state"]}
    managed |= {"confirm_code": ["no_code_awaits"], "void_code": ["no_code"]}
    assert told(await read(by_liaison, person)) == managed
    managed_by_office = managed | {"reset_factors": ["no_factor"]}
    assert told(await read(by_office, person)) == managed_by_office | {
        "reassign": [],
        "issue_secret": ["person_has_password"],
    }
    assert told(await read(by_office, machine)) == managed_by_office | {
        "reassign": ["client_or_person"],
        "invite": ["client_has_secret"],
        "issue_secret": [],
    }
    last = ["last_office_account"]
    assert told((await by_office.get("/api/v1/account")).json()) == managed_by_office | {
        "reassign": last,
        "suspend": last,
        "issue_secret": ["person_has_password"],
    }
    assert told(await read(by_liaison, liaison)) == told(await read(by_person, person)) == {}
    assert all(row["actions"] is None for row in (await by_office.get(ACCOUNTS)).json()["items"])


async def test_an_account_is_refused_by_the_findings_it_told(world: World) -> None:
    office, machine = await world.account(Role.OFFICE), await world.account(Role.MUNICIPAL)
    client = await world.sign_in(office)
    tried = [
        (office, "suspend", await client.post(f"{ACCOUNTS}/{office.id}/suspension")),
        (office, "issue_secret", await client.post(f"{ACCOUNTS}/{office.id}/client-secret")),
        (machine, "invite", await client.post(f"{ACCOUNTS}/{machine.id}/invitation")),
    ]
    for account, act, refused in tried:
        read = (await client.get(f"{ACCOUNTS}/{account.id}")).json()
        assert read["actions"][act] == {"allowed": False, "findings": refused.json()["findings"]}
    await world.account(Role.OFFICE)
    assert {"suspend", "reassign"} <= {*possible((await client.get(f"{ACCOUNTS}/{office.id}")).json())}
    suspended = (await client.post(f"{ACCOUNTS}/{machine.id}/suspension")).json()
    assert possible(suspended) == ["edit", "reinstate"]


async def test_accounts_are_found_by_role_state_organisation_and_text(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    committee = await world.committee()
    unit = await world.unit(committee)
    liaison = await world.account(Role.COMMITTEE, committee=committee)
    of_unit = await world.account(Role.UNIT, unit=unit)
    await world.account(Role.REVIEWER)

    async def found(**params: str | list[str]) -> list[str]:
        answer = await office.get(ACCOUNTS, params=params)
        return [each["id"] for each in answer.json()["items"]]

    assert await found(committee_id=str(committee.id)) == [str(liaison.id), str(of_unit.id)]
    assert await found(unit_id=str(unit.id)) == [str(of_unit.id)]
    assert await found(role=["committee", "unit"], status="active") == [str(liaison.id), str(of_unit.id)]
    assert await found(q=of_unit.username.upper()) == [str(of_unit.id)]
    assert await found(status="disabled") == []
    assert await found(q="%") == []


async def test_a_client_has_a_secret_and_a_person_a_code(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    machine, human = await world.account(Role.MUNICIPAL), await world.account(Role.REVIEWER)
    assert codes(await office.post(f"{ACCOUNTS}/{machine.id}/invitation")) == [("client_has_secret", None)]
    assert codes(await office.post(f"{ACCOUNTS}/{human.id}/client-secret")) == [("person_has_password", None)]


async def test_a_committee_learns_of_no_name_that_is_taken_elsewhere(world: World) -> None:
    """A name is refused in the same words if somebody has it and if nobody has; only its own are told apart."""
    committee, other = await world.committee(code="QT"), await world.committee(code="QTX")
    unit, foreign = await world.unit(committee), await world.unit(other)
    taken = await world.account(Role.UNIT, unit=foreign)
    client = await world.client_of(Role.COMMITTEE, committee=committee)

    async def asked(username: str) -> Any:
        answer = await client.post(ACCOUNTS, json=invited(username=username, role="unit", unit_id=str(unit.id)))
        return [] if answer.status_code == 201 else answer.json()["findings"]

    assert await asked(taken.username) == await asked("nobody.here") == await asked("qtx.li")
    assert [each["code"] for each in await asked("qtx.li")] == ["username_of_committee"]
    assert await asked("qt.li") == []
    assert [each["code"] for each in await asked("QT.Li")] == ["already_exists"]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.COMMITTEE, Role.UNIT])
async def test_a_name_that_others_rely_on_is_changed_by_who_manages_the_account(world: World, role: Role) -> None:
    committee = await world.committee()
    unit = await world.unit(committee)
    account = await world.account(
        role, committee=committee if role is Role.COMMITTEE else None, unit=unit if role is Role.UNIT else None
    )
    client, any_version = await world.sign_in(account), {"If-Match": "*"}
    renamed = await client.patch("/api/v1/account", json={"name": "王秀兰"}, headers=any_version)
    assert codes(renamed) == [("name_is_managed", "/name")]
    same = await client.patch("/api/v1/account", json={"name": account.name}, headers=any_version)
    assert same.status_code == 200
    by = await world.client_of(Role.COMMITTEE, committee=committee) if role is Role.UNIT else None
    manager = by or await world.client_of(Role.OFFICE)
    managed = await manager.patch(f"{ACCOUNTS}/{account.id}", json={"name": "王秀兰"}, headers=any_version)
    assert managed.json()["name"] == "王秀兰"
