"""A ranking as plain JSON values: what it was reckoned from and what came out, enough to reckon it again."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from app.algorithms import rank
from app.algorithms.ranking import Parameters, Ranking
from app.algorithms.scores import Score

Plain = dict[str, Any]


def inputs(cases: Collection[UUID], scores: Collection[Score], parameters: Parameters) -> Plain:
    """All that a ranking follows from, in an order of its own: the same round gives the same bytes."""
    return {
        "parameters": _parameters(parameters),
        "cases": sorted(map(str, cases)),
        "scores": [_score(score) for score in sorted(scores, key=lambda score: (score.case, score.judge))],
    }


def reckon(plain: Mapping[str, Any]) -> Ranking:
    """The ranking that follows from frozen inputs."""
    cases = [UUID(case) for case in plain["cases"]]
    given = [Score(UUID(one["case"]), UUID(one["judge"]), one["total"], one["criteria"]) for one in plain["scores"]]
    parameters = plain["parameters"]
    return rank(cases, given, Parameters(**{**parameters, "tie_breaks": tuple(parameters["tie_breaks"])}))


def result(ranking: Ranking) -> Plain:
    """The ranking itself."""
    return {
        "parameters": _parameters(ranking.parameters),
        "noise": ranking.noise,
        "rows": [{**asdict(row), "case": str(row.case), "interval": _pair(row.interval)} for row in ranking.rows],
        "judges": [{**asdict(judge), "judge": str(judge.judge)} for judge in ranking.judges],
    }


def _parameters(parameters: Parameters) -> Plain:
    return {**asdict(parameters), "tie_breaks": [*parameters.tie_breaks]}


def _score(score: Score) -> Plain:
    criteria = {code: float(score.criteria[code]) for code in sorted(score.criteria)}
    return {"case": str(score.case), "judge": str(score.judge), "total": float(score.total), "criteria": criteria}


def _pair(interval: tuple[int, int] | None) -> list[int] | None:
    return None if interval is None else [*interval]
