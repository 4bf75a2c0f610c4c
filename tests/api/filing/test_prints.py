from typing import Any
from urllib.parse import unquote

import pytest

from app.file_names import campaign_code
from app.models.enums import ApplicationStatus
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read
from tests.world import World, key
from tests.world.cells import FILLED, IN_WORDS, OWN
from tests.world.filing import district
from tests.world.paper_scans import page_of, saved, skewed, stamped
from tests.world.papers import of_docx, of_pdf, pages_of, squeezed
from tests.world.submitted import Submitted
from tests.world.uploads import scan, send_scan

LONG = "\n".join(f"{number}、" + "志愿者为独居老人义诊，居民满意度明显提高。" * 12 for number in range(1, 9))
"""Of about 2000 字: 主要做法 goes on for more than a page."""
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


async def printed(client: ContractClient, href: str, **choices: Any) -> bytes:
    answer = await client.get(href, params=choices)
    assert answer.status_code == 200, answer.text
    return answer.content


async def edited(submitted: Submitted, **cells: str) -> Any:
    """Return it, and change it."""
    await submitted.put_in_state(ApplicationStatus.RETURNED)
    return done(await submitted.unit.patch(submitted.href, json=cells, headers={"If-Match": "*"}))


async def test_an_application_is_printed_as_it_is_stored_as_pdf_and_for_word(submitted: Submitted) -> None:
    application = await edited(submitted, practices=LONG)
    stored = {
        "推荐单位": f"{application['committee_name']}（由所在党（工）委盖章）",
        "申报单位": application["unit_name"],
        "品牌名称": application["brand_name"],
        "申报单位负责人": application["leader_name"],
        "职务": application["leader_title"],
        "联系电话": application["phone"],
        "内容分类": "情满路北",
        "实施时间": "2015年4月21日至2015年8月31日",
        "创新特点": application["innovation"],
        "主要做法": application["practices"],
        "社会效果": application["effects"],
    }
    stored = {label: squeezed(value) for label, value in stored.items()}
    pdf = await printed(submitted.unit, f"{submitted.href}/form", pictures="none")
    docx = await printed(submitted.committee, f"{submitted.href}/form", pictures="none", format="docx")
    assert of_pdf(pdf) == of_docx(docx) == stored

    pages = pages_of(pdf)
    foot = f"申报编号：{application['number']}草稿内容摘要：{application['content_digest'][:16]}"
    assert [page.endswith(f"{foot}第{number}页共{len(pages)}页") for number, page in enumerate(pages, 1)]
    over = [page for page in pages if "居民满意度明显提高" in page]
    assert ["主要做法" in page for page in over] == [True, True], (
        "its label stands on every page over which a cell goes"
    )
    assert "注：此表9月14日前由各镇(乡)街道党（工）委、区直各党（工）委审核加盖公章后上报。" in pages[-1]


async def test_a_fixed_version_is_printed_with_its_pictures_under_a_name_that_says_which(submitted: Submitted) -> None:
    before = await submitted.seen()
    await edited(submitted, brand_name="新名称")
    answer = await submitted.unit.get(f"{submitted.href}/form", params={"version": 1})
    pages = pages_of(answer.content)
    assert f"申报编号：{before['number']}第1版内容摘要：{before['content_digest'][:16]}" in pages[0]
    assert before["brand_name"] in pages[0]
    assert [f"图{number}" in pages[-1] for number in range(1, 6)] == [True] * 5
    named = answer.headers["content-disposition"]
    assert f'filename="{before["number"]}-form-v1.pdf"' in named
    assert unquote(named).endswith(f"{before['number']}-申报表-第1版.pdf")
    full = await printed(submitted.unit, f"{submitted.href}/form", pictures="full", format="docx")
    small = await printed(submitted.unit, f"{submitted.href}/form", pictures="thumbnails", format="docx")
    assert len(full) > len(small)


async def test_the_office_prints_what_was_filed_and_others_nothing(world: World, submitted: Submitted) -> None:
    href = f"{submitted.href}/form"
    assert (await submitted.office.get(href)).status_code == 404
    await submitted.put_in_state(ApplicationStatus.FILED, filed=True)
    before = await submitted.seen()
    await edited(submitted, brand_name="新名称")
    seen = of_pdf(await printed(submitted.office, href, pictures="none"))
    assert seen["品牌名称"] == before["brand_name"]
    other = await district(world)
    assert [(await client.get(href)).status_code for client in (other.by_unit, other.by_committee)] == [404, 404]


