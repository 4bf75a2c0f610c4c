"""The additive model: a score is the sum of the case's merit, the judge's leniency and chance.

Judges are compared only over cases they share. Differences between judges are shrunk as far as the scores require: the
ridge is the variance of chance over the variance of leniency, and counts against the number of cases of a judge.
"""

from dataclasses import dataclass

import numpy as np

from app.algorithms.panel import Panel, Vector

LOG_RATIOS = np.linspace(-18, 18, 361)
"""Logarithms of the ratios tried: the variance of leniency over the variance of chance."""

LEAST = 1e-9
"""A sum of squares or an eigenvalue below this is a rounding error."""

EFFECT_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Leniency:
    """The estimated leniency of the judges with its covariance, and the variance of chance."""

    effects: Vector
    covariance: Vector
    chance: float
    freedom: int


def leniency(panel: Panel) -> Leniency:
    """Estimate each judge's leniency against those they share cases with; without shared cases it is 0."""
    shared, sums, residue = _within_cases(panel)
    eigenvalues, vectors = np.linalg.eigh(shared)
    known = eigenvalues > LEAST * max(1.0, eigenvalues[-1])
    values, along = eigenvalues[known], vectors[:, known].T @ sums
    freedom = len(panel.totals) - len(panel.cases)
    ratio = _variance_ratio(values, along, residue, freedom)
    chance = float(_unexplained(values, along, residue, np.array([ratio]))[0]) / max(freedom, 1)
    effects = vectors[:, known] @ (along / (values + 1 / ratio))
    spread = chance / (np.where(known, eigenvalues, 0) + 1 / ratio)
    return Leniency(np.round(effects, EFFECT_DECIMALS) + 0.0, (vectors * spread) @ vectors.T, chance, freedom)


def _within_cases(panel: Panel) -> tuple[Vector, Vector, float]:
    """Subtract each case's mean; return the matrix of shared cases, each judge's excess, and the sum of squares."""
    table = np.zeros((len(panel.cases), len(panel.judges)))
    np.add.at(table, (panel.case_of, panel.judge_of), 1)
    counts = panel.counts
    levels = np.bincount(panel.case_of, panel.totals, len(panel.cases)) / counts
    excess = panel.totals - levels[panel.case_of]
    shared: Vector = np.diag(table.sum(axis=0)) - table.T @ (table / counts[:, None])
    sums: Vector = np.bincount(panel.judge_of, excess, len(panel.judges)).astype(np.float64)
    return shared, sums, float(excess @ excess)


def _variance_ratio(values: Vector, along: Vector, residue: float, freedom: int) -> float:
    """Return the posterior mean of the ratio, with a flat prior on leniency's share of both variances."""
    ratios = np.exp(LOG_RATIOS)
    chance = np.log(_unexplained(values, along, residue, ratios))
    log_density = -0.5 * (freedom * chance + np.log1p(np.outer(ratios, values)).sum(axis=1))
    log_density += LOG_RATIOS - 2 * np.log1p(ratios)
    density = np.exp(log_density - log_density.max())
    return float(np.exp(np.round(LOG_RATIOS @ density / density.sum(), EFFECT_DECIMALS)))


def _unexplained(values: Vector, along: Vector, residue: float, ratios: Vector) -> Vector:
    """Return the sum of squares that is left to chance, for each ratio of variances."""
    squares = along**2 / values
    explained = squares.sum() - (squares / (1 + np.outer(ratios, values))).sum(axis=1)
    unexplained: Vector = np.maximum(residue - explained, LEAST)
    return unexplained
