"""The arithmetic of a ranking: figures by every method, tie-breaks, ranks and their intervals."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from math import inf, sqrt
from uuid import UUID

import numpy as np

from app.algorithms.leniency import leniency
from app.algorithms.methods import ESTIMATES, TRIMMED_FROM, Estimates, squares
from app.algorithms.panel import Panel
from app.algorithms.ranking import (
    CRITERION,
    MEAN,
    RAW_MEAN,
    Figure,
    Key,
    Leniency,
    Parameters,
    Ranking,
    Row,
    ranks_of,
)
from app.algorithms.resampling import intervals
from app.algorithms.scores import Score, exact, exact_mean, rounded


def rank(cases: Collection[UUID], scores: Collection[Score], parameters: Parameters) -> Ranking:
    """Rank the cases of a round by every method, with intervals for the ranks of the chosen one."""
    panel = Panel.of(scores)
    estimates = {name: method(panel) for name, method in ESTIMATES.items()} if panel.cases else {}
    rows = [*_rows(panel, estimates, _tie_breaks(panel, scores, parameters), parameters)] if estimates else []
    rows += [Row(case) for case in {*cases}.difference(panel.cases)]
    noise = _noise(estimates[parameters.method]) if estimates else None
    return Ranking(parameters, tuple(sorted(rows, key=_place)), _judges(panel), noise)


def _rows(
    panel: Panel, estimates: Mapping[str, Estimates], tie_breaks: Sequence[Key], parameters: Parameters
) -> Iterable[Row]:
    figures = {name: [rounded(level) for level in one.levels] for name, one in estimates.items()}
    keys = {name: [*zip(one.levels, tie_breaks, strict=True)] for name, one in estimates.items()}
    ranks = {name: ranks_of(its) for name, its in keys.items()}
    chosen, sharing = estimates[parameters.method], Counter(keys[parameters.method])
    spans = intervals(chosen, parameters.seed, parameters.draws)
    for index, (case, totals) in enumerate(zip(panel.cases, panel.by_case(panel.totals.tolist()), strict=True)):
        first, shared = ranks[parameters.method][index], sharing[keys[parameters.method][index]]
        low, high = spans[index]
        yield Row(
            case=case,
            level=chosen.levels[index],
            n=len(totals),
            mean=figures[MEAN][index],
            spread=rounded(sqrt(squares(totals) / (len(totals) - 1))) if len(totals) > 1 else None,
            score=figures[parameters.method][index],
            error=rounded(sqrt(chosen.variances[index])) if chosen.freedom else None,
            trimmed=len(totals) >= TRIMMED_FROM,
            rank=first,
            tied=shared > 1,
            interval=(min(low, first), max(high, first + shared - 1)),
            tie_breaks=tuple(None if figure == -inf else rounded(figure) for figure in tie_breaks[index]),
            scores={name: its[index] for name, its in figures.items()},
            ranks={name: its[index] for name, its in ranks.items()},
        )


def _tie_breaks(panel: Panel, scores: Collection[Score], parameters: Parameters) -> list[Key]:
    """Return for every case its figures in the declared tie-breaks, in their order."""
    figures = [_figures(panel, scores, name) for name in parameters.tie_breaks]
    return [tuple(column[case] for column in figures) for case in panel.cases]


def _figures(panel: Panel, scores: Collection[Score], tie_break: str) -> dict[UUID, Figure]:
    """Return the figure of each case in one tie-break; a case without a score for it comes last."""
    given: dict[UUID, list[Fraction]] = {case: [] for case in panel.cases}
    code = tie_break.removeprefix(CRITERION)
    for score in scores:
        if tie_break == RAW_MEAN:
            given[score.case].append(exact(score.total))
        elif code in score.criteria:
            given[score.case].append(exact(score.criteria[code]))
    return {case: exact_mean(values) if values else -inf for case, values in given.items()}


def _judges(panel: Panel) -> tuple[Leniency, ...]:
    if not panel.judges:
        return ()
    counts, effects = np.bincount(panel.judge_of).tolist(), leniency(panel).effects
    return tuple(Leniency(*one) for one in zip(panel.judges, counts, map(rounded, effects), strict=True))


def _noise(chosen: Estimates) -> float | None:
    return rounded(sqrt(chosen.unit)) if chosen.freedom else None


def _place(row: Row) -> tuple[float, UUID]:
    return row.rank or inf, row.case
