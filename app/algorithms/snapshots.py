"""The inputs of a ranking as plain JSON values, enough to compute it again."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any
from uuid import UUID

from app.algorithms import rank
from app.algorithms.ranking import Parameters, Ranking
from app.algorithms.scores import Criterion, Score, rounded, weighted_total

Document = dict[str, Any]
"""A JSON object, as it is kept."""


def inputs(cases: Collection[UUID], scores: Collection[Score], parameters: Parameters) -> Document:
    """Return the inputs of a ranking, sorted, so that the same round gives the same bytes."""
    return {
        "parameters": _parameters(parameters),
        "cases": sorted(map(str, cases)),
        "scores": [_score(score) for score in sorted(scores, key=lambda score: (score.case, score.judge))],
    }


def has_scores(kept: Document, scores: Collection[Score]) -> bool:
    """Return true if these are the scores in the inputs of a ranking."""
    return bool(kept["scores"] == inputs([], scores, parameters_of(kept))["scores"])


def parameters_of(kept: Document) -> Parameters:
    """Return the parameters in the inputs of a ranking."""
    parameters = kept["parameters"]
    return Parameters(**{**parameters, "tie_breaks": tuple(parameters["tie_breaks"])})


def compute(kept: Document) -> Ranking:
    """Compute the ranking that follows from its kept inputs."""
    cases = [UUID(case) for case in kept["cases"]]
    criteria = {each["code"]: _criterion(each) for each in kept.get("criteria", ())}
    scores = [
        Score(UUID(one["case"]), UUID(one["judge"]), _total(one, criteria), one["criteria"]) for one in kept["scores"]
    ]
    return rank(cases, scores, parameters_of(kept))


def _criterion(each: Mapping[str, Any]) -> Criterion:
    return Criterion(each["weight"], each["minimum"], each["maximum"])


def _total(one: Document, criteria: Mapping[str, Criterion]) -> Fraction | float:
    """Return the exact total of a review; without the round's criteria, its total as it is displayed."""
    is_whole = criteria and criteria.keys() <= one["criteria"].keys()
    total: float = one["total"]
    return weighted_total(one["criteria"], criteria) if is_whole else total


def _parameters(parameters: Parameters) -> Document:
    return {**asdict(parameters), "tie_breaks": [*parameters.tie_breaks]}


def _score(score: Score) -> Document:
    criteria = {code: float(score.criteria[code]) for code in sorted(score.criteria)}
    return {"case": str(score.case), "judge": str(score.judge), "total": rounded(score.total), "criteria": criteria}
