"""Several filled forms in one request: each becomes a draft, or is refused by itself, and undoes none of the others."""

import asyncio
from typing import Any

import pytest_asyncio
from sqlalchemy import func, select

from app.models import Application, File, Image
from app.models.enums import FileState, Role
from app.services.policies.filing.images import MAX_FILE
from tests.scenarios.steps import read
from tests.world import World, key
from tests.world.filing import District, district
from tests.world.filled_forms import ROWS, filled, send_form, send_forms
from tests.world.uploads import photo


@pytest_asyncio.fixture(loop_scope="session")
async def place(world: World) -> District:
    return await district(world)


async def stored(world: World, place: District) -> tuple[int, int]:
    """Number of applications and of pictures."""
    of = Application.campaign_id == place.campaign.id
    async with world.database.transaction() as session:
        count = await session.scalar(select(func.count()).select_from(Application).where(of))
        images = select(func.count()).select_from(Image).join(Application, Application.id == Image.application_id)
        return count or 0, await session.scalar(images.where(of)) or 0


def named(name: str, number: int = 0) -> bytes:
    """A form for a case of this name, with a picture."""
    rows = [["品牌名称", name] if row[0].startswith("品") else row for row in ROWS]
    return filled(rows, pictures=[(photo(number), f"图{number}")])


def told(answer: Any) -> list[list[tuple[str, str]]]:
    """The codes and places of each file's refusal."""
    problems = [each["problem"] for each in answer["results"]]
    return [[(one["code"], one["pointer"]) for one in each["findings"]] if each else [] for each in problems]


async def test_each_form_becomes_a_draft_of_its_unit_and_a_bad_one_undoes_none(world: World, place: District) -> None:
    other = await world.unit(place.committee)
    strange = await world.unit(await world.committee())
    forms = [named("甲", 1), b"hello", named("乙", 2), named("丙", 3), named("丁", 4)]
    units = [place.unit.id, place.unit.id, other.id, strange.id, ""]
    sent = await send_forms(place.by_committee, place.campaign.id, *forms, unit_ids=units)
    assert sent.status_code == 200, sent.text
    answer = sent.json()
    assert [each["file_name"] for each in answer["results"]] == [f"{number}.docx" for number in range(5)]
    assert told(answer) == [
        [],
        [("unsupported_form", "/files/1")],
        [],
        [("unknown_reference", "/unit_ids/3")],
        [("required", "/unit_ids/4")],
    ]
    assert answer["results"][1]["problem"] | {"findings": []} == {
        "type": "urn:problem-type:pinpai:rules-violated",
        "title": "Rules violated",
        "status": 409,
        "detail": "有 1 处不符合要求。",
        "findings": [],
        "retry_after": None,
    }
    made = [each["form"]["application"] for each in answer["results"] if each["form"]]
    assert [(each["brand_name"], each["unit_id"]) for each in made] == [
        ("甲", str(place.unit.id)),
        ("乙", str(other.id)),
    ]
    assert [await read(place.by_committee, f"/api/v1/applications/{each['id']}") for each in made] == made
    assert await stored(world, place) == (2, 2)


async def test_it_answers_of_a_form_what_the_form_alone_is_answered(place: District) -> None:
    rows = [["品牌名称", "红马甲"], ["起止时间", "去年春天"], ["主要做法", "一"]]
    data = filled(rows, pictures=[(photo(1, size=(300, 200)), "小图")])
    alone = (await send_form(place.by_unit, place.campaign.id, data, dry_run="true")).json()
    several = await send_forms(place.by_unit, place.campaign.id, named("甲"), data, dry_run="true")
    form = several.json()["results"][1]["form"]
    parts = [
        [each for part in (form, *form["cells"], *form["pictures"]) for each in part["findings"]],
        [each for part in (alone, *alone["cells"], *alone["pictures"]) for each in part["findings"]],
    ]
    places = [[each.pop("pointer") for each in part] for part in parts]
    assert places[0] == [f"/files/1{each}" for each in places[1]]
    assert {"/files/1/started_on", "/files/1/pictures/0"} < {*places[0]}
    for answer in (form, alone):
        answer["application"] = answer["application"]["brand_name"]
    assert form == alone


