"""Seats over HTTP: what the office enters from paper, and one person in several places."""

from sqlalchemy import select

from app.models import Account, AuditEvent, Committee, Unit
from app.models.enums import AccountStatus, Role
from tests.scenarios import steps
from tests.scenarios.steps import done
from tests.world import World, key
from tests.world.filing import district
from tests.world.judging import judging
from tests.world.people import attempt, codes, person
from tests.world.seats import WHY, seated

SEATS = "/api/v1/seats"


async def paper_committee(world: World) -> tuple[Committee, list[Unit]]:
    committee = await world.committee()
    return committee, [await world.unit(committee) for _ in range(2)]


async def test_the_consent_of_a_partner_on_paper_is_entered_by_the_office_as_itself(world: World) -> None:
    place = await district(world)
    partner = await world.unit(await world.committee(), name="新华里社区")
    clerk = await world.account(Role.OFFICE)
    by_paper = await seated(world, clerk, unit_id=partner.id)
    href = f"/api/v1/applications/{await place.complete()}"
    body = {"partners": [{"unit_id": str(partner.id)}]}
    done(await place.by_unit.put(f"{href}/partners", json=body, headers={"If-Match": "*"}))
    agreed = done(await by_paper.post(f"{href}/partnership"))
    assert agreed["partners"][0]["agreed_at"] is not None
    async with world.database.transaction() as session:
        (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.action == "partner.agreed"))
    assert (event.actor_id, event.actor_role, event.data["acting_for"]["name"]) == (clerk.id, Role.OFFICE, "新华里社区")
    done(await place.by_unit.post(f"{href}/submission", headers=key()))


async def test_a_committee_enters_the_consent_of_a_unit_whose_seat_it_holds_and_of_no_other(world: World) -> None:
    place, committee = await district(world), await world.committee()
    partner = await world.unit(committee, name="新华里社区")
    liaison = await world.account(Role.COMMITTEE, committee=committee)
    by_itself, by_seat = await world.sign_in(liaison), await seated(world, liaison, liaison, unit_id=partner.id)
    elsewhere = await seated(world, liaison, liaison, unit_id=(await world.unit(committee)).id)
    href = f"/api/v1/applications/{await place.complete()}"
    body = {"partners": [{"unit_id": str(partner.id)}]}
    done(await place.by_unit.put(f"{href}/partners", json=body, headers={"If-Match": "*"}))
    for client in (by_itself, elsewhere):
        assert (await client.post(f"{href}/partnership")).status_code == 404
    assert done(await by_seat.post(f"{href}/partnership"))["partners"][0]["agreed_at"] is not None
    done(await by_seat.delete(f"{href}/partnership", headers={"If-Match": "*"}), 204)
    async with world.database.transaction() as session:
        of_partner = AuditEvent.action.in_(["partner.agreed", "partner.left"])
        events = (await session.scalars(select(AuditEvent).where(of_partner))).all()
    done_by = [(event.actor_id, event.actor_role, event.data["acting_for"]["name"]) for event in events]
    assert done_by == [(liaison.id, Role.UNIT, "新华里社区")] * 2


async def test_the_office_enters_all_of_a_paper_committee_as_itself_and_it_is_recorded_so(world: World) -> None:
    campaign = await world.campaign()
    committee, units = await paper_committee(world)
    clerk = await world.account(Role.OFFICE)
    by_paper = await seated(world, clerk, committee_id=committee.id)
    plan = {"campaign_id": str(campaign.id), "cases": [{"name": "道德讲堂", "unit_id": str(units[0].id)}]}
    made = done(await by_paper.post("/api/v1/plans", json=plan), 201)
    done(await by_paper.post(f"/api/v1/plans/{made['id']}/submission", headers=key()))
    sealed = []
    for unit in units:
        body = {"campaign_id": str(campaign.id), "unit_id": str(unit.id)}
        application = done(await by_paper.post("/api/v1/applications", json=body, headers=key()), 201)
        href = f"/api/v1/applications/{application['id']}"
        await steps.complete(by_paper, href)
        done(await by_paper.post(f"{href}/submission", headers=key()))
        await steps.seal(by_paper, href)
        sealed.append(href)
    receipt = done(await steps.file(by_paper, campaign.id, *sealed), 201)
    assert receipt["committee_id"] == str(committee.id)
    async with world.database.transaction() as session:
        events = (await session.scalars(select(AuditEvent).where(AuditEvent.actor_id == clerk.id))).all()
    assert {event.actor_role for event in events} == {Role.OFFICE}
    assert {event.data["acting_for"]["name"] for event in events} == {committee.name}
    by_clerk = await world.sign_in(clerk)
    mine = done(await by_clerk.get("/api/v1/audit-events", params={"actor_id": str(clerk.id), "limit": 100}))["items"]
    assert all(event["data"]["acting_for"]["on_paper"] for event in mine)


