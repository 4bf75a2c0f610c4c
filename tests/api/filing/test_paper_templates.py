"""Templates of the office's own: checked, put in force, used for the paper, and taken out of force again."""

from io import BytesIO
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import docx
import pytest
from sqlalchemy import select

from app.models import AuditEvent, File
from app.models.enums import CampaignStatus, PaperKind
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read
from tests.world import World, key
from tests.world.filing import District, district
from tests.world.papers import of_docx, text_of_docx
from tests.world.submitted import Submitted
from tests.world.templates import PLAN, address, of_lines, put, rows_of
from tests.world.uploads import word

ANY = {"If-Match": "*"}


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def starter(client: ContractClient, href: str) -> bytes:
    answer = await client.get(f"{href}/starter")
    assert answer.status_code == 200, answer.text
    return answer.content


def findings(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 409, answer.text
    return [(each["code"], each["message"]) for each in answer.json()["findings"]]


async def test_every_paper_has_a_starting_template_that_is_taken_as_it_is(place: District) -> None:
    listed = await read(place.by_office, address(place.campaign.id))
    assert [(each["paper"], each["etag"], each["template"]) for each in listed["papers"]] == [
        (paper, '"0"', None) for paper in PaperKind
    ]
    for paper in PaperKind:
        href = address(place.campaign.id, paper)
        data = await starter(place.by_office, href)
        answer = await put(place.by_office, href, data, '"0"')
        placed = done(answer)
        required = {each["name"] for each in placed["placeholders"] if each["required"]}
        assert required <= set(placed["template"]["placeholders"]), paper
        assert (placed["template"]["findings"], answer.headers["etag"]) == ([], '"1"')
        content = await place.by_office.get(placed["template"]["content_href"])
        assert rows_of(docx.Document(BytesIO(content.content))) == rows_of(docx.Document(BytesIO(data)))


async def test_everything_that_is_wrong_is_told_at_once_in_either_language(place: District) -> None:
    href = address(place.campaign.id, "plan_form")
    link = (b"<w:sectPr", b"<w:p><w:r><w:instrText>DDE x</w:instrText></w:r></w:p><w:sectPr")
    data = word("{{推荐单未}} {{#案例}} {{案例名称}", text=link, part=("word/vbaProject.bin", b"x"))
    said = dict(findings(await put(place.by_office, href, data, dry_run="true")))
    assert said["unknown_placeholder"] == "第1段：没有占位符“{{推荐单未}}”，是否应为“推荐单位”？"
    assert said["unbalanced_block"].startswith("第1段：“{{#案例}}”没有与之配对")
    assert said["broken_placeholder"].startswith("第1段：“")
    codes = [code for code, _ in findings(await put(place.by_office, href, data))]
    assert codes == [
        *("active_template", "active_template", "unbalanced_block", "broken_placeholder", "unknown_placeholder"),
        *["missing_placeholder"] * 4,
    ]
    files = {"file": ("模板.docx", data)}
    english = await place.by_office.put(href, files=files, headers=ANY | {"Accept-Language": "en"})
    assert (
        "Paragraph 1: there is no placeholder “{{推荐单未}}”; did you mean “推荐单位”?"
        in dict(findings(english)).values()
    )
    assert (await read(place.by_office, href))["template"] is None


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["{{案例}}"], "is_a_block"),
        (["{{#推荐单位}}", "{{/推荐单位}}"], "not_a_block"),
        (["{{案例名称}}"], "outside_block"),
        (["{{#案例}}", "{{#cases}}", "{{/cases}}", "{{/案例}}"], "within_itself"),
        (["{{Unit}}"], "unknown_placeholder"),
    ],
)
async def test_a_placeholder_in_the_wrong_place_is_told(place: District, lines: list[str], code: str) -> None:
    right = ["{{推荐单位}}", "{{#案例}}", "{{案例名称}}{{实施单位}}", "{{/案例}}"]
    data = of_lines(*right, *lines)
    assert [
        each for each, _ in findings(await put(place.by_office, address(place.campaign.id, "plan_form"), data))
    ] == [code]


async def test_what_is_no_word_document_is_refused_as_such(place: District) -> None:
    [(code, message)] = findings(await put(place.by_office, address(place.campaign.id, "receipt"), b"%PDF-1.4\n"))
    assert (code, message.startswith("这是 PDF 文件。")) == ("unsupported_template", True)


async def test_a_dry_run_changes_nothing_and_a_template_of_before_is_stale(place: District) -> None:
    href = address(place.campaign.id, "plan_form")
    assert done(await put(place.by_office, href, PLAN, dry_run="true"))["template"] is None
    assert done(await put(place.by_office, href, PLAN, '"0"'))["etag"] == '"1"'
    assert (await put(place.by_office, href, PLAN, '"0"')).status_code == 412
    assert done(await put(place.by_office, href, PLAN))["etag"] == '"1"', "the very same"
    removed = done(await place.by_office.delete(href, headers={"If-Match": '"1"'}))
    assert (removed["template"], removed["etag"]) == (None, '"2"')
    assert (await put(place.by_office, href, PLAN, '"0"')).status_code == 412
    assert (await place.by_office.get(f"{href}/content")).status_code == 404
    assert done(await place.by_office.delete(href, headers=ANY))["etag"] == '"2"'
    async with place.world.database.transaction() as session:
        told = await session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.action.startswith("paper_template."))
            .order_by(AuditEvent.ordinal)
        )
        assert [*told] == ["paper_template.placed", "paper_template.removed"]
        states = [*await session.scalars(select(File.state))]
        assert "condemned" in states


