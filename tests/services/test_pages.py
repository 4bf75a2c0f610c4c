from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Text, bindparam, select

from app.context import ANONYMOUS
from app.inputs import Name
from app.models import Committee
from app.services.pages import Filter, Listing, Page, among, clauses, containing, cursor_of, exactly, id_of
from tests.world import NOW, World

_Q = bindparam("q", type_=Text)
_COMMITTEES = select(Committee.id, Committee.code).where(_Q.is_(None) | Committee.code.startswith(_Q))
OLDEST = Listing(_COMMITTEES, Committee.id)
NEWEST = Listing(_COMMITTEES, Committee.id, newest_first=True)
NOBODY = UUID(int=0)


async def fill(world: World, count: int, prefix: str = "C") -> list[str]:
    codes = [f"{prefix}{number:02d}" for number in range(count)]
    kind = "district_direct"
    await world.add(*(Committee(code=code, name=code, kind=kind, created_at=NOW, updated_at=NOW) for code in codes))
    return codes


async def page(world: World, listing: Listing, after: UUID | None, limit: int, q: str | None = None) -> Page:
    async with world.viewing(ANONYMOUS) as view:
        return await listing.page(view, after=after, limit=limit, q=q)


async def walk(world: World, listing: Listing, limit: int) -> list[list[str]]:
    pages, after = [], None
    while True:
        found = await page(world, listing, after, limit)
        pages.append([row["code"] for row in found.rows])
        if found.next_id is None:
            return pages
        after = id_of(cursor_of(found.next_id))


@pytest.mark.parametrize("count", [0, 1, 6, 7])
@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_a_walk_meets_every_row_once_in_one_order(world: World, count: int, limit: int) -> None:
    codes = await fill(world, count)
    pages = await walk(world, OLDEST, limit)
    assert [code for rows in pages for code in rows] == codes
    assert [len(rows) for rows in pages[:-1]] == [limit] * (len(pages) - 1)
    assert count == 0 or pages[-1] != [], "no page is promised that has no rows"
    assert [code for rows in await walk(world, NEWEST, limit) for code in rows] == codes[::-1]


async def test_every_page_tells_how_many_rows_the_list_has(world: World) -> None:
    await fill(world, 5)
    first = await page(world, OLDEST, None, 3)
    second = await page(world, OLDEST, first.next_id, 3)
    assert (first.total, second.total, len(second.rows), second.next_id) == (5, 5, 2, None)


async def test_filters_count_too(world: World) -> None:
    await fill(world, 3, "A")
    await fill(world, 2, "B")
    found = await page(world, OLDEST, None, 1, q="B")
    assert (found.total, [row["code"] for row in found.rows]) == (2, ["B00"])


async def test_an_empty_list(world: World) -> None:
    found = await page(world, OLDEST, None, 20)
    assert (found.rows, found.next_id, found.total) == ([], None, 0)


async def test_a_list_is_counted_up_to_a_bound(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(world, 4)
    counts = []
    for bound in (3, 4, 5):
        monkeypatch.setattr("app.services.pages.COUNTED", bound)
        for after in (None, NOBODY):  # the last row is before nobody
            found = await page(world, NEWEST, after, 1)
            counts.append((found.total, found.total_exact))
    assert counts == [(3, False)] * 2 + [(4, True)] * 4


async def test_behind_the_last_row_the_list_still_has_its_total(world: World) -> None:
    await fill(world, 4)
    found = await page(world, NEWEST, NOBODY, 20)
    assert (found.rows, found.next_id, found.total) == ([], None, 4)


async def test_a_row_added_behind_the_cursor_is_met_and_one_before_it_is_not(world: World) -> None:
    await fill(world, 4)
    first = await page(world, OLDEST, None, 2)
    await fill(world, 1, "D")
    rest = await page(world, OLDEST, first.next_id, 10)
    assert [row["code"] for row in rest.rows] == ["C02", "C03", "D00"]


def test_a_cursor_leads_back_to_its_row() -> None:
    row = uuid4()
    assert id_of(cursor_of(row)) == row
    assert (cursor_of(None), id_of(None)) == (None, None)


@pytest.mark.parametrize("wrong", ["", "x", "AAAA", "品牌", "A" * 23, "=" * 22, "!" * 22])
def test_a_cursor_nobody_was_given(wrong: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # base64 and UUID have messages of their own
        id_of(wrong)


FILTERED = {
    "kind": exactly(Committee.kind, str, "Only of this kind."),
    "code": among(Committee.code, Name, "Only with these codes.", max_length=9),
    "q": containing("In the code.", Committee.code),
    "live": Filter(bool, "Live.", lambda live: Committee.retired_at.is_(None) == live, default=True),
}
ONE_BY_ONE = Listing(select(Committee.id, Committee.code), Committee.id, filters=FILTERED)


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, ["A00", "A01", "B00"]),
        ({"kind": "district_direct"}, ["A00", "A01", "B00"]),
        ({"kind": "township_subdistrict"}, []),
        ({"code": ["A01", "B00", "C00"]}, ["A01", "B00"]),
        ({"q": "a0"}, ["A00", "A01"]),
        ({"q": "a0", "code": ["A01", "B00"]}, ["A01"]),
        ({"q": "%"}, []),
        ({"live": False}, []),
    ],
)
async def test_a_filter_that_is_sent_applies_itself(world: World, chosen: dict[str, Any], found: list[str]) -> None:
    await fill(world, 2, "A")
    await fill(world, 1, "B")
    values = {name: each.default for name, each in FILTERED.items()} | chosen
    async with world.viewing(ANONYMOUS) as view:
        page = await ONE_BY_ONE.page(view, after=None, limit=9, **values)
    assert ([row["code"] for row in page.rows], page.total) == (found, len(found))


def test_a_filter_without_a_default_may_be_left_out() -> None:
    written = [str(clause) for clause in clauses(FILTERED)]
    assert ["IS NULL OR" in each for each in written] == [True, True, True, False]
