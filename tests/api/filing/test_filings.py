from typing import Any
from uuid import UUID, uuid4

import pytest

from app.models import Application
from app.models.enums import CampaignStatus, Role
from app.services.history import digest_of
from app.services.policies.filing.notice import CampaignSettings
from tests.world import NO_ROWS, World, key
from tests.world.filing import District, district


@pytest.fixture
async def place(world: World) -> District:
    return await district(world, code="QT")


async def test_a_committee_files_its_minimum_and_holds_a_receipt(place: District) -> None:
    first, second = await place.sealed(), await place.sealed()
    answer = await place.file(second, first)
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    assert (receipt["number"], receipt["size"], receipt["committee_name"]) == (
        "2015-QT-R01",
        2,
        place.committee.name,
    )
    assert [item["application_id"] for item in receipt["items"]] == [str(second), str(first)]
    assert [item["version"] for item in receipt["items"]] == [2, 2]
    assert answer.headers["location"] == f"/api/v1/filings/{receipt['id']}"
    for client in (place.by_committee, place.by_office):
        assert (await client.get(answer.headers["location"])).json() == receipt
        assert [row["id"] for row in (await client.get("/api/v1/filings")).json()["items"]] == [receipt["id"]]


async def test_a_dry_run_answers_as_the_filing_would_and_nothing_stays(place: District) -> None:
    first, second = await place.sealed(), await place.sealed()

    async def file(*ids: UUID, dry_run: bool) -> Any:
        body = {"campaign_id": str(place.campaign.id), "application_ids": [str(each) for each in ids]}
        return await place.by_committee.post("/api/v1/filings", json=body | {"dry_run": dry_run}, headers=key())

    tried = await file(first, second, dry_run=True)
    assert (tried.status_code, tried.headers.get("location")) == (200, None), tried.text
    assert (await place.by_committee.get("/api/v1/filings")).json()["total"] == 0
    events = await place.by_office.get("/api/v1/audit-events", params={"action": ["filing.made", "application.filed"]})
    assert events.json()["total"] == 0
    refused = [await file(first, dry_run=dry_run) for dry_run in (True, False)]
    assert [each.status_code for each in refused] == [409, 409]
    assert refused[0].json()["findings"] == refused[1].json()["findings"]
    filed = await file(first, second, dry_run=False)
    assert (filed.status_code, filed.json()["number"]) == (201, tried.json()["number"])
    assert filed.json()["items"] == tried.json()["items"]


async def test_whoever_holds_a_receipt_can_compute_its_digest(place: District) -> None:
    receipt = (await place.file(await place.sealed(), await place.sealed())).json()
    covered = {name: receipt[name] for name in ("number", "campaign_id", "committee_id", "filed_at")}
    items = [{name: item[name] for name in ("application_number", "version", "digest")} for item in receipt["items"]]
    assert receipt["digest"] == digest_of(covered | {"items": items})


async def test_a_unit_sees_no_filing_but_when_its_application_was_filed(place: District) -> None:
    ids = await place.filed(2)
    assert (await place.by_unit.get("/api/v1/filings")).json()["items"] == []
    listed = (await place.by_committee.get("/api/v1/filings")).json()["items"]
    assert (await place.by_unit.get(f"/api/v1/filings/{listed[0]['id']}")).status_code == 404
    application = (await place.by_unit.get(f"/api/v1/applications/{ids[0]}")).json()
    assert (application["status"], application["filed_at"]) == ("filed", "2015-04-21T02:00:00Z")


async def test_another_committee_sees_nothing_of_a_filing(world: World, place: District) -> None:
    await place.filed(2)
    filing = (await place.by_office.get("/api/v1/filings")).json()["items"][0]
    other = await world.client_of(Role.COMMITTEE, committee=await world.committee())
    assert (await other.get(f"/api/v1/filings/{filing['id']}")).status_code == 404
    assert (await other.get("/api/v1/filings")).json() == NO_ROWS


async def test_one_alone_is_refused_and_one_more_is_not(place: District) -> None:
    one = await place.sealed()
    refused = await place.file(one)
    assert codes(refused) == [("too_few_applications", "/application_ids")]
    assert await place.status(one) == "endorsed"
    await place.filed(2)
    assert (await place.file(one)).json()["number"] == "2015-QT-R02"