async def test_an_application_is_laid_out_by_the_template_as_it_was_by_the_system(submitted: Submitted) -> None:
    campaign_id = (await submitted.seen())["campaign_id"]
    href, form = address(campaign_id, "application_form"), f"{submitted.href}/form"
    choices = {"format": "docx", "pictures": "none"}
    before = (await submitted.unit.get(form, params=choices)).content
    done(await put(submitted.office, href, await starter(submitted.office, href)))
    answer = await submitted.unit.get(form, params=choices)
    assert of_docx(answer.content) == of_docx(before)
    assert unquote(answer.headers["content-disposition"]).endswith("申报表-第1版-不附图片.docx")
    assert len(docx.Document(BytesIO(answer.content)).inline_shapes) == 1
    pictured = await submitted.unit.get(form, params={"format": "docx", "pictures": "thumbnails"})
    assert len(docx.Document(BytesIO(pictured.content)).inline_shapes) == 6

    [(code, _)] = findings(await submitted.unit.get(form))
    assert code == "template_is_word"
    built_in = await submitted.unit.get(form, params=choices | {"layout": "built_in"})
    assert built_in.content == before
    assert (await submitted.unit.get(form, params={"layout": "built_in"})).content.startswith(b"%PDF")
    done(await submitted.office.delete(href, headers=ANY))
    assert (await submitted.unit.get(form, params=choices)).content == before


async def test_a_form_is_tried_on_an_application_or_empty_and_nothing_is_kept(submitted: Submitted) -> None:
    seen = await submitted.seen()
    href = address(seen["campaign_id"], "application_form")
    starter = (await submitted.office.get(f"{href}/starter")).content
    empty = await submitted.office.post(f"{href}/trial", files={"file": ("模板.docx", starter)})
    assert "申报单位" in text_of_docx(empty.content)
    answer = await submitted.office.post(
        f"{href}/trial", files={"file": ("模板.docx", starter)}, data={"subject_id": str(uuid4())}
    )
    assert answer.status_code == 404
    assert (await read(submitted.office, href))["etag"] == '"0"'


async def test_the_office_alone_has_to_do_with_templates(submitted: Submitted) -> None:
    campaign_id = (await submitted.seen())["campaign_id"]
    href = address(campaign_id, "plan_form")
    for client in (submitted.unit, submitted.committee):
        answers = [
            await client.get(address(campaign_id)),
            await client.get(href),
            await client.get(f"{href}/starter"),
            await client.get(f"{href}/content"),
            await put(client, href, PLAN),
            await put(client, href, PLAN, dry_run="true"),
            await client.delete(href, headers=ANY),
        ]
        assert {answer.status_code for answer in answers} == {403}


async def test_a_template_that_lacks_what_the_campaign_asks_for_since_is_told(place: District, world: World) -> None:
    draft = await world.campaign(status=CampaignStatus.DRAFT, year=2016)
    href = address(draft.id, "application_form")
    done(await put(place.by_office, href, await starter(place.by_office, href)))
    settings = (await read(place.by_office, f"/api/v1/campaigns/{draft.id}"))["settings"]
    own = {"code": "honour", "name": "曾获荣誉", "control": "line", "need": "optional", "blind": False, "public": True}
    body = settings | {"cells": [own]}
    done(await place.by_office.put(f"/api/v1/campaigns/{draft.id}", json=body, headers=ANY))
    placed = (await read(place.by_office, href))["template"]
    assert [each["code"] for each in placed["findings"]] == ["missing_placeholder"] * 3


async def test_a_list_and_a_receipt_are_laid_out_by_their_templates(place: District) -> None:
    await place.filed(2)
    filing = (await read(place.by_office, "/api/v1/filings"))["items"][0]["id"]
    texts = {}
    for paper, path in (
        ("summary", f"/api/v1/campaigns/{place.campaign.id}/summary"),
        ("receipt", f"/api/v1/filings/{filing}/receipt"),
    ):
        before = (await place.by_office.get(path, params={"format": "docx", "layout": "built_in"})).content
        href = address(place.campaign.id, paper)
        done(await put(place.by_office, href, await starter(place.by_office, href)))
        answer = await place.by_office.get(path, params={"format": "docx"})
        assert rows_of(docx.Document(BytesIO(answer.content))) == rows_of(docx.Document(BytesIO(before)))
        texts[paper] = text_of_docx(answer.content)
    assert "核验码：" in texts["receipt"]
    assert "{{" not in "".join(texts.values())


async def test_templates_are_put_while_a_campaign_runs_and_after_it(place: District) -> None:
    assert place.campaign.status is CampaignStatus.PUBLISHED
    done(await place.by_office.post(f"/api/v1/campaigns/{place.campaign.id}/closure", json={}, headers=ANY | key()))
    done(await put(place.by_office, address(place.campaign.id, "plan_form"), PLAN))
