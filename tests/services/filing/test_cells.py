"""A campaign's own cells with their application: saved one by one, sealed with the rest, and nothing where none are."""

import json
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import jsonschema_rs
import pytest

from app.models import Application
from app.models.enums import ApplicationStatus
from app.services.filing import contents
from app.services.filing.contents import IMAGE, content_of
from app.services.history import digest_of
from app.services.policies.filing.own_cells import LONGEST_TEXT, MOST_CELLS
from app.services.policies.handover.payload_schemas import payload_schema
from tests.scenarios.steps import done, no_promise_is_broken, read, reasons
from tests.world import FORM, World
from tests.world.cells import FILLED, IN_WORDS, OWN, cell
from tests.world.filing import District, district
from tests.world.handover import nominating
from tests.world.judging import case_of, judging

ANY = {"If-Match": "*"}


@pytest.fixture
async def place(world: World) -> District:
    return await district(world, await world.campaign(cells=OWN))


def test_without_cells_of_its_own_a_content_has_the_digest_that_it_always_had() -> None:
    names = {"unit_name": "龙华社区", "committee_name": "乔屯街道党工委"}
    content = content_of(FORM | {"cells": {}}, names, [])
    assert digest_of(content) == "d616d6d41a4e688b76c30f3371bfc717b62420ae5466e1dbf261cc303559ac2b"
    assert contents.empty_digest(FORM | {"cells": {"slogan": "小红帽"}}, names) != digest_of(content)


async def test_one_cell_saved_alone_leaves_the_others_and_is_named_in_the_history(place: District) -> None:
    href = f"/api/v1/applications/{await place.complete(cells=FILLED)}"
    etag = {"If-Match": (await read(place.by_unit, href))["etag"]}
    odd = {"people": "约三百人", "scale": "全区", "video": None, "run": {"ended_on": "2016"}}
    draft = done(await place.by_unit.patch(href, json={"cells": odd, "phone": "找张主任"}, headers=etag))
    changed = {"people": "约三百人", "scale": "district", "run": {"started_on": "2014", "ended_on": "2016"}}
    assert draft["cells"] == {code: value for code, value in FILLED.items() if code != "video"} | changed
    found = [(each["code"], each["pointer"]) for each in draft["actions"]["submit"]["findings"]]
    assert found == [("no_phone_number", "/phone"), ("unsuitable_value", "/cells/people")]
    events = (await read(place.by_unit, f"{href}/history"))["items"]
    assert {*events[0]["data"]["changed"]} == {"phone", "cells/people", "cells/scale", "cells/video", "cells/run"}
    assert {each["name"] for each in events[0]["changes"]} >= {"phone", "cells/people", "cells/run/ended_on"}

    same = done(await place.by_unit.patch(href, json={"cells": draft["cells"]}, headers=ANY))
    assert (same["cells"], same["content_digest"]) == (draft["cells"], draft["content_digest"])
    refused = await place.by_unit.patch(href, json={"cells": {"none": "x"}}, headers=ANY)
    assert reasons(refused) == [("no_such_cell", "/cells/none")]
    assert done(await place.by_unit.patch(href, json={"cells": None}, headers=ANY))["cells"] == {}
    await no_promise_is_broken(place.world)


async def test_true_is_not_one_and_false_is_not_nothing(place: District) -> None:
    href = f"/api/v1/applications/{await place.complete(cells=FILLED)}"
    for given in (1, True, 0, False, "是", True):
        saved = done(await place.by_unit.patch(href, json={"cells": {"pledge": given}}, headers=ANY))
        assert str(saved["cells"].get("pledge")) == str(given)
        assert str((await read(place.by_unit, href))["cells"].get("pledge")) == str(given)
        (latest, *_) = (await read(place.by_unit, f"{href}/history"))["items"]
        assert (str(latest["changes"][-1]["after"]), latest["data"]["changed"]) == (str(given), ["cells/pledge"])
    await no_promise_is_broken(place.world)


@pytest.mark.parametrize(
    ("cells", "pointer"),
    [
        ({"team": [{"name": "x" * 201}]}, "/cells/team/0/name"),
        ({"team": [{"nickname": "x"}]}, "/cells/team/0/nickname"),
        ({"team": [{}] * 20 + [{"name": "甲"}]}, None),
        ({"video": [{"url": "x"}] * 21}, "/cells/video"),
        ({"outlook": "字" * 10_001}, "/cells/outlook"),
        ({"run": {"ended_on": [5]}}, "/cells/run/ended_on"),
    ],
)
async def test_what_cannot_be_stored_is_refused_at_its_place(
    place: District, cells: dict[str, Any], pointer: str | None
) -> None:
    href = f"/api/v1/applications/{await place.complete()}"
    answer = await place.by_unit.patch(href, json={"cells": cells}, headers=ANY)
    assert answer.status_code == (422 if pointer else 200), answer.text
    assert [each["pointer"] for each in answer.json().get("errors", [])] == ([pointer] if pointer else [])


@pytest.mark.parametrize("escaped", [False, True])
async def test_as_much_text_as_is_promised_is_taken(world: World, escaped: bool) -> None:
    """All cells at their longest, in characters that take the most bytes."""
    texts = [cell(f"text{number}", "text") for number in range(MOST_CELLS)]
    place = await district(world, await world.campaign(cells=texts))
    values = {each["code"]: "𪚥" * LONGEST_TEXT for each in texts}
    written = json.dumps({"cells": values}, ensure_ascii=escaped).encode()
    href = f"/api/v1/applications/{await place.complete()}"
    headers = ANY | {"Content-Type": "application/merge-patch+json"}
    saved = done(await place.by_unit.patch(href, content=written, headers=headers))
    assert saved["cells"] == values
    assert [each["code"] for each in saved["actions"]["submit"]["findings"]] == []


