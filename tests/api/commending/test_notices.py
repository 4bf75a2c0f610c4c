"""公示 and 通报 on paper: what the office prints beforehand, and everybody else what is public."""

from typing import Any

import pytest

from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read
from tests.world import World, key
from tests.world.commending import ENDS, Commending, commending, found, publicise, publish
from tests.world.papers import pages_of, squeezed, text_of_docx


@pytest.fixture
async def place(world: World) -> Commending:
    """A draft with two cases."""
    place = await commending(world, (1, 90.0), (2, 80.0))
    for case in range(2):
        await place.award(case)
    return place


async def got(client: ContractClient, href: str, **choices: Any) -> str:
    """All words of the paper."""
    answer = await client.get(href, params=choices)
    assert answer.status_code == 200, answer.text
    return text_of_docx(answer.content) if choices else "".join(pages_of(answer.content))


async def answers(place: Commending, href: str) -> set[Any]:
    """Answers to everybody but the office: the codes of findings, else the status."""
    got = [await client.get(href) for client in (await place.everybody_else()).values()]
    return {found(each)[0][0] if each.status_code == 409 else each.status_code for each in got}


async def test_each_notice_is_the_offices_first_and_then_what_is_public(place: Commending) -> None:
    publicity, publication = f"{place.path}/publicity/paper", f"{place.path}/publication/paper"
    title = f"关于{place.campaign.name}拟通报表彰名单的公示"
    first, second = [squeezed(each["name"]) for each in await place.awards()]
    draft = await got(place.by_office, publicity)
    assert squeezed(title) in draft
    assert "自发布次日起5个工作日" in draft
    assert "路北文明办〔2015〕号" in await got(place.by_office, publication)
    assert [await answers(place, each) for each in (publicity, publication)] == [{404}, {404}]
    assert [(await place.world.client().get(each)).status_code for each in (publicity, publication)] == [401, 401]

    done(await publicise(place))
    text = await got(place.by_office, publicity)
    for words in (
        "2015年4月22日至2015年4月28日，共5个工作日",
        "联系人：张弓，联系电话：3724062",
        first,
        second,
        "2015年4月21日",
    ):
        assert words in text
        assert words in await got(place.by_office, publicity, format="docx")
    assert [await answers(place, each) for each in (publicity, publication)] == [{200}, {"not_published"}]

    place.world.database.clock.stopped_at = ENDS
    done(await publish(place))
    text = await got(place.by_office, publication)
    for words in (
        "路北文明办〔2015〕1号",
        "关于表彰优秀案例的通报",
        "附件：优秀案例名单",
        first,
        second,
        "2015年4月29日印发",
    ):
        assert words in text
        assert words in await got(place.by_office, publication, format="docx")
    assert [await answers(place, each) for each in (publicity, publication)] == [{"publicity_past"}, {200}]


async def test_what_was_dropped_or_revoked_stays_in_the_office_s_publicity_alone(place: Commending) -> None:
    done(await publicise(place))
    publicity, publication = f"{place.path}/publicity/paper", f"{place.path}/publication/paper"
    award, name = (await place.its_awards())[0], (await place.awards())[0]["name"]
    body = {"award_id": str(award), "text": "与实际不符"}
    unit = (await place.everybody_else())["unit"]
    before = await got(unit, publicity)
    raised = done(await place.by_office.post(f"{place.path}/objections", json=body, headers=key()), 201)
    assert await got(unit, publicity) == before, "nobody sees that an award is held"
    answer = {"status": "upheld", "answer": "经查属实"}
    done(await place.by_office.post(f"/api/v1/objections/{raised['id']}/answer", json=answer))
    assert [squeezed(name) in await got(client, publicity) for client in (place.by_office, unit)] == [True, False]
    place.world.database.clock.stopped_at = ENDS
    done(await publish(place))
    assert squeezed(name) not in await got(place.by_office, publication)
    assert squeezed(name) in await got(place.by_office, publicity)
    [other] = [each for each in await place.awards() if each["status"] == "awarded"]
    done(
        await place.by_office.post(
            f"/api/v1/awards/{other['id']}/revocation", json={"reason": "材料不实"}, headers=key()
        )
    )
    refused = await place.by_office.get(publication)
    assert (refused.status_code, found(refused)) == (409, [("no_awards", "/awards")])


async def test_a_name_that_no_font_has_is_refused_at_its_row(place: Commending) -> None:
    done(await place.by_office.patch(place.path, json={"title": "关于𡃁的通报"}, headers={"If-Match": "*"}))
    answer = await place.by_office.get(f"{place.path}/publication/paper")
    assert (answer.status_code, found(answer)) == (409, [("no_glyph", None)])
    assert "关于𡃁的通报" in await got(place.by_office, f"{place.path}/publication/paper", format="docx")
    assert (await read(place.by_office, place.path))["title"] == "关于𡃁的通报"