async def test_a_paper_seat_ends_with_the_first_account_that_is_activated(world: World) -> None:
    committee, units = await paper_committee(world)
    clerk = await world.account(Role.OFFICE)
    by_paper = await seated(world, clerk, committee_id=committee.id)
    assert (await by_paper.get("/api/v1/units")).status_code == 200
    office = await world.client_of(Role.OFFICE)
    body = {"username": "the.unit", "name": "李文博", "role": "unit", "unit_id": str(units[0].id)}
    invited = done(await office.post("/api/v1/accounts", json=body), 201)
    assert (await by_paper.get("/api/v1/units")).status_code == 200
    activation = {"code": invited["activation_code"], "password": "borrowed lamp, tin heron"}
    done(await world.client().post("/api/v1/activations", json=activation))
    assert (await by_paper.get("/api/v1/units")).json()["type"].endswith("seat-not-open")
    done(await office.post(f"/api/v1/accounts/{invited['id']}/suspension", headers=key()))
    assert (await by_paper.get("/api/v1/units")).status_code == 403
    again = await office.post(SEATS, json={"committee_id": str(committee.id), "reason": WHY})
    assert codes(again) == [("seat_in_use", None)]


async def test_nobody_reads_drafts_by_taking_an_account_away(world: World) -> None:
    """An account that has drafted is reassigned: the office gets no seat where it acted."""
    place = await district(world)
    await steps.begin(place.by_unit, place.campaign.id)
    elsewhere = await world.committee()
    body = {"role": "committee", "committee_id": str(elsewhere.id)}
    for account in (place.member, place.liaison):
        href = f"/api/v1/accounts/{account.id}"
        done(await place.by_office.patch(href, json=body, headers={"If-Match": "*"}))
    for name, row in (("committee_id", place.committee), ("unit_id", place.unit)):
        asked = {name: str(row.id), "reason": WHY}
        assert codes(await place.by_office.post(SEATS, json=asked)) == [("seat_in_use", None)]


async def test_the_office_enters_a_sheet_of_scores_for_a_reviewer_without_an_account(world: World) -> None:
    made = await judging(world, cases=1, judges=1)
    reviewer, clerk = made.judges[0], await world.account(Role.OFFICE)
    async with world.database.transaction() as session:
        (await session.get_one(Account, reviewer.id)).status = AccountStatus.INVITED
    await made.assign(made.cases[0], reviewer)
    by_paper = await seated(world, clerk, reviewer_id=reviewer.id)
    [case] = done(await by_paper.get("/api/v1/cases"))["items"]
    href = f"/api/v1/cases/{case['id']}/review"
    scores = {"scores": [{"code": each["code"], "score": 80} for each in made.round.criteria], "remark": "纸质评分表"}
    done(await by_paper.put(href, json=scores, headers={"If-Match": "*"}))
    done(await by_paper.post(f"{href}/submission", headers=key()))
    [review] = done(await made.by_office.get(f"/api/v1/rounds/{made.round.id}/reviews"))["items"]
    assert review["reviewer_id"] == str(reviewer.id)
    async with world.database.transaction() as session:
        handed_in = await session.scalar(select(AuditEvent).where(AuditEvent.action == "review.submitted"))
    assert handed_in is not None
    assert (handed_in.actor_id, handed_in.data["acting_for"]["role"]) == (clerk.id, "reviewer")


async def test_a_liaison_of_two_committees_chooses_one_per_request(world: World) -> None:
    place = await district(world)
    other, units = await paper_committee(world)
    stranger = await seated(world, place.liaison, place.liaison, committee_id=other.id)
    found = done(await stranger.get("/api/v1/units"))["items"]
    assert {row["id"] for row in found} == {str(unit.id) for unit in units}
    own = await world.sign_in(place.liaison)
    assert [row["id"] for row in done(await own.get("/api/v1/units"))["items"]] == [str(place.unit.id)]
    seat = done(await own.get(SEATS))["items"][0]
    done(await place.by_office.post(f"{SEATS}/{seat['id']}/revocation", json={"reason": "任期届满。"}))
    assert (await stranger.get("/api/v1/units")).status_code == 403
    assert done(await own.get(SEATS))["items"] == []
    again = await place.by_office.post(f"{SEATS}/{seat['id']}/revocation", json={"reason": "任期届满。"})
    assert codes(again) == [("already_revoked", None)]


