"""Numbers are found in a cell however people write them, and compared as they are dialled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.phones import dialled, in_prose, without_numbers

SWITCHBOARD = "03153724062"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("3724062、13900000000", ["3724062", "13900000000"]),
        ("3724062/3724063", ["3724062", "3724063"]),
        ("(0712)2345651/52/53/54", ["07122345651", "07122345652", "07122345653", "07122345654"]),
        ("3724062；13900000000", ["3724062", "13900000000"]),
        ("13900000000 0315-3724062", ["13900000000", SWITCHBOARD]),
        ("张主任13900000000 李主任 139-0000-0001", ["13900000000", "13900000001"]),
        *(
            (each, [SWITCHBOARD])
            for each in ("0315—3724062", "0315－3724062", "０３１５-３７２４０６２", "（0315）3724062")
        ),
        *(
            (f"3724062{each}", ["3724062-808"])
            for each in (" ext 808", "分机808", "转808", "（转808）", "(808)", "x808")
        ),
        ("13900000000（张主任、2号楼）", ["13900000000"]),
        *((each, ["13900000000"]) for each in ("+86 139-0000-0000", "0086 13900000000", "139(0000)0000")),
        *((each, None) for each in ("-----", "()()()", "     -----", "1234", "张主任", "", None)),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str | None, expected: list[str] | None) -> None:
    assert dialled(typed) == expected


def test_extensions_of_one_switchboard_are_several_numbers() -> None:
    one, other = dialled("0315-3724062转8011"), dialled("0315-3724062转8012")
    assert one
    assert other
    assert not {SWITCHBOARD, *other} & set(one)


@given(st.lists(st.from_regex(r"\A1[0-9]{10}\Z"), min_size=1, max_size=5), st.sampled_from("、/；;,，"))
def test_as_many_numbers_are_found_as_were_written(given_numbers: list[str], separator: str) -> None:
    assert dialled(separator.join(given_numbers)) == given_numbers


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请拨13900000000或0315-3724062", "请拨***或***"),
        ("联系人张静（１３９ ００００ ００００）", "联系人张静（***）"),
        ("电话：3724062，热线12345", "电话：***，热线12345"),
        ("+86 139-0000-0000；（0315）37240621", "***；（***"),
        *((each, each) for each in ("2013-2015年服务12000000人次", "20150401", "1390000000000000", "110、120、12345")),
    ],
)
def test_a_text_for_everybody_has_no_telephone_number_and_keeps_its_figures(text: str, shown: str) -> None:
    assert without_numbers(text) == shown
    assert bool(in_prose(text)) == (text != shown)