async def test_short_texts_of_cells_are_searched_as_they_are_and_as_they_were_filed(place: District) -> None:
    href = f"/api/v1/applications/{await place.complete(cells=FILLED)}"
    path = f"/api/v1/applications?campaign_id={place.campaign.id}&q="
    for q, count in (("大温暖", 1), ("李 文博", 1), ("全省", 0)):
        assert (await read(place.by_unit, f"{path}{q}"))["total"] == count, q
    done(await place.by_unit.patch(href, json={"cells": {"slogan": "换一句"}}, headers=ANY))
    assert [(await read(place.by_unit, f"{path}{q}"))["total"] for q in ("大温暖", "换一句")] == [0, 1]
    assert (await read(place.by_office, f"{path}换一句"))["total"] == 0


async def test_a_published_campaign_takes_cells_that_nobody_must_fill_and_takes_none_away(place: District) -> None:
    href = f"/api/v1/campaigns/{place.campaign.id}"
    settings = (await read(place.by_office, href))["settings"]

    async def replaced(cells: list[dict[str, Any]]) -> Any:
        body = settings | {"cells": cells, "reason": "补充栏目。"}
        return await place.by_office.put(href, json=body, headers=ANY)

    assert reasons(await replaced(OWN[1:])) == [("hurtful_change", "/cells")]
    assert reasons(await replaced([*OWN, cell("more", "line", need="required")])) == [("hurtful_change", "/cells")]
    more = done(await replaced([*OWN, cell("more", "line", name="联系地址", name_en="Address")]))
    assert more["settings"]["cells"][-1]["code"] == "more"
    assert more["cells_schema"]["properties"]["more"]["title"] == "联系地址"
    form = (await place.by_unit.get(f"{href}/form", headers={"Accept-Language": "en"})).json()
    assert form["json_schema"]["properties"]["cells"]["properties"]["more"]["title"] == "Address"
    assert [each["code"] for each in form["own_cells"]] == [each["code"] for each in more["settings"]["cells"]]
    back = await replaced(OWN)
    assert back.status_code == 200, "nobody has made use of it"
    done(await replaced([*OWN, cell("again", "line")]))
    await place.world.application(place.campaign, place.unit, cells={"again": "甲"})
    assert reasons(await replaced(OWN)) == [("change_was_used", "/cells")]


async def test_judges_of_a_blind_round_read_no_blind_cell_and_the_office_is_told_of_names_in_the_others(
    world: World,
) -> None:
    made = await judging(world, judges=1, campaign=await world.campaign(cells=OWN))
    case = await made.case(cells=FILLED | {"slogan": "李文博带头"})
    await made.assign(case, made.judges[0])
    read_case = await read(made.by_judge[0], f"/api/v1/cases/{await case_of(world, made.judges[0])}")
    told = {each["code"]: each["text"] for each in read_case["cells"]}
    assert told == {
        code: text
        for code, text in (IN_WORDS | {"slogan": "李文博带头"}).items()
        if code not in ("people", "team", "hotline", "village")
    }
    (entry,) = (await read(made.by_office, f"/api/v1/rounds/{made.round.id}/entries"))["items"]
    assert [each["pointer"] for each in entry["findings"]] == ["/form/cells/slogan"]


async def test_a_case_with_cells_of_its_own_goes_whole_from_the_version_to_the_city(world: World) -> None:
    place = await nominating(world, cases=0, cells=OWN)
    application_id = await place.case(cells=FILLED)
    unit, href = place.district.by_unit, f"/api/v1/applications/{application_id}"

    version = await read(unit, f"{href}/versions/1")
    sealed = {name: version[name] for name in ("unit_name", "committee_name", "narrative_length", "image_count")}
    pictures = [{name: image[name] for name in IMAGE} for image in version["images"]]
    sealed |= {"form": version["form"] | {"cells": version["cells"]}, "images": pictures}
    assert (version["cells"], digest_of(sealed)) == (FILLED, version["digest"])

    award = (await read(world.client(), f"/api/v1/public/awards/{place.awards[0].id}"))["cells"]
    assert [each["code"] for each in award] == [
        each["code"] for each in OWN if each["public"] and each["control"] != "phone"
    ]
    assert "13900000000" not in str(award)

    payload = await read(place.by_municipal, f"/api/v1/nominations/{(await place.nominated())['id']}/payload")
    jsonschema_rs.Draft202012Validator(payload_schema(3)).validate(payload)
    handed = payload["application"]
    assert (payload["schema_version"], handed["content"]["form"]["cells"]) == (3, FILLED)
    assert (handed["digest"], {each["code"]: each["text"] for each in handed["cells"]}) == (
        digest_of(handed["content"]),
        IN_WORDS,
    )

    bag = await place.by_office.get(f"/api/v1/campaigns/{place.campaign.id}/archive")
    with ZipFile(BytesIO(bag.content)) as archive:
        (paper,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("application.txt"))
    assert all(text in paper for text in IN_WORDS.values())

    await world.put(await application_of(world, application_id), status=ApplicationStatus.RETURNED)
    await place.corrected(0, cells={"scale": "district", "team": None})
    differences = await read(unit, f"{href}/versions/3/differences")
    assert [(each["cell"], [piece["text"] for piece in each["pieces"]]) for each in differences["own_cells"]] == [
        ("scale", ["全街道", "全区"]),
        ("team", ["李文博，执笔人，13900000000\n张弓"]),
    ]
    await no_promise_is_broken(world)


async def application_of(world: World, application_id: UUID) -> Application:
    async with world.database.transaction() as session:
        return await session.get_one(Application, application_id)
