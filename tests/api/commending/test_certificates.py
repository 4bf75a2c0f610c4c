"""Certificates on paper: downloaded by the office and by who received them, and refused to everybody else."""

from typing import Any
from urllib.parse import unquote

import pytest

from app.models.enums import Role
from app.services.policies.commending.certificates import VERIFIED_AT
from tests.contract.client import ContractClient
from tests.contract.operations import OPERATIONS
from tests.scenarios.steps import done, read
from tests.world import World, key
from tests.world.commending import ENDS, Commending, found, publicise, publish
from tests.world.papers import pages_of, squeezed, text_of_docx
from tests.world.winners import name_persons, name_units, of_unit, winners


@pytest.fixture
async def place(world: World) -> Commending:
    """A published commendation of two cases, two units and a person."""
    place = await winners(world)
    for case in range(2):
        await place.award(case)
    done(await name_units(place, 0, 1))
    done(await name_persons(place, of_unit(place, "王芳", title="社区主任")))
    return place


async def published(place: Commending) -> list[dict[str, Any]]:
    done(await publicise(place))
    place.world.database.clock.stopped_at = ENDS
    done(await publish(place))
    return await place.awards(commendation_id=str(place.commendation.id))


async def got(client: ContractClient, href: str, **choices: Any) -> bytes:
    answer = await client.get(href, params=choices)
    assert answer.status_code == 200, answer.text
    return answer.content


async def refused(client: ContractClient, href: str) -> list[tuple[str, str | None]]:
    answer = await client.get(href)
    assert answer.status_code == 409, answer.text
    return found(answer)


async def test_one_certificate_is_printed_for_its_recipient_and_the_office(place: Commending) -> None:
    awards = await published(place)
    own = next(each for each in awards if each["kind"] == "excellent_case")
    person = next(each for each in awards if each["recipient"] == "person")
    href = f"/api/v1/awards/{own['id']}/certificate"
    clients = await place.everybody_else()
    answers = {who: (await client.get(href)).status_code for who, client in clients.items()}
    mine = {"own unit", "own committee"}
    theirs = {who: 200 if who in mine else 404 for who in clients}
    assert answers == theirs
    answer = await place.by_office.get(href)
    assert unquote(answer.headers["content-disposition"]).endswith(
        f"{own['certificate_number']}-{own['name']}-荣誉证书.pdf"
    )
    [page] = pages_of(answer.content)
    for words in (
        f"{own['unit_name']}：你单位申报的“{own['name']}”在{place.campaign.name}中被评为优秀案例。",
        f"编号：{own['certificate_number']}",
        f"核验码：{own['verification_code']}",
        "路北区精神文明建设委员会办公室2015年4月29日",
    ):
        assert squeezed(words) in page
        assert squeezed(words) in text_of_docx(await got(place.by_office, href, format="docx"))
    unit = await place.world.client_of(Role.UNIT, unit=place.units[0])
    assert "王芳同志：" in pages_of(await got(unit, f"/api/v1/awards/{person['id']}/certificate"))[0]


async def test_all_of_a_commendation_are_one_file_in_the_order_of_the_list(place: Commending) -> None:
    awards = await published(place)
    href = f"{place.path}/certificates"
    pages = pages_of(await got(place.by_office, href))
    assert [
        f"编号：{squeezed(each['certificate_number'])}" in page for each, page in zip(awards, pages, strict=True)
    ] == ([True] * 5)
    units = await got(place.by_office, href, kind="organising_unit", format="docx")
    assert text_of_docx(units).count("被评为优秀组织单位") == 2
    unit = await place.world.client_of(Role.UNIT, unit=place.units[0])
    assert len(pages_of(await got(unit, href))) == 3, "its case, itself, and its person"
    assert await refused(await place.world.client_of(Role.REVIEWER), href) == [("no_certificates", None)]


async def test_there_is_no_certificate_before_the_publication_and_none_of_what_was_revoked(place: Commending) -> None:
    unit = await place.world.client_of(Role.UNIT, unit=place.units[0])
    [first, *_] = await place.its_awards()
    href, whole = f"/api/v1/awards/{first}/certificate", f"{place.path}/certificates"
    assert [(await unit.get(each)).status_code for each in (href, whole)] == [404, 404]
    assert await refused(place.by_office, href) == [("not_awarded", None)]
    assert await refused(place.by_office, whole) == [("no_certificates", None)]
    done(await publicise(place))
    assert await refused(unit, href) == [("not_awarded", None)]
    place.world.database.clock.stopped_at = ENDS
    done(await publish(place))
    before = len(pages_of(await got(place.by_office, whole)))
    done(await place.by_office.post(f"/api/v1/awards/{first}/revocation", json={"reason": "材料不实"}, headers=key()))
    assert await refused(place.by_office, href) == [("certificate_revoked", None)]
    assert (await unit.get(href)).status_code == 404
    assert len(pages_of(await got(place.by_office, whole))) == before - 1


async def test_a_name_that_no_font_has_is_refused_at_its_certificate(place: Commending) -> None:
    done(await name_persons(place, of_unit(place, "李𡃁")))
    awards = await published(place)
    number = next(each["certificate_number"] for each in awards if each["name"] == "李𡃁")
    answer = await place.by_office.get(f"{place.path}/certificates")
    [finding] = answer.json()["findings"]
    assert (answer.status_code, finding["code"]) == (409, "no_glyph")
    assert number in finding["message"]
    assert "𡃁（U+210C1）" in finding["message"]
    word = await got(place.by_office, f"{place.path}/certificates", format="docx")
    assert "李𡃁同志：" in text_of_docx(word)


async def test_the_address_of_the_verification_is_one_of_the_contract(place: Commending) -> None:
    [operation] = [each for each in OPERATIONS if each.name == "verifyCertificate"]
    awards = await published(place)
    assert f"/api/v1{operation.path}".startswith(VERIFIED_AT) or operation.path.startswith(VERIFIED_AT)
    verified = await read(place.world.client(), VERIFIED_AT + awards[0]["verification_code"])
    assert verified["certificate_number"] == awards[0]["certificate_number"]