async def test_the_maximum_is_not_evaded_by_declining_and_considering_again(world: World) -> None:
    place = await district(world, await world.campaign(maximum_filed=3))
    first, *_ = await place.filed(3)
    address = f"/api/v1/applications/{first}"
    assert (await place.by_office.post(f"{address}/correction-request", json=CORRECTION)).status_code == 200
    assert (await place.by_unit.post(f"{address}/submission", headers=key())).status_code == 200
    assert (await place.by_committee.post(f"{address}/decline", json=WITHDRAWN, headers=key())).status_code == 200
    assert (await place.file(await place.sealed())).status_code == 201
    again = await place.by_committee.post(f"{address}/reconsideration", json=WITHDRAWN, headers=key())
    assert again.status_code == 200, again.text
    await place.seal(UUID(address.rpartition("/")[2]))
    offered = (await place.by_committee.get(address)).json()["actions"]["file"]
    assert [each["message"] for each in offered["findings"]] == [
        "连同已上报的（含退回补正的，不含不予受理的）共 4 件，最多 3 件。"
    ]


async def test_a_disqualified_case_gives_its_place_back_and_the_office_grants_more(world: World) -> None:
    place = await district(world, await world.campaign(maximum_filed=2))
    one, _ = await place.filed(2)
    another, more = await place.sealed(), await place.sealed()
    assert codes(await place.file(another)) == [("too_many_applications", "/application_ids")]
    address, untrue = f"/api/v1/applications/{one}", {"reason_codes": ["untrue"]}
    assert (await place.by_office.post(f"{address}/disqualification", json=untrue)).status_code == 200
    assert (await place.file(another)).status_code == 201
    back = await place.by_office.post(f"{address}/check-reversal", json=WITHDRAWN)
    assert back.status_code == 200, back.text
    assert codes(await place.file(more)) == [("too_many_applications", "/application_ids")]
    whom = {"campaign_id": str(place.campaign.id), "committee_id": str(place.committee.id)}
    granted = whom | {"limit": "maximum_filed", "value": 4} | WITHDRAWN
    assert (await place.by_office.post("/api/v1/exemptions", json=granted, headers=key())).status_code == 201
    assert (await place.file(more)).status_code == 201


CORRECTION = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
WITHDRAWN = {"reason": "本年度不再参评。"}


async def test_what_the_office_sent_back_is_filed_again_whatever_it_decided_on_the_other(place: District) -> None:
    first, other = await place.filed(2)
    asked = await place.by_office.post(f"/api/v1/applications/{first}/correction-request", json=CORRECTION)
    assert asked.status_code == 200, asked.text
    decided = {"reason_codes": ["untrue"]}
    gone = await place.by_office.post(f"/api/v1/applications/{other}/disqualification", json=decided, headers=key())
    assert gone.status_code == 200, gone.text
    address = f"/api/v1/applications/{first}"
    assert (await place.by_unit.post(f"{address}/submission", headers=key())).status_code == 200
    await place.seal(first)
    assert (await place.by_committee.get(address)).json()["actions"]["file"] == {"allowed": True, "findings": []}
    assert (await place.file(first)).status_code == 201


async def test_what_is_out_for_correction_stays_put_forward(place: District) -> None:
    """Neither it nor what was filed with it is taken back alone, by whatever act: all of them, or the minimum stays."""
    first, other = await place.filed(2)
    await place.by_office.post(f"/api/v1/applications/{first}/correction-request", json=CORRECTION)
    address = f"/api/v1/applications/{first}"
    for each in (first, other):
        alone = await place.by_committee.post(f"/api/v1/applications/{each}/withdrawal", json=WITHDRAWN, headers=key())
        assert codes(alone) == [("too_few_applications", None)]
    assert (await place.by_unit.post(f"{address}/submission", headers=key())).status_code == 200
    by_unit = await place.by_unit.post(f"{address}/withdrawal", json=WITHDRAWN, headers=key())
    assert codes(by_unit) == [("committee_withdraws", None)]
    for act in ("decline", "withdrawal"):
        alone = await place.by_committee.post(f"{address}/{act}", json=WITHDRAWN, headers=key())
        assert codes(alone) == [("too_few_applications", None)]
    both = {"application_ids": [str(first), str(other)]} | WITHDRAWN
    assert (await place.by_committee.post("/api/v1/withdrawals", json=both, headers=key())).status_code == 200
    assert await place.status(first) == await place.status(other) == "withdrawn"


