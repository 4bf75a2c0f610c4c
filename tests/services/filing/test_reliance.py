from typing import Any

from httpx2 import Response

from tests.world import World
from tests.world.cells import cell
from tests.world.filing import district
from tests.world.handover import nominating

Told = list[tuple[str, str, dict[str, int]]]
PATH, ANY = "/api/v1/campaigns", {"If-Match": "*"}


def codes(answer: Response) -> Told:
    return [(each["code"], each["pointer"], each["params"]) for each in answer.json()["findings"]]


async def test_a_change_that_somebody_made_use_of_is_not_taken_back(world: World) -> None:
    place = await nominating(world, cases=0, minimum_filed=2)
    path, settings = f"{PATH}/{place.campaign.id}", place.campaign.settings
    for minimum, expected in ((1, 200), (2, 409)):
        body = settings | {"minimum_filed": minimum, "reason": "更正。"}
        answer = await place.by_office.put(path, json=body, headers=ANY)
        assert answer.status_code == expected, answer.text
        if minimum == 1:
            await place.case()
    assert codes(answer) == [("change_was_used", "/minimum_filed", {"count": 1})]


async def test_the_length_of_a_cell_is_loosened_and_taken_back_while_nobody_is_beyond_it(world: World) -> None:
    place = await district(world)
    path, settings = f"{PATH}/{place.campaign.id}", place.campaign.settings

    async def put(**lengths: int | None) -> Response:
        changed = {name: size for name, size in (settings["field_lengths"] | lengths).items() if size}
        body = settings | {"field_lengths": changed, "reason": "更正。"}
        return await place.by_office.put(path, json=body, headers=ANY)

    assert codes(await put(brand_name=50)) == [("hurtful_change", "/field_lengths/brand_name", {})]
    for looser in (80, None):
        answer = (await put(brand_name=looser)).json()
        pointers = [each["pointer"] for each in answer["change"]["changed"]]
        assert pointers == ["/field_lengths/brand_name"]
        assert (await put()).status_code == 200
    assert (await put(brand_name=80)).status_code == 200
    await place.complete(brand_name="长" * 61)
    assert codes(await put()) == [("change_was_used", "/field_lengths/brand_name", {"count": 1})]


async def test_a_topic_is_demanded_again_while_nobody_went_without(world: World) -> None:
    place = await district(world, await world.campaign(topic_required=True))
    path, settings = f"{PATH}/{place.campaign.id}", place.campaign.settings
    body = settings | {"reason": "更正。"}
    for required in (False, True, False):
        changed = await place.by_office.put(path, json=body | {"topic_required": required}, headers=ANY)
        assert changed.status_code == 200, changed.text
    await place.submitted()
    refused = await place.by_office.put(path, json=body, headers=ANY)
    assert codes(refused) == [("change_was_used", "/topic_required", {"count": 1})]


async def test_a_number_that_a_committee_went_beyond_is_not_demanded_again(world: World) -> None:
    place = await district(world, await world.campaign(maximum_filed=2))
    path, commendation = f"{PATH}/{place.campaign.id}", place.campaign.settings["commendation"]
    reachable = [each | {"full_measure": 2} for each in commendation["indicators"]]
    settings = place.campaign.settings | {"commendation": commendation | {"indicators": reachable}}

    async def put(**numbers: object) -> Response:
        return await place.by_office.put(path, json=settings | numbers | {"reason": "更正。"}, headers=ANY)

    assert (await put(maximum_filed=3)).status_code == 200
    assert (await put(maximum_filed=2)).status_code == 200
    assert (await put(maximum_filed=3)).status_code == 200
    await place.filed(3)
    assert codes(await put(maximum_filed=2)) == [("change_was_used", "/maximum_filed", {"count": 1})]


async def test_a_case_or_a_unit_that_was_admitted_is_not_shut_out_again(world: World) -> None:
    place = await district(world, await world.campaign(years_in_operation=1, honour_levels=["national"]))
    path, settings = f"{PATH}/{place.campaign.id}", place.campaign.settings

    async def put(**asked: object) -> Response:
        return await place.by_office.put(path, json=settings | asked | {"reason": "更正。"}, headers=ANY)

    assert (await put(years_in_operation=0, honour_levels=[])).status_code == 200
    assert (await put()).status_code == 200
    assert (await put(years_in_operation=0, honour_levels=[])).status_code == 200
    await place.submitted()
    assert codes(await put()) == [
        ("change_was_used", "/years_in_operation", {"count": 1}),
        ("change_was_used", "/honour_levels", {"count": 1}),
    ]


async def test_a_cell_is_taken_back_or_tightened_while_nobody_filled_that_one(world: World) -> None:
    place = await district(world, await world.campaign(cells=[cell("first", "line")]))
    path, settings = f"{PATH}/{place.campaign.id}", place.campaign.settings

    async def put(*more: dict[str, Any]) -> Response:
        body = settings | {"cells": [*settings["cells"], *more], "reason": "更正。"}
        return await place.by_office.put(path, json=body, headers=ANY)

    plain, looser = cell("second", "line", maximum=20), cell("second", "line", maximum=40)
    await place.complete(cells={"first": "有人填写"})
    for cells in ([plain], [looser], [plain], [], [plain], [looser]):
        assert (await put(*cells)).status_code == 200, cells
    await place.complete(cells={"second": "有人填写"})
    for cells in ([plain], []):
        assert codes(await put(*cells)) == [("change_was_used", "/cells", {"count": 1})]
