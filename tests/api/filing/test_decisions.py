"""Letters of the office's decisions, and the receipt of a filing, read back cell by cell."""

from typing import Any
from urllib.parse import unquote

from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read
from tests.world import World, key
from tests.world.filing import District, district
from tests.world.papers import pages_of, squeezed, table_of_docx, table_of_pdf, text_of_docx

HEAD = ["序号", "原因"]


async def decide(place: District, case: object, act: str, **body: Any) -> None:
    done(await place.by_office.post(f"/api/v1/applications/{case}/{act}", json=body, headers=key()))


async def letter_of(client: ContractClient, decision: Any, **choices: Any) -> bytes:
    answer = await client.get(decision["letter_href"], params=choices)
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_each_decision_is_a_letter_under_a_number_that_stays(world: World) -> None:
    place = await district(world)
    case, other = await place.filed(2)
    href = f"/api/v1/applications/{case}/decisions"
    reasons = place.campaign.settings["return_reasons"][:2]
    codes = [each["code"] for each in reasons]
    await decide(
        place, case, "correction-request", reason_codes=codes, due_on="2015-09-25", remark="请更换第二幅图片。"
    )
    [asked] = (await read(place.by_unit, href))["items"]
    number = (await read(place.by_office, f"/api/v1/applications/{case}"))["number"]
    assert (asked["number"], asked["decision"], asked["withdrawn_at"]) == (f"{number}-D01", "request_correction", None)
    assert (asked["reasons"], asked["until"]) == ([each["name"] for each in reasons], "2015-09-25T16:00:00Z")
    pdf = await letter_of(place.by_committee, asked)
    assert table_of_pdf(pdf) == [HEAD, *([str(place), squeezed(each["name"])] for place, each in enumerate(reasons, 1))]
    [page] = pages_of(pdf)
    word = text_of_docx(await letter_of(place.by_unit, asked, format="docx"))
    for words in (
        f"编号：{number}-D01",
        f"{squeezed(place.unit.name)}：你单位申报的品牌“‘红马甲’邻里互助站”（申报编号{number}，第2版，",
        f"内容摘要{asked['digest'][:16]}），经形式审查，需要补正，原因如下：",
        "说明：请更换第二幅图片。请于2015年9月25日24:00前补正，重新提交，由推荐单位审核盖章后上报。",
        "联系人：张弓联系电话：3724062路北区精神文明建设委员会办公室2015年4月21日",
    ):
        assert words in page
        assert words in word

    await decide(place, case, "check-reversal", reason="误点，应为另一件。")
    await decide(place, case, "acceptance")
    await decide(
        place, other, "disqualification", reason_codes=[place.campaign.settings["disqualification_reasons"][0]["code"]]
    )
    items = (await read(place.by_office, href))["items"]
    assert [(each["number"][-3:], each["decision"]) for each in items] == [
        ("D01", "request_correction"),
        ("D02", "take_back"),
        ("D03", "accept"),
    ]
    assert (items[0]["id"], items[0]["withdrawal_reason"]) == (asked["id"], "误点，应为另一件。")
    [page] = pages_of(await letter_of(place.by_unit, items[0]))
    assert "【本决定已于2015年4月21日10:00撤销，原因：误点，应为另一件。】" in page
    assert (
        f"此前对它作出的审查决定（编号{number}-D01）现予撤销" in pages_of(await letter_of(place.by_unit, items[1]))[0]
    )
    assert "符合要求，予以受理。" in pages_of(await letter_of(place.by_unit, items[2]))[0]
    [refused] = (await read(place.by_unit, f"/api/v1/applications/{other}/decisions"))["items"]
    assert pages_of(await letter_of(place.by_unit, refused))[0].startswith("不予受理通知书编号：")


async def test_decisions_are_read_by_who_reads_the_case(world: World) -> None:
    place, stranger = await district(world), await district(world)
    [case, _] = await place.filed(2)
    await decide(place, case, "acceptance")
    href = f"/api/v1/applications/{case}/decisions"
    [decision] = (await read(place.by_unit, href))["items"]
    for client in (stranger.by_unit, stranger.by_committee):
        assert [(await client.get(path)).status_code for path in (href, decision["letter_href"])] == [404, 404]
    draft = await place.complete()
    assert (await read(place.by_unit, f"/api/v1/applications/{draft}/decisions"))["items"] == []
    assert (await place.by_office.get(f"/api/v1/applications/{draft}/decisions")).status_code == 404
    elsewhere = f"/api/v1/applications/{draft}/decisions/{decision['id']}/letter"
    assert (await place.by_unit.get(elsewhere)).status_code == 404


async def test_a_receipt_says_what_was_filed_when_and_by_which_code_it_is_verified(world: World) -> None:
    place, stranger = await district(world), await district(world)
    await place.filed(2)
    [filing] = (await read(place.by_committee, "/api/v1/filings"))["items"]
    href = f"/api/v1/filings/{filing['id']}"
    receipt = await read(place.by_office, href)
    answer = await place.by_committee.get(f"{href}/receipt")
    assert unquote(answer.headers["content-disposition"]).endswith(f"{filing['number']}-上报回执.pdf")
    unit = squeezed(place.unit.name)
    expected = [
        ["序号", "申报编号", "申报单位", "品牌名称", "版本", "内容摘要"],
        *(
            [str(each["position"]), each["application_number"], unit, "“红马甲”邻里互助站", "2", each["digest"][:16]]
            for each in receipt["items"]
        ),
    ]
    word = (await place.by_committee.get(f"{href}/receipt", params={"format": "docx"})).content
    assert table_of_pdf(answer.content) == table_of_docx(word) == expected
    [page] = pages_of(answer.content)
    for words in (
        f"回执编号：{filing['number']}",
        f"{squeezed(place.committee.name)}：你单位在文明单位工作品牌创建年活动中上报的下列申报品牌（共2件）已于2015年4月21日10:00收到",
        f"核验码：{receipt['verification_code']}",
        f"全部内容摘要（SHA-256）：{receipt['digest']}",
        "路北区精神文明建设委员会办公室2015年4月21日",
    ):
        assert words in page
        assert words in text_of_docx(word)
    denied = [(await client.get(f"{href}/receipt")).status_code for client in (place.by_unit, stranger.by_committee)]
    assert denied == [404, 404]