async def considered_again(place: District, application_id: UUID) -> str:
    """Take a filed case that the office sends back through declination back into the selection."""
    address = f"/api/v1/applications/{application_id}"
    await place.by_office.post(f"{address}/correction-request", json=CORRECTION)
    assert (await place.by_unit.post(f"{address}/submission", headers=key())).status_code == 200
    for act in ("decline", "reconsideration"):
        answer = await place.by_committee.post(f"{address}/{act}", json=WITHDRAWN, headers=key())
        assert answer.status_code == 200, answer.text
    return address


async def test_what_is_considered_again_counts_with_what_else_is_sealed(place: District) -> None:
    again, *others = await place.filed(3)
    address = await considered_again(place, again)
    rest = {"application_ids": [str(each) for each in others]} | WITHDRAWN
    assert (await place.by_committee.post("/api/v1/withdrawals", json=rest, headers=key())).status_code == 200
    await place.seal(again)
    offered = (await place.by_committee.get(address)).json()["actions"]["file"]
    assert [each["code"] for each in offered["findings"]] == ["too_few_applications"]
    assert codes(await place.file(again)) == [("too_few_applications", "/application_ids")]
    another = await place.sealed()
    assert (await place.by_committee.get(address)).json()["actions"]["file"]["allowed"]
    assert (await place.file(again, another)).status_code == 201
    alone = await place.by_committee.post(f"{address}/withdrawal", json=WITHDRAWN, headers=key())
    assert codes(alone) == [("too_few_applications", None)]


async def test_what_is_considered_again_and_never_filed_anew_leaves_no_single_case_behind(place: District) -> None:
    again, other, _ = await place.filed(3)
    await considered_again(place, again)
    alone = await place.by_committee.post(f"/api/v1/applications/{other}/withdrawal", json=WITHDRAWN, headers=key())
    assert codes(alone) == [("too_few_applications", None)]
    progress = await place.by_office.get("/api/v1/progress", params={"campaign_id": str(place.campaign.id)})
    figures = progress.json()["totals"]
    assert [figures[name] for name in ("submitted", "out_for_correction", "standing")] == [1, 0, 2]


async def test_what_the_office_disqualified_counts_as_put_forward(place: District) -> None:
    for each in await place.filed(2):
        body = {"reason_codes": ["untrue"]}
        await place.by_office.post(f"/api/v1/applications/{each}/disqualification", json=body)
    assert (await place.file(await place.sealed())).status_code == 201


async def test_filing_says_beforehand_that_the_minimum_is_out_of_reach(place: District) -> None:
    one = await place.sealed()
    said = (await place.by_committee.get(f"/api/v1/applications/{one}")).json()["actions"]["file"]
    assert (said["allowed"], [each["code"] for each in said["findings"]]) == (False, ["too_few_applications"])
    await place.sealed()
    assert (await place.by_committee.get(f"/api/v1/applications/{one}")).json()["actions"]["file"]["allowed"]


async def test_every_reason_is_told_at_once(world: World, place: District) -> None:
    sealed, submitted = await place.sealed(), await place.submitted()
    foreign = await (await district(world, place.campaign)).sealed()
    answer = await place.file(sealed, submitted, foreign, UUID(int=0))
    assert codes(answer) == [
        ("wrong_state", "/application_ids/1"),
        ("seal_missing", "/application_ids/1"),
        ("unknown_reference", "/application_ids/2"),
        ("unknown_reference", "/application_ids/3"),
    ]
    assert await place.status(sealed) == "endorsed"


async def test_another_campaign_and_an_unknown_one_are_refused(world: World, place: District) -> None:
    ids = [await place.sealed(), await place.sealed()]
    draft = await world.campaign(status=CampaignStatus.DRAFT, year=2016)
    other = await world.campaign(year=2017)
    for campaign, expected in (
        (draft.id, [("unknown_reference", "/campaign_id")]),
        (uuid4(), [("unknown_reference", "/campaign_id")]),
        (other.id, [("unknown_reference", "/application_ids/0"), ("unknown_reference", "/application_ids/1")]),
    ):
        body = {"campaign_id": str(campaign), "application_ids": [str(each) for each in ids]}
        answer = await place.by_committee.post("/api/v1/filings", json=body, headers=key())
        assert codes(answer) == expected