async def test_a_character_that_no_font_has_is_named_at_its_cell(submitted: Submitted) -> None:
    await edited(submitted, leader_name="李𡃁", leader_title="𬱖䮌")
    refused = await submitted.unit.get(f"{submitted.href}/form")
    [finding] = refused.json()["findings"]
    assert (refused.status_code, finding["code"], finding["pointer"]) == (409, "no_glyph", "/leader_name")
    assert "𡃁（U+210C1）" in finding["message"]
    assert of_docx(await printed(submitted.unit, f"{submitted.href}/form", format="docx"))["职务"] == "𬱖䮌"


async def test_a_plan_is_printed_with_as_many_rows_as_the_notice_has(world: World) -> None:
    place = await district(world)
    cases = [{"name": f"案例{number}", "unit_name": place.unit.name} for number in range(1, 41)]
    body = {"campaign_id": str(place.campaign.id), "cases": cases[:2]}
    plan = done(await place.by_committee.post("/api/v1/plans", json=body), 201)
    href = f"/api/v1/plans/{plan['id']}"
    expected = {"计划申报创新案例名称": "实施单位", "案例1": place.unit.name, "案例2": place.unit.name, "": ""}
    pdf = await printed(place.by_committee, f"{href}/form")
    assert of_pdf(pdf) == of_docx(await printed(place.by_committee, f"{href}/form", format="docx")) == expected
    named = (await place.by_committee.get(f"{href}/form")).headers["content-disposition"]
    assert f'filename="{campaign_code(2015, place.campaign.id)}-{place.committee.code}-plan.pdf"' in named
    [page] = pages_of(pdf)
    assert f"党（工）委：{squeezed(place.committee.name)}" in page
    assert "注：此表4月22日前报送路北文明办" in page

    rare = [*cases[:2], {"name": "诚信𡃁商铺", "unit_name": "𡃁社区"}]
    done(await place.by_committee.patch(href, json={"cases": rare}, headers={"If-Match": "*"}))
    refused = (await place.by_committee.get(f"{href}/form")).json()["findings"]
    assert [each["pointer"] for each in refused] == ["/cases/2/name", "/cases/2/unit_name"]
    done(await place.by_committee.patch(href, json={"cases": cases}, headers={"If-Match": "*"}))
    more = await printed(place.by_committee, f"{href}/form")
    assert [page.count("计划申报创新案例名称") for page in pages_of(more)] == [1, 1], "the head stands on each page"
    assert len(of_pdf(more)) == 1 + len(cases)
    assert (await place.by_office.get(f"{href}/form")).status_code == 404
    done(await place.by_committee.post(f"{href}/submission", headers=key()))
    assert "案例40" in pages_of(await printed(place.by_office, f"{href}/form"))[-1]


@pytest.mark.parametrize("form", ["pdf", "docx"])
async def test_an_empty_form_has_the_cells_and_the_page_break_of_the_notice(world: World, form: str) -> None:
    place = await district(world)
    href = f"/api/v1/campaigns/{place.campaign.id}"
    answer = await place.by_unit.get(f"{href}/forms/application", params={"format": form})
    read_back = of_pdf if form == "pdf" else of_docx
    cells = {cell["label"] for cell in (await read(place.by_unit, f"{href}/form"))["cells"]} - {"相关图片", "子项"}
    assert read_back(answer.content) == dict.fromkeys(cells | {"申报单位"}, "") | {"推荐单位": "由所在党（工）委盖章"}
    assert answer.headers["content-type"] == ("application/pdf" if form == "pdf" else WORD)
    if form == "pdf":
        assert [page.count("主要做法") for page in pages_of(answer.content)] == [1, 1]
    plan = await printed(place.by_unit, f"{href}/forms/plan", format=form)
    assert read_back(plan) == {"计划申报创新案例名称": "实施单位", "": ""}


