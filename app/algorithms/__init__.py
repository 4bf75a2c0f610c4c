"""The arithmetic of judging on plain values: who reads which case, what the scores say, where another review pays.

NumPy and the solver are 20 MB that only a process carries which computes: they are imported at the first computation.
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
