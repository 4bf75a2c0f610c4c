from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response

from app.services.policies.filing.notice import CampaignSettings
from tests.contract.client import ContractClient
from tests.world import World, key
from tests.world.filing import District, district


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def withdraw(client: ContractClient, application_id: UUID, **body: Any) -> Response:
    return await client.post(f"/api/v1/applications/{application_id}/withdrawal", json=body, headers=key())


async def withdraw_together(client: ContractClient, *application_ids: UUID) -> Response:
    body = {"application_ids": [str(each) for each in application_ids], "reason": "本年度不再参评。"}
    return await client.post("/api/v1/withdrawals", json=body, headers=key())


def codes(answer: Response) -> list[tuple[str, str | None]]:
    assert answer.status_code == 409, answer.text
    return [(finding["code"], finding["pointer"]) for finding in answer.json()["findings"]]


async def test_a_unit_takes_back_what_it_submitted(place: District) -> None:
    without_a_body = f"/api/v1/applications/{await place.submitted()}/withdrawal"
    assert (await place.by_unit.post(without_a_body, headers=key())).json()["status"] == "withdrawn"
    application_id = await place.submitted()
    answer = await withdraw(place.by_unit, application_id, reason="明年再报。")
    assert (answer.json()["status"], answer.json()["reason"]) == ("withdrawn", "明年再报。")


async def test_a_unit_may_not_take_back_what_is_sealed(place: District) -> None:
    answer = await withdraw(place.by_unit, await place.sealed())
    assert answer.json()["type"] == "urn:problem-type:pinpai:wrong-state"


async def test_a_withdrawal_voids_the_seal_and_keeps_the_versions(place: District) -> None:
    application_id = await place.sealed()
    answer = await withdraw(place.by_committee, application_id)
    assert (answer.json()["status"], answer.json()["sealed"], answer.json()["versions"]) == ("withdrawn", False, 1)


async def test_a_filed_set_never_ends_between_nothing_and_the_minimum(place: District) -> None:
    first, second, third = await place.filed(3)
    assert (await withdraw(place.by_committee, first)).status_code == 200
    assert codes(await withdraw(place.by_committee, second)) == [("too_few_applications", None)]
    both = await withdraw_together(place.by_committee, second, third)
    assert both.json() == {
        "application_ids": [str(second), str(third)],
        "withdrawn_at": "2015-04-21T02:00:00Z",
    }
    assert [await place.status(each) for each in (second, third)] == ["withdrawn", "withdrawn"]


async def test_two_of_three_together_are_refused_once_and_both_stay(place: District) -> None:
    first, second, _ = await place.filed(3)
    assert codes(await withdraw_together(place.by_committee, first, second)) == [
        ("too_few_applications", "/application_ids")
    ]
    assert [await place.status(each) for each in (first, second)] == ["filed", "filed"]


async def test_what_is_not_filed_yet_does_not_count(place: District) -> None:
    await place.filed(2)
    sealed = await place.sealed()
    assert (await withdraw_together(place.by_committee, sealed)).status_code == 200


async def test_every_reason_is_told_at_once(world: World, place: District) -> None:
    first, _ = await place.filed(2)
    foreign = await (await district(world, place.campaign)).submitted()
    declined = await place.submitted()
    reason = {"reason": "重复申报。"}
    assert (await place.by_committee.post(f"/api/v1/applications/{declined}/decline", json=reason)).status_code == 200
    assert codes(await withdraw_together(place.by_committee, first, foreign, declined)) == [
        ("unknown_reference", "/application_ids/1"),
        ("wrong_state", "/application_ids/2"),
        ("too_few_applications", "/application_ids"),
    ]


async def test_after_the_deadline_nothing_is_withdrawn(world: World, place: District) -> None:
    application_id = await place.submitted()
    settings = CampaignSettings.model_validate(place.campaign.settings)
    world.database.clock.stopped_at = settings.closes_at(settings.applications)
    assert codes(await withdraw(place.by_unit, application_id)) == [("deadline_passed", None)]
    assert codes(await withdraw_together(place.by_unit, application_id)) == [("deadline_passed", "/application_ids/0")]


async def test_the_office_withdraws_nothing(place: District) -> None:
    first, _ = await place.filed(2)
    assert (await withdraw(place.by_office, first)).status_code == 403
    assert (await withdraw_together(place.by_office, first)).status_code == 403
    assert (await withdraw(place.by_office, uuid4())).status_code == 404


async def test_the_office_goes_on_seeing_what_was_filed_and_withdrawn(place: District) -> None:
    first, *_ = await place.filed(3)
    await withdraw(place.by_committee, first, reason="单位撤并。")
    application = (await place.by_office.get(f"/api/v1/applications/{first}")).json()
    assert (application["status"], application["reason"], application["brand_name"]) == (
        "withdrawn",
        "单位撤并。",
        "“红马甲”邻里互助站",
    )
