"""A filled form that comes as a Word document becomes a draft, or a dry run that leaves nothing."""

import pytest_asyncio
from sqlalchemy import func, select

from app.models import Application, File, Image
from app.models.enums import FileState, Role
from tests.scenarios.steps import read
from tests.world import World, key
from tests.world.cells import OWN
from tests.world.filing import District, district
from tests.world.filled_forms import ROWS, filled, send_form
from tests.world.uploads import photo, scan, word

NARRATIVE = {
    "innovation": "变“等群众上门”为“送服务上门”。",
    "practices": "一是建章立制。\n二是分片包户。",
    "effects": "居民满意度明显提高。",
}
FORM = NARRATIVE | {
    "brand_name": "“红马甲”邻里互助站",
    "leader_name": "李文博",
    "leader_title": "党支部书记",
    "phone": "0315-3724062",
    "category": "qingman",
    "started_on": "2015-03",
    "ended_on": "2015-08",
}


@pytest_asyncio.fixture(loop_scope="session")
async def place(world: World) -> District:
    return await district(world)


async def stored(world: World, place: District) -> tuple[int, int, list[FileState]]:
    """Number of applications and of pictures, and the states of the last files."""
    of = Application.campaign_id == place.campaign.id
    async with world.database.transaction() as session:
        count = await session.scalar(select(func.count()).select_from(Application).where(of))
        images = select(func.count()).select_from(Image).join(Application, Application.id == Image.application_id)
        states = await session.scalars(select(File.state).order_by(File.id.desc()).limit(2))
        return count or 0, await session.scalar(images.where(of)) or 0, list(states)


async def test_a_filled_form_becomes_a_draft_with_its_pictures_and_nothing_is_lost(place: District) -> None:
    pictures = [(photo(1), "图1　志愿者义诊"), (photo(2), "图2 邻里茶话会")]
    sent = await send_form(place.by_unit, place.campaign.id, filled(pictures=pictures, after=["联系人：王丽"]))
    assert sent.status_code == 201, sent.text
    answer = sent.json()
    assert sent.headers["location"] == f"/api/v1/applications/{answer['application']['id']}"
    application = await read(place.by_unit, sent.headers["location"])
    assert application == answer["application"]
    assert {name: application[name] for name in FORM} == FORM
    assert [(each["slot"], each["caption"]) for each in application["images"]] == [
        (1, "志愿者义诊"),
        (2, "邻里茶话会"),
    ]
    assert [(each["taken"], each["caption"]) for each in answer["pictures"]] == [
        (True, "志愿者义诊"),
        (True, "邻里茶话会"),
    ]
    assert answer["unplaced"] == [{"place": "表格外第5段", "text": "联系人：王丽"}]
    said = {each["name"]: [found["code"] for found in each["findings"]] for each in answer["cells"]}
    assert {name: codes for name, codes in said.items() if codes} == {
        "recommender": ["another_name"],
        "applicant": ["another_name"],
    }
    period = next(each for each in answer["cells"] if each["name"] == "period")
    assert (period["place"], period["text"], period["value"]) == (
        "第7行",
        "2015年3月至8月",
        {"started_on": "2015-03", "ended_on": "2015-08"},
    )


async def test_a_dry_run_answers_the_same_and_leaves_nothing(world: World, place: District) -> None:
    data = filled(pictures=[(photo(1), "图1")])
    before = await stored(world, place)
    tried = await send_form(place.by_unit, place.campaign.id, data, dry_run="true")
    assert tried.status_code == 200, tried.text
    assert "location" not in tried.headers
    left = await stored(world, place)
    assert left[:2] == before[:2]
    assert left[2] == [FileState.CONDEMNED] * 2
    done = await send_form(place.by_unit, place.campaign.id, data)
    assert done.status_code == 201
    tried_out, done_out = tried.json(), done.json()
    assert (tried_out.pop("dry_run"), done_out.pop("dry_run")) == (True, False)
    numbers = [each.pop("application")["number"] for each in (tried_out, done_out)]
    assert numbers[0] == numbers[1], "the number of the dry run was given to nobody"
    assert tried_out == done_out


