"""Lists of accounts come as tables: everybody is invited or nobody, and a code is in one answer alone."""

from io import BytesIO
from typing import Any

import openpyxl
from sqlalchemy import select

from app.models import Account
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.world import World, account_of
from tests.world.lists import as_csv, by_openpyxl, send_list
from tests.world.people import ANOTHER

PATH = "/api/v1/account-lists"
HEAD = ["用户名", "姓名", "角色", "党（工）委", "单位", "联系电话"]
ROWS: list[list[Any]] = [
    HEAD,
    ["ban.zhang", "张弓", "主办单位", None, None, None],
    ["qt.li", "李文博", "党（工）委", "乔屯街道党工委", None, "0315-3724062"],
    ["longhua.wang", "王丽", "文明单位", None, "龙华社区", None],
    ["ping.zhao", "赵平", "评委", None, None, None],
]


async def usernames(world: World) -> set[str]:
    async with world.database.transaction() as session:
        return {*await session.scalars(select(Account.username).where(Account.username.in_([row[0] for row in ROWS])))}


async def placed(world: World) -> ContractClient:
    committee = await world.committee(name="乔屯街道党工委", code="QT")
    await world.unit(committee, name="龙华社区")
    return await world.client_of(Role.OFFICE)


def said(answer: Any) -> list[tuple[str, str]]:
    return [(each["code"], each["params"].get("place", "")) for each in answer["findings"]]


async def test_everybody_is_invited_with_a_code_that_works_and_a_dry_run_has_none(world: World) -> None:
    office = await placed(world)
    data = by_openpyxl({"账号": ROWS})
    tried = await send_list(office, data, path=PATH, dry_run="true")
    assert tried.status_code == 200, tried.text
    assert [(row["outcome"], row["activation_code"], row["account_id"]) for row in tried.json()["rows"]] == [
        ("created", None, None)
    ] * 4
    assert await usernames(world) == set()
    done = (await send_list(office, data, path=PATH)).json()
    assert [(row["place"], row["username"], row["outcome"]) for row in done["rows"]] == [
        (f"账号!A{at}", row[0], "created") for at, row in enumerate(ROWS[1:], 2)
    ]
    codes = [row["activation_code"] for row in done["rows"]]
    assert len({*codes}) == 4
    opened = await world.client().post("/api/v1/activations", json={"code": codes[1], "password": ANOTHER})
    assert opened.status_code == 200, opened.text
    events = (await office.get("/api/v1/events", params={"limit": 100})).text
    assert not [code for code in codes if code in events]
    again = (await send_list(office, data, path=PATH)).json()
    assert [(row["outcome"], row["activation_code"], said(row)) for row in again["rows"]] == [
        ("unchanged", None, [("account_known", f"账号!A{at}")]) for at in range(2, 6)
    ]


async def test_every_bad_cell_is_told_and_nobody_is_invited(world: World) -> None:
    office = await placed(world)
    other = await world.committee(name="另一党委")
    await world.unit(other, name="同名社区")
    await world.unit(await world.committee(name="第三党委"), name="同名社区")
    taken = (await world.account(Role.REVIEWER)).username
    bad: list[list[Any]] = [
        HEAD,
        ["x", "甲", "评委", None, None, None],
        ["a.one", "甲", "局长", None, None, None],
        ["a.two", "乙", "文明单位", None, "没有的社区", None],
        ["a.three", "丙", "文明单位", None, "同名社区", None],
        ["a.four", "丁", "党（工）委", "没有的党委", None, None],
    ]
    refused = await send_list(office, by_openpyxl({"账号": bad}), path=PATH)
    assert (refused.status_code, said(refused.json())) == (
        409,
        [
            ("word_unknown", "账号!C3"),
            ("organisation_unknown", "账号!E4"),
            ("organisation_unclear", "账号!E5"),
            ("organisation_unknown", "账号!D6"),
            ("cell_not_valid", "账号!A2"),
        ],
    )
    worse: list[list[Any]] = [
        HEAD,
        [taken, "别人", "评委", None, None, None],
        ["b.one", "乙", "文明单位", "另一党委", None, None],
        ["b.two", "丙", "文明单位", "另一党委", "同名社区", None],
    ]
    refused = await send_list(office, as_csv(worse), path=PATH)
    assert (refused.status_code, [place for _, place in said(refused.json())]) == (409, ["CSV!A2", "CSV!E3"])
    twice = await send_list(office, as_csv([HEAD, ROWS[1], ROWS[1]]), path=PATH)
    assert said(twice.json()) == [("repeated", "CSV!A3")]
    marked = await send_list(office, by_openpyxl({"账号": bad}), path=PATH, to="/marked-copy")
    sheet = openpyxl.load_workbook(BytesIO(marked.content))["账号"]
    assert [cell.coordinate for row in sheet for cell in row if cell.comment] == ["A2", "C3", "E4", "E5", "D6"]


async def test_a_committee_invites_the_people_of_its_units_alone_and_learns_of_no_other_account(world: World) -> None:
    await placed(world)
    mine = await world.committee(name="自己的党委", code="ZJ")
    await world.unit(mine, name="自己的社区")
    client = await world.client_of(Role.COMMITTEE, committee=mine)
    judge = (await world.account(Role.REVIEWER)).username
    rows: list[list[Any]] = [HEAD, ["zj.one", "甲", "文明单位", None, "自己的社区", None]]
    done = await send_list(client, as_csv(rows), path=PATH)
    assert done.status_code == 200, done.text
    foreign = await send_list(client, as_csv([HEAD, ["zj.two", "乙", "文明单位", None, "龙华社区", None]]), path=PATH)
    assert said(foreign.json()) == [("organisation_unknown", "CSV!E2")]
    for name in (judge, "nobody.at.all"):
        guess = await send_list(client, as_csv([HEAD, [name, "评委", "文明单位", None, "自己的社区", None]]), path=PATH)
        assert said(guess.json()) == [("username_of_committee", "CSV!A2")], "taken or not, it is the same"
    judge_row = await send_list(client, as_csv([HEAD, ["zj.x", "丙", "评委", None, None, None]]), path=PATH)
    assert said(judge_row.json()) == [("word_unknown", "CSV!C2")], "it appoints no judges, and is told at the cell"
    colleague = account_of(Role.COMMITTEE, committee=mine)
    colleague.username = "zj.colleague"
    await world.add(colleague)
    taken = as_csv([HEAD, [colleague.username, "丁", "文明单位", None, "自己的社区", None]])
    assert said((await send_list(client, taken, path=PATH)).json()) == [("already_exists", "CSV!A2")]
    template = await client.get(f"{PATH}/template")
    offered = openpyxl.load_workbook(BytesIO(template.content))["选项"]
    assert [[cell.value for cell in offered[column] if cell.value] for column in "AB"] == [
        ["党（工）委", "文明单位"],
        ["自己的党委"],
    ]
    assert (await send_list(await world.client_of(Role.REVIEWER), b"", path=PATH)).status_code == 403
