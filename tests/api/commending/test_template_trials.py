"""Trials of templates on one case, and the papers of a commendation laid out by them."""

from io import BytesIO
from typing import Any

import docx
import pytest

from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read
from tests.world import World
from tests.world.commending import ENDS, Commending, publicise, publish
from tests.world.papers import squeezed, text_of_docx
from tests.world.templates import of_lines
from tests.world.winners import winners

CERTIFICATE = of_lines("证书", "{{证书正文}}", "{{证书编号}}", "{{二维码}}", "{{落款单位}}", "{{落款日期}}")


@pytest.fixture
async def place(world: World) -> Commending:
    """A published commendation of two cases."""
    place = await winners(world)
    for case in range(2):
        await place.award(case)
    done(await publicise(place))
    world.database.clock.stopped_at = ENDS
    done(await publish(place))
    return place


def address(campaign_id: Any, paper: str) -> str:
    return f"/api/v1/campaigns/{campaign_id}/paper-templates/{paper}"


async def tried(client: ContractClient, href: str, data: bytes = b"", subject: Any = "") -> Any:
    files = {"file": ("模板.docx", data)} if data else {"subject_id": (None, str(subject))}
    form = {"subject_id": str(subject)} if subject and data else None
    return await client.post(f"{href}/trial", files=files, data=form)


async def put(client: ContractClient, href: str, data: bytes) -> None:
    done(await client.put(href, files={"file": ("模板.docx", data)}, headers={"If-Match": "*"}))


async def test_a_certificate_is_tried_and_then_printed_by_its_template(place: Commending) -> None:
    awards = await place.awards(commendation_id=str(place.commendation.id))
    href = address(place.campaign.id, "certificate")
    answer = await tried(place.by_office, href, CERTIFICATE, awards[0]["id"])
    assert answer.status_code == 200, answer.text
    assert awards[0]["certificate_number"] in text_of_docx(answer.content)
    assert (await read(place.by_office, href))["template"] is None

    await put(place.by_office, href, CERTIFICATE)
    answer = await place.by_office.get(f"{place.path}/certificates", params={"format": "docx"})
    document = docx.Document(BytesIO(answer.content))
    said = [each.text for each in document.paragraphs]
    assert [number for number in said if number in {each["certificate_number"] for each in awards}]
    assert said.count("证书") == len(awards) == len(document.inline_shapes)
    in_force = await tried(place.by_office, href, subject=awards[0]["id"])
    assert awards[0]["certificate_number"] in text_of_docx(in_force.content)


@pytest.mark.parametrize(("paper", "path"), [("publicity", "publicity"), ("publication", "publication")])
async def test_a_notice_by_its_starting_template_says_what_the_built_in_says(
    place: Commending, paper: str, path: str
) -> None:
    href, notice = address(place.campaign.id, paper), f"{place.path}/{path}/paper"
    before = (await place.by_office.get(notice, params={"format": "docx"})).content
    starter = (await place.by_office.get(f"{href}/starter")).content
    await put(place.by_office, href, starter)
    after = text_of_docx((await place.by_office.get(notice, params={"format": "docx"})).content)
    said = [each.text for each in docx.Document(BytesIO(before)).paragraphs[:12]]
    assert all(squeezed(line) in after for line in said if not line.startswith("附件"))
    for award in await place.awards(commendation_id=str(place.commendation.id)):
        assert squeezed(award["name"]) in after
    assert "{{" not in after


async def test_what_cannot_be_tried_is_told(place: Commending) -> None:
    href = address(place.campaign.id, "certificate")
    awards = await place.awards(commendation_id=str(place.commendation.id))
    answers = [
        await tried(place.by_office, href, of_lines("{{证书正文}}"), awards[0]["id"]),
        await tried(place.by_office, href, CERTIFICATE),
        await tried(place.by_office, href, subject=awards[0]["id"]),
    ]
    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert [answer.json()["findings"][0]["code"] for answer in answers] == [
        *("missing_placeholder", "required", "no_template"),
    ]
    other = await place.world.campaign(year=2016)
    assert (
        await tried(place.by_office, address(other.id, "certificate"), CERTIFICATE, awards[0]["id"])
    ).status_code == 404


async def test_the_office_alone_tries_templates(place: Commending) -> None:
    href = address(place.campaign.id, "certificate")
    clients = await place.everybody_else()
    assert {(await tried(client, href, CERTIFICATE)).status_code for client in clients.values()} == {403}
