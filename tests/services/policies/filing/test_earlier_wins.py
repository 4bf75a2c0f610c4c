"""Earlier winners and what follows: written out from the words of notices, not from the code."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from app.models.enums import Severity
from app.services.policies.filing import earlier_wins as policy
from app.services.policies.filing.earlier_wins import EarlierWinners, Past, Win

HELD = (2009, 2011, 2012, 2014, 2015)
"""Years in which there was a campaign; the one that asks is of 2015."""


def asked(**values: Any) -> EarlierWinners:
    return EarlierWinners.model_validate({"last": 2, "same": ["unit"]} | values)


def won(year: int = 2014, **values: Any) -> Win:
    plain = {"kind": "excellent_case", "grade": "first", "award": "优秀案例一等奖", "same": "unit", "name": "翔云社区"}
    return Win(year=year, **(plain | values))


def found(setting: EarlierWinners | None, *wins: Win) -> list[tuple[str | None, int]]:
    return [(each.pointer, each.params["year"]) for each in policy.win_findings(setting, 2015, Past(wins, HELD))]


@pytest.mark.parametrize(
    ("values", "year", "counts"),
    [
        ({}, 2015, True),
        ({}, 2014, True),
        ({}, 2013, True),
        ({}, 2012, False),
        ({}, 2016, False),
        ({"last": 3}, 2012, True),
        ({"counted_in": "campaigns"}, 2015, True),
        ({"counted_in": "campaigns"}, 2012, True),
        ({"counted_in": "campaigns"}, 2011, False),
        ({"counted_in": "campaigns", "last": 20}, 2009, True),
        ({"counted_in": "campaigns", "last": 20}, 2008, False),
    ],
)
def test_how_far_back_an_award_counts(values: dict[str, Any], year: int, counts: bool) -> None:
    assert bool(found(asked(**values), won(year))) is counts


def test_the_first_campaign_has_none_before_it_but_others_of_its_year() -> None:
    setting = asked(counted_in="campaigns")
    wins = [won(2014), won(2015)]
    assert [each.params["year"] for each in policy.win_findings(setting, 2015, Past(wins, [2015]))] == [2015]


@pytest.mark.parametrize(
    ("values", "win", "counts"),
    [
        ({}, {"same": "brand"}, False),
        ({"among": "programme"}, {}, False),
        ({"among": "programme"}, {"here": True}, True),
        ({}, {"here": True}, True),
        ({"same": ["brand"]}, {"same": "brand"}, True),
        ({"same": ["brand"]}, {}, False),
        ({"kinds": ["excellent_case"]}, {}, True),
        ({"kinds": ["excellent_case"]}, {"kind": "advanced_committee"}, False),
        ({}, {"kind": "organising_unit", "of_case": False}, False),
        ({"kinds": ["organising_unit"]}, {"kind": "organising_unit", "of_case": False}, True),
        ({"grades": ["first", "second"]}, {"grade": "second"}, True),
        ({"grades": ["first"]}, {"grade": "third"}, False),
        ({"grades": ["first"]}, {"grade": None}, False),
    ],
)
def test_which_awards_count(values: dict[str, Any], win: dict[str, Any], counts: bool) -> None:
    assert bool(found(asked(**values), won(**win))) is counts


def test_every_award_is_named_once_the_latest_first_where_it_is_the_same() -> None:
    wins = [won(2013), won(2014, same="brand", name="邻里一家亲"), won(2014), won(2014)]
    setting = asked(same=["unit", "brand"])
    assert found(setting, *wins) == [("/brand_name", 2014), ("/unit_id", 2014), ("/unit_id", 2013)]


@pytest.mark.parametrize(("effect", "severity"), [("refused", Severity.ERROR), ("advised", Severity.ADVICE)])
def test_the_notice_says_whether_it_refuses(effect: str, severity: Severity) -> None:
    (finding,) = policy.win_findings(asked(effect=effect, counted_in="campaigns"), 2015, Past([won()], HELD))
    assert (finding.rule.code, finding.rule.severity) == ("won_before", severity)
    assert "“翔云社区”2014年已获“优秀案例一等奖”" in finding.rule.zh.format(**finding.params)
    assert "近2届" in finding.rule.zh.format(**finding.params)


def test_no_notice_no_finding_and_an_exemption_makes_it_none() -> None:
    assert found(None, won()) == found(asked().model_copy(update={"last": 0}), won()) == []


@pytest.mark.parametrize(
    ("old", "new", "stricter"),
    [
        (None, None, False),
        (None, {}, True),
        (None, {"effect": "advised"}, False),
        ({}, None, False),
        ({}, {}, False),
        ({"effect": "advised"}, {}, True),
        ({}, {"last": 1}, False),
        ({}, {"last": 3}, True),
        ({}, {"counted_in": "campaigns"}, True),
        ({}, {"among": "programme"}, False),
        ({"among": "programme"}, {}, True),
        ({}, {"same": ["unit", "brand"]}, True),
        ({"same": ["unit", "brand"]}, {}, False),
        ({}, {"kinds": ["excellent_case"]}, False),
        ({"kinds": ["excellent_case"]}, {}, True),
        ({"grades": ["first"]}, {"grades": ["first", "second"]}, True),
        ({"grades": ["first", "second"]}, {"grades": ["first"]}, False),
    ],
)
def test_which_change_refuses_more(old: dict[str, Any] | None, new: dict[str, Any] | None, stricter: bool) -> None:
    settings = [None if each is None else asked(**each) for each in (old, new)]
    assert policy.stricter(*settings) is stricter


@pytest.mark.parametrize("values", [{"last": 0}, {"last": 21}, {"same": []}, {"same": ["unit", "unit"]}])
def test_a_setting_that_means_nothing_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        asked(**values)


def test_a_record_is_revoked_once() -> None:
    assert policy.revocation_findings(None) == []
    (finding,) = policy.revocation_findings(datetime(2015, 9, 1, tzinfo=UTC))
    assert finding.rule.code == "already_revoked"
