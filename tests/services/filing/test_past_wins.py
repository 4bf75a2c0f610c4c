from dataclasses import replace
from typing import Any

import pytest

from app.models.enums import Role
from app.services.filing import applications, earlier_wins
from app.services.filing.earlier_wins import EarlierWinImport
from app.services.filing.past_wins import facts_of
from app.services.policies.filing.earlier_wins import NOTHING_WON
from tests.world import World, actor_of
from tests.world.filing import district
from tests.world.statements import Counting

KIND = {
    "code": "excellent_case",
    "name": "优秀案例",
    "recipient": "application",
    "grades": [{"code": "first", "name": "一等奖"}],
}


@pytest.mark.parametrize(
    ("award", "of", "grade", "words"),
    [
        ("优秀案例一等奖", None, "first", "优秀案例一等奖"),
        (None, KIND, "first", "优秀案例一等奖"),
        (None, KIND, None, "优秀案例"),
        (None, KIND, "gone", "优秀案例"),
        (None, None, "first", "excellent_case"),
    ],
)
def test_an_award_is_named_in_the_words_of_its_campaign(award: Any, of: Any, grade: Any, words: str) -> None:
    one = {"year": 2014, "kind": "excellent_case", "grade": grade, "award": award, "of": of}
    past = facts_of([one | {"same": "unit", "name": "翔云社区"}], [2014])
    assert [win.award for win in past.wins] == [words]


async def test_a_campaign_that_does_not_ask_is_not_looked_up(world: World) -> None:
    place = await district(world, await world.campaign())
    application = await place.complete()
    async with world.viewing(actor_of(place.member)) as view:
        await applications.read(view, application)  # the settings are parsed once
        counting = Counting(view.reader)
        found = await applications.read(replace(view, reader=counting), application)
    assert found.facts.past == NOTHING_WON
    assert counting.count == 2


@pytest.mark.parametrize("wins", [1, 30])
async def test_the_past_costs_one_statement_where_the_campaign_asks(world: World, wins: int) -> None:
    asked = {"last": 2, "same": ["unit", "brand"]}
    place = await district(world, await world.campaign(earlier_winners=asked))
    application = await place.complete()
    async with world.acting(place.actors[Role.OFFICE]) as ctx:
        names = [place.unit.name, *(f"别的第{number}社区" for number in range(wins))]
        won = [{"year": 2013, "kind": "excellent_case", "award": "优秀案例", "unit_name": name} for name in names]
        await earlier_wins.carry_out(ctx, EarlierWinImport.model_validate({"wins": won}))
    async with world.viewing(actor_of(place.member)) as view:
        await applications.read(view, application)  # the settings are parsed once
        counting = Counting(view.reader)
        found = await applications.read(replace(view, reader=counting), application)
    assert [(win.year, win.same, win.name) for win in found.facts.past.wins] == [(2013, "unit", place.unit.name)]
    assert counting.count == 3
