"""The arithmetic of judging on plain values: assigning cases, ranking them by scores, and planning further reviews.

NumPy and the solver take 20 MB. They are imported at the first computation, so that only a process that computes
carries them.
"""

from collections.abc import Collection
from uuid import UUID

from app.algorithms.instance import Instance, Matching
from app.algorithms.ranking import Parameters, Ranking
from app.algorithms.scores import Score


def match(instance: Instance) -> Matching:
    """Assign reviews to judges; see `matching`."""
    from app.algorithms import matching  # noqa: PLC0415  # the solver, and NumPy

    return matching.match(instance)


def rank(cases: Collection[UUID], scores: Collection[Score], parameters: Parameters) -> Ranking:
    """Rank the cases of a round; see `placement`."""
    from app.algorithms import placement  # noqa: PLC0415  # NumPy

    return placement.rank(cases, scores, parameters)