async def test_only_a_committee_files(place: District) -> None:
    body = {"campaign_id": str(place.campaign.id), "application_ids": [str(await place.sealed())]}
    for client in (place.by_unit, place.by_office):
        assert (await client.post("/api/v1/filings", json=body, headers=key())).status_code == 403


@pytest.mark.parametrize("count", [0, 201])
async def test_a_filing_names_between_one_and_two_hundred(place: District, count: int) -> None:
    assert (await place.file(*[uuid4() for _ in range(count)])).status_code == 422


async def test_naming_one_twice_is_refused_with_a_pointer(place: District) -> None:
    one = await place.sealed()
    errors = (await place.file(one, one)).json()["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [("/application_ids", "not_unique")]


async def test_a_second_send_of_one_key_files_once(place: District) -> None:
    body = {
        "campaign_id": str(place.campaign.id),
        "application_ids": [str(await place.sealed()), str(await place.sealed())],
    }
    once = key()
    answers = [await place.by_committee.post("/api/v1/filings", json=body, headers=once) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert (await place.by_office.get("/api/v1/filings")).json()["total"] == 1


async def test_after_the_deadline_nothing_is_filed(world: World, place: District) -> None:
    ids = [await place.sealed(), await place.sealed()]
    deadline = world.database.clock
    deadline.stopped_at = place_deadline(place)
    assert codes(await place.file(*ids)) == [
        ("deadline_passed", "/application_ids/0"),
        ("deadline_passed", "/application_ids/1"),
    ]


async def test_what_was_sealed_and_changed_since_is_not_filed(world: World, place: District) -> None:
    ids = [await place.sealed(), await place.sealed()]
    async with world.database.transaction() as session:
        (await session.get_one(Application, ids[0])).endorsed_digest = "f" * 64
    assert codes(await place.file(*ids)) == [("seal_outdated", "/application_ids/0")]


def codes(answer: Any) -> list[tuple[str, str | None]]:
    assert answer.status_code == 409, answer.text
    return [(finding["code"], finding["pointer"]) for finding in answer.json()["findings"]]


def place_deadline(place: District) -> Any:
    settings = CampaignSettings.model_validate(place.campaign.settings)
    return settings.closes_at(settings.applications)


EXACTLY_TWO = {"kind": "district_direct", "minimum": 2, "maximum": 2}


async def test_a_kind_of_committee_files_exactly_as_many_as_the_notice_says(world: World) -> None:
    campaign = await world.campaign(filed_by_kind=[EXACTLY_TWO])
    place = await district(world, campaign, kind="district_direct")
    one, two, three = [await place.sealed() for _ in range(3)]
    tried = [await place.file(*each) for each in ((one,), (one, two, three), (one, two), (three,))]
    assert [codes(each) if each.status_code == 409 else [] for each in tried] == [
        [("too_few_applications", "/application_ids")],
        [("too_many_applications", "/application_ids")],
        [],
        [("too_many_applications", "/application_ids")],
    ]
    left = (await place.by_committee.get(f"/api/v1/applications/{three}")).json()["actions"]["file"]["findings"]
    assert [each["message"] for each in left] == ["连同已上报的（含退回补正的，不含不予受理的）共 3 件，最多 2 件。"]
    mine = (await place.by_committee.get(f"/api/v1/campaigns/{campaign.id}")).json()["limits"]
    assert (mine["minimum_filed"], mine["maximum_filed"]) == (2, 2)
    await world.committee()
    progress = await place.by_office.get("/api/v1/progress", params={"campaign_id": str(campaign.id)})
    numbers = [(each["minimum_filed"], each["maximum_filed"]) for each in progress.json()["committees"]]
    assert numbers == [(2, 2), (2, None)]
    swap = {"application_id": str(one), "replacement_id": str(three), "reason": "误报。"}
    assert (await place.by_committee.post("/api/v1/swaps", json=swap, headers=key())).status_code == 201
