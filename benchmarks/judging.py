"""`python -m benchmarks.judging`: how many of the truly best each way of judging finds, on rounds whose truth is known.

200 cases, 20 judges, five reviews per case in all, 20 to be chosen. On a scale of 100 cases spread by 6, judges are
lenient or strict by 5, chance adds 6 (standard deviations).
"""

import argparse
import time
from dataclasses import dataclass, field
from statistics import fmean, stdev
from uuid import UUID

import numpy as np

from app.algorithms import rank
from app.algorithms.ranking import MEAN, REVIEWER_ADJUSTED, TRIMMED_MEAN, Parameters, Ranking
from app.algorithms.scores import Score
from app.algorithms.waves import plan_wave

CASES, JUDGES, REVIEWS, CUT = 200, 20, 5, 20
LEVEL, MERIT, LENIENCY, CHANCE = 70, 6, 5, 6
FIRST, WAVES = 2, 3
DRAWS = 200
MOST = 12
"""Reviews of one case, where no case shall be read by all."""

EXPECTED = {"plain mean": 0.64, "trimmed mean": 0.62, "reviewer-adjusted": 0.69, "in three waves": 0.79}
METHODS = {"plain mean": MEAN, "trimmed mean": TRIMMED_MEAN, "reviewer-adjusted": REVIEWER_ADJUSTED}


@dataclass
class Round:
    """A round whose truth is known: what each case is worth, how lenient each judge is, and who has scored what."""

    seed: int
    scores: list[Score] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(self.seed)
        self._merit = self._random.normal(LEVEL, MERIT, CASES)
        self._leniency = self._random.normal(0, LENIENCY, JUDGES)
        self._unread = [set(range(JUDGES)) for _ in range(CASES)]

    def review(self, wanted: dict[int, int]) -> None:
        """Those judges read a case who have the least to read and have not read it yet; chance decides among equals."""
        load = np.zeros(JUDGES)
        for case in self._random.permutation(list(wanted)).tolist():
            order = np.lexsort((self._random.random(JUDGES), load)).tolist()
            for judge in [judge for judge in order if judge in self._unread[case]][: wanted[case]]:
                load[judge] += 1
                self._score(case, judge)

    def rank(self, draws: int = DRAWS) -> Ranking:
        cases = [UUID(int=case) for case in range(CASES)]
        return rank(cases, self.scores, Parameters(REVIEWER_ADJUSTED, seed=self.seed, draws=draws))

    def room(self, most: int) -> dict[UUID, int]:
        """Number of further reviews that each case can get, up to a maximum of judges for one case."""
        return {UUID(int=case): len(unread) - JUDGES + most for case, unread in enumerate(self._unread)}

    def found(self, ranking: Ranking, method: str) -> float:
        """The share of the truly best among the chosen."""
        chosen = {row.case for row in ranking.rows if row.ranks[method] <= CUT}
        return len(chosen & {UUID(int=case) for case, place in enumerate(self.true_ranks) if place <= CUT}) / CUT

    def covered(self, ranking: Ranking) -> float:
        """The share of the cases whose true rank lies within the interval."""
        held = [
            row.interval and row.interval[0] <= self.true_ranks[row.case.int] <= row.interval[1] for row in ranking.rows
        ]
        return fmean(map(bool, held))

    @property
    def true_ranks(self) -> list[int]:
        ranks: list[int] = (np.argsort(np.argsort(-self._merit)) + 1).tolist()
        return ranks

    def _score(self, case: int, judge: int) -> None:
        total = self._merit[case] + self._leniency[judge] + self._random.normal(0, CHANCE)
        self._unread[case].remove(judge)
        self.scores.append(Score(UUID(int=case), UUID(int=judge), float(total)))


def at_once(seed: int) -> Round:
    """Every case gets all its reviews in one go."""
    one = Round(seed)
    one.review(dict.fromkeys(range(CASES), REVIEWS))
    return one


def in_waves(seed: int, most: int = JUDGES) -> Round:
    """Two reviews each, and the rest where the decision is still open."""
    one = Round(seed)
    one.review(dict.fromkeys(range(CASES), FIRST))
    for waves_left in range(WAVES, 0, -1):
        budget = (CASES * REVIEWS - len(one.scores)) // waves_left
        wave = plan_wave(one.rank(), CUT, budget, one.room(most))
        one.review({case.int: reviews for case, reviews in wave.items()})
    return one


def simulate(rounds: int) -> dict[str, list[float]]:
    """For each way of judging, the share found in each of a number of rounds."""
    found: dict[str, list[float]] = {name: [] for name in (*EXPECTED, f"the same, at most {MOST} a case", "covered")}
    for seed in range(rounds):
        one = at_once(seed)
        ranking = one.rank()
        for name, method in METHODS.items():
            found[name].append(one.found(ranking, method))
        found["covered"].append(one.covered(ranking))
        for name, most in (("in three waves", JUDGES), (f"the same, at most {MOST} a case", MOST)):
            one = in_waves(seed, most)
            found[name].append(one.found(one.rank(), REVIEWER_ADJUSTED))
    return found


def seconds_for_a_large_round() -> float:
    """400 cases with five reviews each by 40 judges, 1000 draws."""
    random = np.random.default_rng(0)
    pairs = [(case, (case + step * step) % 40) for case in range(400) for step in range(REVIEWS)]
    scores = [Score(UUID(int=case), UUID(int=judge), random.normal(LEVEL, CHANCE)) for case, judge in pairs]
    started = time.perf_counter()
    rank([UUID(int=case) for case in range(400)], scores, Parameters(REVIEWER_ADJUSTED))
    return time.perf_counter() - started


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="how many; two show only that it runs")
    rounds = parser.parse_args().rounds
    found = simulate(rounds)
    covered = fmean(found.pop("covered"))
    print(f"share of the true best {CUT} among the chosen {CUT}, mean of {rounds} rounds\n")
    print(f"{'':<32}{'found':>8}{'±':>8}{'expected':>10}")
    for name, shares in found.items():
        expected = f"{EXPECTED[name]:.2f}" if name in EXPECTED else ""
        print(f"{name:<32}{fmean(shares):>8.3f}{2 * stdev(shares) / rounds**0.5:>8.3f}{expected:>10}")
    print(f"\ntrue ranks within their 90 % interval: {covered:.1%}")
    print(f"ranking 400 cases with five reviews each, 1000 draws: {seconds_for_a_large_round() * 1000:.0f} ms")


if __name__ == "__main__":
    main()