async def test_what_is_not_understood_is_told_at_its_row_in_both_languages(world: World, place: District) -> None:
    rows = [
        ["品牌名称", "红马甲"],
        ["类别", "敬老爱老"],
        ["起止时间", "去年春天"],
        ["主要做法", "一"],
        ["主要做法", "二"],
        ["职务", "主任"],
        ["职务", "书记"],
    ]
    sent = await send_form(place.by_unit, place.campaign.id, filled(rows), dry_run="true")
    assert sent.status_code == 200, sent.text
    answer = sent.json()
    said = {each["name"]: [found["message"] for found in each["findings"]] for each in answer["cells"]}
    assert said == {
        "brand_name": [],
        "category": [
            "第2行“类别”一栏读作“内容分类”。",
            "第2行“内容分类”写的是“敬老爱老”，没有读懂，已照原文填入，请核对改正。",
        ],
        "period": [
            "第3行“起止时间”一栏读作“实施时间”。",
            "第3行“实施时间”写的是“去年春天”，没有读懂，已照原文填入，请核对改正。",
        ],
        "practices": ["“主要做法”分写在几处，已按先后合并；接续处在第5行。"],
        "leader_title": ["“职务”填了不止一处，采用了最先的一处；第7行写的是“书记”，未采用。"],
    }
    assert answer["unplaced"] == [{"place": "第7行", "text": "书记"}]
    assert answer["application"]["practices"] == "一\n二"
    missing = ["推荐单位", "申报单位", "申报单位负责人", "联系电话", "创新特点", "社会效果"]
    assert [each["params"]["label"] for each in answer["findings"]] == missing
    english = await send_form(
        place.by_unit, place.campaign.id, filled(rows), dry_run="true", headers={"Accept-Language": "en"}
    )
    messages = [found["message"] for each in english.json()["cells"] for found in each["findings"]]
    assert messages[1] == "Row 2: the cell “类别” was taken for “内容分类”."
    assert english.json()["unplaced"][0]["place"] == "Row 7"


async def test_pictures_that_may_not_be_taken_are_told_and_the_others_are(place: District) -> None:
    good = [(photo(number), f"图{number}") for number in range(1, 8)]
    bad = [(photo(1), "又一幅"), (photo(90, size=(300, 200)), "小图")]
    more = [(photo(8), ""), (photo(9), "多")]
    sent = await send_form(place.by_unit, place.campaign.id, filled(pictures=[*good, *bad, *more]))
    assert sent.status_code == 201, sent.text
    answer = sent.json()
    codes = [[found["code"] for found in each["findings"]] for each in answer["pictures"]]
    assert codes == [[]] * 7 + [["duplicate_image"], ["image_too_small"], [], ["picture_left_out"]]
    assert [each["taken"] for each in answer["pictures"]] == [True] * 7 + [False, False, True, False]
    assert [found["pointer"] for each in answer["pictures"] for found in each["findings"]] == [
        "/pictures/7",
        "/pictures/8",
        "/pictures/10",
    ]
    assert len(answer["application"]["images"]) == 8


