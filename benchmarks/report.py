"""Results, as a table to read and as JSON to keep."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from benchmarks.load import Measured
from benchmarks.operations import Operation

TAIL = 3.0
RESIDENT_MB, TOO_MANY_MB = 130, 145
UPLOAD = 1.3
HEADS = ("", "ratio", "rounds", "aim", "", "req/s", "p50 ms", "p99 ms", "p99/p50", "CPU ms", "statements")
WIDTHS = (16, 6, 12, 7, 9, 7, 7, 7, 8, 7, 11)


@dataclass(frozen=True)
class Sample:
    """One server under one load; CPU is the server process's own, per request."""

    rate: float
    p50: float
    p99: float
    cpu_ms: float

    @classmethod
    def of(cls, measured: Measured, cpu_seconds: float) -> "Sample":
        return cls(measured.rate, measured.p50, measured.p99, cpu_seconds * 1000 / measured.requests)


@dataclass
class Comparison:
    """One operation, round by round: the two samples of a round were taken in the same few seconds."""

    operation: Operation
    samples: dict[str, list[Sample]] = field(default_factory=lambda: {"pinpai": [], "bare": []})

    @property
    def ratios(self) -> list[float]:
        return [ours.rate / bare.rate for ours, bare in zip(*self.samples.values(), strict=True)]

    @property
    def lines(self) -> list[str]:
        ratio, aim = median(self.ratios), self.operation.aim
        rounds = f"{min(self.ratios):.2f}–{max(self.ratios):.2f}"
        head = (self.operation.name, f"{ratio:.2f}", rounds, f"≥{aim}")
        figures = [
            _figures(name, sent, self.samples[name])
            for name, sent in zip(self.samples, self.operation.statements, strict=True)
        ]
        return [_line(*head, *figures[0]), _line("", "", "", "", *figures[1])]

    @property
    def shortfall(self) -> str | None:
        """Return the reason why the run fails: a ratio below the floor."""
        ratio = median(self.ratios)
        return (
            f"{self.operation.name}: {ratio:.2f} is below {self.operation.floor}"
            if ratio < self.operation.floor
            else None
        )


@dataclass(frozen=True)
class Uploads:
    """Seconds per picture of 12 megapixels, through the API and for the image work alone, at several concurrencies."""

    at_a_time: int
    api: list[float]
    alone: list[float]

    @property
    def line(self) -> str:
        ratio = median(api / alone for api, alone in zip(self.api, self.alone, strict=True))
        took = f"{median(self.api) * 1000:.0f} ms each, the image work alone {median(self.alone) * 1000:.0f} ms"
        return f"upload of 12 megapixels, {self.at_a_time} at a time: {took}: ×{ratio:.2f} (aim ≤{UPLOAD})"


@dataclass(frozen=True)
class Papers:
    """Milliseconds of the processor that a paper took, each time; for some there is an aim."""

    name: str
    took: list[float]
    aim: int | None = None

    @property
    def line(self) -> str:
        aim = f" (aim ≤{self.aim})" if self.aim else ""
        return f"{self.name}: {median(self.took):.0f} ms of the processor{aim}"


@dataclass(frozen=True)
class Beside:
    """Milliseconds of a read (p50, p99), alone and while forms are printed, and how many of these a second."""

    printed: float
    alone: tuple[float, float]
    beside: tuple[float, float]

    @property
    def line(self) -> str:
        alone, beside = (f"p50 {middle:.1f} ms, p99 {tail:.1f} ms" for middle, tail in (self.alone, self.beside))
        return f"a read alone: {alone}; while {self.printed:.0f} forms a second are printed: {beside}"


@dataclass(frozen=True)
class Memory:
    """Memory of our worker, before and after a number of requests."""

    requests: int
    before_mb: float
    after_mb: float

    @property
    def line(self) -> str:
        grown = f"{self.before_mb:.0f} MB before, {self.after_mb:.0f} MB after {self.requests} requests"
        return f"memory of a worker: {grown} (aim: flat, at most {RESIDENT_MB} MB)"

    @property
    def shortfall(self) -> str | None:
        return self.line if self.after_mb > TOO_MANY_MB else None


@dataclass(frozen=True)
class Report:
    """Everything that was measured."""

    comparisons: list[Comparison]
    uploads: list[Uploads]
    memory: Memory
    papers: list[Papers]
    beside: Beside

    def __str__(self) -> str:
        table = [line for comparison in self.comparisons for line in comparison.lines]
        facts = [*(upload.line for upload in self.uploads), self.memory.line, *(paper.line for paper in self.papers)]
        facts.append(self.beside.line)
        return "\n".join(["", _line(*HEADS), *table, "", *facts])

    @property
    def shortfalls(self) -> list[str]:
        found = [*(comparison.shortfall for comparison in self.comparisons), self.memory.shortfall]
        return [shortfall for shortfall in found if shortfall]

    @property
    def plain(self) -> dict[str, Any]:
        named = {
            comparison.operation.name: {
                "ratio": median(comparison.ratios),
                "ratios": comparison.ratios,
                "statements": comparison.operation.statements,
                "samples": {name: [asdict(one) for one in samples] for name, samples in comparison.samples.items()},
            }
            for comparison in self.comparisons
        }
        kept = {"uploads": [*map(asdict, self.uploads)], "papers": [*map(asdict, self.papers)]}
        return {"operations": named, "memory": asdict(self.memory), "beside": asdict(self.beside), **kept}


def _figures(name: str, statements: int, samples: Sequence[Sample]) -> tuple[str, ...]:
    def middle(figure: Callable[[Sample], float]) -> float:
        return median(figure(sample) for sample in samples)

    tail = middle(lambda sample: sample.p99 / sample.p50)
    return (
        name,
        f"{middle(lambda sample: sample.rate):.0f}",
        f"{middle(lambda sample: sample.p50):.1f}",
        f"{middle(lambda sample: sample.p99):.1f}",
        f"{tail:.1f}",
        f"{middle(lambda sample: sample.cpu_ms):.2f}",
        str(statements),
    )


def _line(*cells: str) -> str:
    first, *rest = zip(cells, WIDTHS, strict=True)
    return f"{first[0]:<{first[1]}}" + "".join(f"{cell:>{width}}" for cell, width in rest)