async def test_a_key_is_one_accounts_and_one_seats(world: World) -> None:
    campaign, clerk = await world.campaign(), await world.account(Role.OFFICE)
    once, answers = key(), []
    for _ in range(2):
        committee, (unit, _) = await paper_committee(world)
        by_paper = await seated(world, clerk, committee_id=committee.id)
        body = {"campaign_id": str(campaign.id), "unit_id": str(unit.id)}
        answers += [await by_paper.post("/api/v1/applications", json=body, headers=once) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201, 422, 422]
    assert answers[0].json()["id"] == answers[1].json()["id"]


async def test_a_session_acts_in_the_seat_that_was_chosen_with_its_sign_in_unless_a_request_names_another(
    world: World,
) -> None:
    place = await district(world)
    other, units = await paper_committee(world)
    liaison = await person(world, Role.COMMITTEE, committee=place.committee)
    body = {"reason": WHY, "account_id": str(liaison.id), "committee_id": str(other.id)}
    seat = done(await place.by_office.post(SEATS, json=body), 201)
    plain = done(await attempt(world.client(), liaison.username), 201)
    assert (plain["seat_id"], plain["seats"]) == (
        None,
        [{"id": seat["id"], "role": "committee", "name": other.name}],
    )
    there = done(await attempt(world.client(**{"Act-For": seat["id"]}), liaison.username), 201)
    client = world.client(Authorization=f"Bearer {there['token']}")
    assert (there["seat_id"], done(await client.get("/api/v1/session"))["seat_id"]) == (seat["id"], seat["id"])
    own = {"Act-For": str(liaison.id)}
    for headers, found in (({}, {str(unit.id) for unit in units}), (own, {str(place.unit.id)})):
        rows = done(await client.get("/api/v1/units", headers=headers))["items"]
        assert {row["id"] for row in rows} == found
    plan = {"campaign_id": str(place.campaign.id), "cases": [{"name": "道德讲堂", "unit_id": str(units[0].id)}]}
    done(await client.post("/api/v1/plans", json=plan, headers=key()), 201)
    async with world.database.transaction() as session:
        event = await session.scalar(select(AuditEvent).where(AuditEvent.action == "plan.created"))
    assert event is not None
    assert (event.actor_id, event.data["acting_for"]["seat_id"]) == (liaison.id, seat["id"])
    stranger = await person(world, Role.COMMITTEE, committee=await world.committee())
    refused = await attempt(world.client(**{"Act-For": seat["id"]}), stranger.username)
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (403, "seat-not-open")
    wrong = await attempt(world.client(**{"Act-For": seat["id"]}), liaison.username, "wrong words here")
    assert wrong.status_code == 401
    done(await place.by_office.post(f"{SEATS}/{seat['id']}/revocation", json={"reason": "任期届满。"}))
    assert (await client.get("/api/v1/units")).status_code == 403
    assert (await client.get("/api/v1/units", headers=own)).status_code == 200
    done(await client.delete("/api/v1/session"), 204)


def test_a_seat_chosen_with_the_sign_in_is_taken_for_all_that_committees_and_units_read(world: World) -> None:
    """A route without seats answers the account's own material, which nobody may take for the other's."""
    without = {
        path.removeprefix("/api/v1/").partition("/")[0]
        for path, item in world.contract.document["paths"].items()
        if item.get("get", {}).get("security")
        and "Act-For" not in {parameter["name"] for parameter in item["get"].get("parameters", [])}
    }
    own = {"account", "account-lists", "accounts", "notifications", "seats", "session", "sessions", "stream"}
    of_the_offices = {
        *("campaigns", "commendations", "composites", "deliveries", "endpoints", "events", "grants"),
        *("earlier-win-lists", "earlier-wins"),
        "figure-tables",
        *("jobs", "nominations"),
        *("nomination-manifests", "objections", "organisation-lists", "proposals", "reviewers", "rounds", "statistics"),
    }
    assert without == own | of_the_offices