async def test_the_campaigns_own_cells_are_found_by_their_labels(world: World) -> None:
    place = await district(world, await world.campaign(cells=OWN))
    rows = [
        *ROWS,
        ["栏目slogan", "小红帽 大温暖"],
        ["栏目people", "１,２００.５"],
        ["栏目since", "2015年3月"],
        ["栏目run", "2014年起"],
        ["栏目scale", "□ 全街道　■ 全区"],
        ["栏目pledge", "√ 同意公开"],
        ["栏目team", "李文博，执笔人，13900000000\n张弓"],
        ["栏目video", "宣传片，https://example.org/video/7"],
        ["栏目village", "同意推荐。\n\n村（社区）盖章"],
    ]
    sent = await send_form(place.by_unit, place.campaign.id, filled(rows))
    assert sent.status_code == 201, sent.text
    assert sent.json()["application"]["cells"] == {
        "slogan": "小红帽 大温暖",
        "people": 1200.5,
        "since": "2015-03",
        "run": {"started_on": "2014", "ended_on": "ongoing"},
        "scale": "district",
        "pledge": True,
        "team": [{"name": "李文博", "role": "author", "phone": "13900000000"}, {"name": "张弓"}],
        "video": [{"name": "宣传片", "url": "https://example.org/video/7"}],
        "village": "同意推荐。",
    }
    told = {each["name"]: each["findings"] for each in sent.json()["cells"] if each["name"].startswith("cells/")}
    assert [name for name, findings in told.items() if findings] == ["cells/run"], "that it still runs is not written"


REFUSED = {
    "nothing": (b"", "empty_file"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "unsupported_form"),
    "spreadsheet": (b"PK\x03\x04 xl/workbook.xml", "unsupported_form"),
    "OFD": (b"PK\x03\x04 OFD.xml", "unsupported_form"),
    "unknown": (b"hello", "unsupported_form"),
    "PDF": (scan(), "unsupported_form"),
    "another document": (word(), "not_the_form"),
    "macros": (word(part=("word/vbaProject.bin", b"x")), "active_scan"),
}


async def test_what_is_no_form_is_refused_with_a_sentence_that_says_what_to_do(world: World, place: District) -> None:
    before = (await stored(world, place))[:2]
    codes, sentences = {}, {}
    for name, (data, _) in REFUSED.items():
        sent = await send_form(place.by_unit, place.campaign.id, data)
        assert sent.status_code == 409, sent.text
        [finding] = sent.json()["findings"]
        codes[name], sentences[name] = finding["code"], finding["message"]
        assert finding["pointer"] == "/file"
    assert codes == {name: code for name, (_, code) in REFUSED.items()}
    assert len(set(sentences.values())) == len(sentences)
    assert "另存为“Word 文档（.docx）”" in sentences["old Word"]
    assert (await stored(world, place))[:2] == before


async def test_a_committee_sends_it_for_a_unit_of_its_own_and_nobody_for_another(world: World, place: District) -> None:
    data, campaign = filled(), place.campaign.id
    for_unit = await send_form(place.by_committee, campaign, data, unit_id=place.unit.id)
    assert for_unit.status_code == 201, for_unit.text
    assert for_unit.json()["application"]["unit_id"] == str(place.unit.id)
    nobody = await send_form(place.by_committee, campaign, data)
    assert [each["pointer"] for each in nobody.json()["findings"]] == ["/unit_id"]
    other = await world.unit(await world.committee())
    for client in (place.by_committee, place.by_unit):
        refused = await send_form(client, campaign, data, unit_id=other.id)
        assert (refused.status_code, refused.json()["findings"][0]["code"]) == (409, "unknown_reference")
    assert (await send_form(place.by_office, campaign, data, unit_id=place.unit.id)).status_code == 403
    assert (await send_form(await world.client_of(Role.REVIEWER), campaign, data)).status_code == 403


async def test_after_the_deadline_nothing_is_even_read(world: World) -> None:
    window = {"opens_on": "2015-04-10", "due_on": "2015-04-20", "enforced_at": None}
    late = await district(world, await world.campaign(applications=window))
    refused = await send_form(late.by_unit, late.campaign.id, b"")
    assert [each["code"] for each in refused.json()["findings"]] == ["deadline_passed"]


async def test_a_repeated_send_makes_one_draft(world: World, place: District) -> None:
    once, data = key(), filled(pictures=[(photo(1), "图1")])
    first, again = [await send_form(place.by_unit, place.campaign.id, data, headers=once) for _ in range(2)]
    assert first.json() == again.json()
    assert (await stored(world, place))[:2] == (1, 1)