async def test_the_campaigns_own_cells_and_the_topic_are_printed_as_they_are_sealed(world: World) -> None:
    words = {"name": "承诺", "help": "以上内容真实，<无>虚报。"}
    cells = [each | words if each["code"] == "pledge" else each for each in OWN]
    place = await district(world, await world.campaign(cells=cells, topic_required=True))
    href = f"/api/v1/applications/{await place.complete(cells=FILLED, category='qingman', topic='spring_rain')}"
    labels = {each["code"]: each["name"] for each in cells}
    stamp = "（村（社区）盖章）"
    more = {"since": "2015年3月", "village": f"{IN_WORDS['village']}{stamp}"}
    written = {code: squeezed(text) for code, text in IN_WORDS.items()} | more
    for pledge, box in ((True, "■"), (None, "□")):
        done(await place.by_unit.patch(href, json={"cells": {"pledge": pledge}}, headers={"If-Match": "*"}))
        expected = {labels[code]: text for code, text in written.items()} | {"承诺": f"{box}以上内容真实，<无>虚报。"}
        for seen in await both(place.by_unit, f"{href}/form", pictures="none"):
            assert [*seen.items()][-len(OWN) :] == [
                (labels[each["code"]], expected[labels[each["code"]]]) for each in OWN
            ]
            assert seen["子项"] == "“春雨行动”"

    empty = f"/api/v1/campaigns/{place.campaign.id}/forms/application"
    to_tick = {labels["scale"]: "□全街道□全区", "承诺": "□以上内容真实，<无>虚报。", labels["village"]: stamp}
    for seen in await both(place.by_unit, empty):
        assert [*seen.items()][-len(OWN) :] == [(label, to_tick.get(label, "")) for label in labels.values()]
        assert [*seen].index("子项") == [*seen].index("内容分类") + 1
    pages = pages_of(await printed(place.by_unit, empty))
    assert [page.count("主要做法") for page in pages][:2] == [1, 1], "the page break of the notice"


async def test_the_heads_of_the_forms_are_the_notices(world: World) -> None:
    plan = {"annex": "表1", "title": "推荐计划表"}
    for annex in ("附件", ""):
        forms = {"application": {"annex": annex, "title": "优秀案例申报表"}, "plan": plan}
        place = await district(world, await world.campaign(forms=forms))
        href = f"/api/v1/campaigns/{place.campaign.id}/forms"
        filled = f"/api/v1/applications/{await place.complete()}/form"
        for path, choices in ((f"{href}/application", {}), (filled, {"pictures": "none"})):
            assert pages_of(await printed(place.by_unit, path, **choices))[0].startswith(
                f"{annex}优秀案例申报表推荐单位"
            )
            assert of_docx(await printed(place.by_unit, path, format="docx", **choices))
        named = unquote((await place.by_unit.get(f"{href}/application")).headers["content-disposition"])
        assert f"2015-{annex}{annex and '-'}优秀案例申报表.pdf" in named
    assert pages_of(await printed(place.by_unit, f"{href}/plan"))[0].startswith("表1推荐计划表")


async def both(client: ContractClient, href: str, **choices: Any) -> list[dict[str, str]]:
    """Read a form back from PDF and from Word."""
    return [
        of_pdf(await printed(client, href, **choices)),
        of_docx(await printed(client, href, format="docx", **choices)),
    ]


async def test_the_stamped_paper_must_be_of_this_version(submitted: Submitted) -> None:
    href = f"{submitted.href}/form"
    old = await scanned(submitted, href)
    sealed = await submitted.seal(old)
    endorsement = await submitted.endorsement(submitted.committee)
    assert (sealed["status"], endorsement["paper_verified"], endorsement["findings"]) == ("endorsed", True, [])

    await edited(submitted, brand_name="新名称")
    done(await submitted.unit.post(f"{submitted.href}/submission", headers=key()))
    now = await submitted.seen()
    refused = await send_scan(submitted.committee, submitted.href, old, now["etag"])
    [finding] = refused.json()["findings"]
    assert (refused.status_code, finding["code"], finding["pointer"]) == (409, "another_paper", "/file")
    assert f"{now['number']} 的第1版" in finding["message"]
    assert now["content_digest"][:16] in finding["message"]

    await submitted.seal(await scanned(submitted, href))
    assert (await submitted.endorsement(submitted.committee))["paper_verified"] is True
    done(await submitted.committee.delete(f"{submitted.href}/endorsement", headers={"If-Match": "*"}))
    await submitted.seal(scan())
    endorsement = await submitted.endorsement(submitted.committee)
    assert endorsement["paper_verified"] is False
    assert [advice["code"] for advice in endorsement["findings"]] == ["unread_paper"]


async def scanned(submitted: Submitted, href: str) -> bytes:
    """Print the form, stamp it, and scan it a little askew."""
    return saved(skewed(stamped(page_of(await printed(submitted.committee, href, pictures="none"))), 2))
