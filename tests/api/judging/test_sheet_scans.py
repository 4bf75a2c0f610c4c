"""Scans of paper sheets: stored by the office, checked with the sheet, and read by nobody but it and the judge."""

import asyncio

from httpx2 import Response
from sqlalchemy import select

from app.models import AuditEvent, File
from app.models.enums import FileState, Role, RoundStatus
from tests.contract.client import ContractClient
from tests.world import World, key
from tests.world.judging import judging
from tests.world.sheets import entered
from tests.world.uploads import as_stored, photo, scan


def findings(answer: Response) -> list[tuple[str, str | None]]:
    assert answer.status_code == 409, answer.text
    return [(each["code"], each["pointer"]) for each in answer.json()["findings"]]


async def test_where_a_round_needs_scans_no_sheet_is_checked_without(world: World) -> None:
    sheet = await entered(world, scans_needed=True)
    before = (await sheet.second.get(sheet.href)).json()
    assert (before["scan_href"], before["actions"]["check"]["allowed"]) == (None, False)
    assert findings(await sheet.check()) == [("scan_needed", "/scan")]
    stored = await sheet.store(1, tag=before["etag"])
    assert (stored.status_code, stored.json()["scan_href"]) == (200, f"{sheet.href}/scan")
    assert stored.headers["etag"] == stored.json()["etag"] != before["etag"]
    assert (await sheet.store(2, tag=before["etag"])).status_code == 412
    assert (await sheet.check()).json()["status"] == "submitted"
    assert findings(await sheet.store(3)) == [("scan_checked", None)]
    await sheet.second.post(f"{sheet.href}/reopening", json={"reason": "扫描件有误。"})
    returned = await sheet.store(3)
    assert (returned.status_code, returned.json()["state"]) == (409, "draft")


async def test_a_scan_is_read_by_the_office_and_the_judge_alone(world: World) -> None:
    sheet = await entered(world)
    made, judge = sheet.made, sheet.made.by_judge[0]
    other = await world.sign_in(await made.judge())
    assert (await judge.get(sheet.own)).json()["scan_href"] is None
    assert (await judge.get(f"{sheet.own}/scan")).status_code == 404
    assert (await sheet.store(1)).status_code == 200
    own = (await judge.get(sheet.own)).json()["scan_href"]
    assert own == f"{sheet.own}/scan"
    for client, href in ((made.by_office, f"{sheet.href}/scan"), (sheet.second, f"{sheet.href}/scan"), (judge, own)):
        answer = await client.get(href)
        assert (answer.content, answer.headers["content-type"]) == (as_stored(scan(1)), "application/pdf")
    strangers: list[ContractClient] = [
        other,
        await world.client_of(Role.MUNICIPAL),
        await world.client_of(Role.UNIT, unit=made.units[0]),
        await world.client_of(Role.COMMITTEE, committee=made.committees[0]),
    ]
    for client in strangers:
        assert [(await client.get(href)).status_code for href in (f"{sheet.href}/scan", own)] == [404, 404]
        assert (await sheet.store(2, client)).status_code == 404
    assert [(await judge.get(f"{sheet.href}/scan")).status_code, (await sheet.store(2, judge)).status_code] == [404] * 2


async def test_the_history_has_the_digest_of_each_scan_and_the_latest_is_kept(world: World) -> None:
    sheet = await entered(world)
    digests = []
    for number in (1, 2):
        assert (await sheet.store(number)).status_code == 200
        async with world.database.transaction() as session:
            events = select(AuditEvent).where(AuditEvent.action == "review.scanned").order_by(AuditEvent.ordinal.desc())
            digests.append((await session.scalars(events)).first().data["sha256"])  # type: ignore[union-attr]
    async with world.database.transaction() as session:
        states = {row.sha256: row.state for row in await session.scalars(select(File).where(File.sha256.in_(digests)))}
    assert [states[each] for each in digests] == [FileState.CONDEMNED, FileState.STORED]
    checked = await sheet.check()
    assert (checked.json()["status"], checked.json()["scan_href"]) == ("submitted", f"{sheet.href}/scan")


async def test_a_sheet_that_was_checked_without_a_scan_gets_one_until_the_round_closes(world: World) -> None:
    sheet = await entered(world)
    assert (await sheet.check()).json()["actions"]["scan"]["allowed"] is True
    assert (await sheet.store(1)).json()["weighted_total"] == 80
    closed = await entered(world)
    assert (await closed.check()).status_code == 200
    await closed.made.becomes(RoundStatus.CLOSED)
    assert findings(await closed.store(1)) == [("wrong_state", None)]


async def test_the_same_scan_again_changes_nothing(world: World) -> None:
    sheet = await entered(world)
    first = await sheet.store(1)
    again = await sheet.store(1, tag=first.headers["etag"])
    assert (again.status_code, again.json()) == (200, first.json())
    async with world.database.transaction() as session:
        traces = await session.scalars(select(AuditEvent.id).where(AuditEvent.action == "review.scanned"))
        assert len(traces.all()) == 1


async def test_of_two_scans_at_once_the_later_stays_and_none_is_stray(world: World) -> None:
    sheet = await entered(world)
    both = await asyncio.gather(sheet.store(1), sheet.store(2, sheet.second))
    assert [each.status_code for each in both] == [200, 200]
    kept = (await sheet.second.get(f"{sheet.href}/scan")).content
    assert kept in {as_stored(scan(1)), as_stored(scan(2))}
    async with world.database.transaction() as session:
        states = sorted(await session.scalars(select(File.state)))
    assert states == [FileState.CONDEMNED, FileState.STORED]


async def test_a_scan_is_opened_as_others_are_and_there_is_none_where_a_judge_scores(world: World) -> None:
    sheet = await entered(world)
    sent = {"file": ("评分表.jpg", photo(size=(300, 200)), "image/jpeg")}
    small = await sheet.second.put(f"{sheet.href}/scan", files=sent, headers={"If-Match": "*"})
    assert [code for code, _ in findings(small)] == ["image_too_small"]
    made = await judging(world, cases=1, judges=1)
    review = await made.scored(made.cases[0], made.judges[0], 80)
    own = await made.by_office.put(f"/api/v1/reviews/{review.id}/scan", files=sent, headers={"If-Match": "*"})
    assert findings(own) == [("no_sheet", None)]
    needs = {"scans_needed": True}
    written = await made.by_office.patch(f"/api/v1/rounds/{made.round.id}", json=needs, headers={"If-Match": "*"})
    assert findings(written) == [("scans_of_live", "/scans_needed")]


async def test_a_round_may_ask_for_scans_while_it_is_open_and_its_judges_read_so(world: World) -> None:
    sheet = await entered(world)
    href = f"/api/v1/rounds/{sheet.made.round.id}"
    asked = await sheet.second.patch(href, json={"scans_needed": True}, headers={"If-Match": "*"})
    assert asked.json()["scans_needed"] is True
    assert findings(await sheet.check()) == [("scan_needed", "/scan")]
    assert (await sheet.made.by_judge[0].get(href)).json()["scans_needed"] is True
    assert (await sheet.second.post(f"{href}/closure", json={}, headers=key())).status_code == 409