async def test_a_dry_run_answers_the_same_and_leaves_nothing(world: World, place: District) -> None:
    forms = [named("甲", 1), b"", named("乙", 2)]
    tried = await send_forms(place.by_unit, place.campaign.id, *forms, dry_run="true")
    assert tried.status_code == 200, tried.text
    assert await stored(world, place) == (0, 0)
    async with world.database.transaction() as session:
        states = await session.scalars(select(File.state).order_by(File.id.desc()).limit(4))
        assert {*states} == {FileState.CONDEMNED}
    done = await send_forms(place.by_unit, place.campaign.id, *forms)
    numbers = [
        [each["form"]["application"]["number"] for each in sent.json()["results"] if each["form"]]
        for sent in (tried, done)
    ]
    assert numbers[0] == numbers[1], "the numbers of the dry run were given to nobody"
    assert len({*numbers[0]}) == 2
    assert told(tried.json()) == told(done.json()) == [[], [("empty_file", "/files/1")], []]
    assert await stored(world, place) == (2, 2)


async def test_a_file_that_came_before_is_refused_and_the_same_name_is_told(world: World, place: District) -> None:
    other, data = await world.unit(place.committee), named("甲")
    names = ["表.docx", "表.docx", "表.docx", "别的.docx"]
    units = [place.unit.id, other.id, place.unit.id, place.unit.id]
    sent = await send_forms(
        place.by_committee, place.campaign.id, data, data, named("乙"), data, unit_ids=units, names=names
    )
    assert told(sent.json()) == [[], [], [], [("repeated_file", "/files/3")]]
    said = [[(one["code"], one["pointer"]) for one in each["findings"]] for each in sent.json()["results"]]
    assert said == [[], [("repeated_name", "/files/1")], [("repeated_name", "/files/2")], []]
    assert sent.json()["results"][3]["problem"]["findings"][0]["message"] == "这份文件与第 1 份内容完全相同，没有再读。"


async def test_what_concerns_all_refuses_all(world: World, place: District) -> None:
    campaign, form = place.campaign.id, named("甲")
    uneven = await send_forms(place.by_committee, campaign, form, named("乙"), unit_ids=[place.unit.id])
    assert (uneven.status_code, uneven.json()["findings"][0]["pointer"]) == (409, "/unit_ids")
    assert (await send_forms(place.by_office, campaign, form, unit_ids=[place.unit.id])).status_code == 403
    assert (await send_forms(await world.client_of(Role.REVIEWER), campaign, form)).status_code == 403
    assert (await send_forms(place.by_unit, "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071", form)).status_code == 404
    assert (await send_forms(place.by_unit, campaign, *[form] * 11)).status_code == 422
    assert await stored(world, place) == (0, 0)


async def test_a_file_that_is_too_large_is_not_read(place: District) -> None:
    sent = await send_forms(place.by_unit, place.campaign.id, b"x" * (MAX_FILE + 1), named("甲"))
    assert told(sent.json()) == [[("file_too_large", "/files/0")], []]


async def test_a_repeated_send_makes_each_draft_once(world: World, place: District) -> None:
    once, forms = key(), [named("甲", 1), b"", named("乙", 2)]
    first, again = [await send_forms(place.by_unit, place.campaign.id, *forms, headers=once) for _ in range(2)]
    assert first.json() == again.json()
    assert await stored(world, place) == (2, 2)


async def test_batches_at_once_number_their_drafts_apart(world: World, place: District) -> None:
    other = await world.unit(place.committee)
    orders = [[place.unit.id, other.id], [other.id, place.unit.id]]
    sent = await asyncio.gather(
        *(
            send_forms(place.by_committee, place.campaign.id, named("甲", 1), named("乙", 2), unit_ids=units)
            for units in orders * 2
        )
    )
    numbers = [each["form"]["application"]["number"] for one in sent for each in one.json()["results"]]
    assert len({*numbers}) == 8
    assert await stored(world, place) == (8, 8)
