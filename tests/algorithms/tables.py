"""Tables of scores, drawn and written by hand."""

import random
from collections.abc import Iterable, Mapping
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st

from app.algorithms.placement import rank
from app.algorithms.ranking import MEAN, Parameters, Ranking
from app.algorithms.scores import Score

DRAWS = 50
PATIENTLY = settings(deadline=None)
Table = dict[tuple[int, int], float]
"""Case and judge, and what the one got from the other."""
totals = st.integers(0, 400).map(lambda quarters: quarters / 4)
tables: st.SearchStrategy[Table] = st.dictionaries(st.tuples(st.integers(0, 7), st.integers(0, 4)), totals, max_size=30)


def case(number: int) -> UUID:
    return UUID(int=number)


def judge(number: int) -> UUID:
    return UUID(int=1000 + number)


def scores_of(table: Mapping[tuple[int, int], float]) -> list[Score]:
    return [Score(case(one), judge(by), total, {"influence": total % 7}) for (one, by), total in table.items()]


def renaming(ids: list[UUID], chance: random.Random) -> dict[UUID, UUID]:
    """Another id for each."""
    return dict(zip(ids, [UUID(int=number) for number in chance.sample(range(10**6), len(ids))], strict=True))


def ranking_of(*columns: Iterable[float], method: str = MEAN, tie_breaks: tuple[str, ...] = ()) -> Ranking:
    """Each column is a case: what the first judge gave it, the second, and so on."""
    table = {(one, by): total for one, column in enumerate(columns) for by, total in enumerate(column)}
    cases = [case(number) for number in range(len(columns))]
    return rank(cases, scores_of(table), Parameters(method, tie_breaks, draws=DRAWS))
