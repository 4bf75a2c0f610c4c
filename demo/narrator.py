"""Output for the audience: chapters, acts, answers, and durations."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from unicodedata import east_asian_width

from demo.client import Response

WIDTH = 110
INDENT = " " * 10


class Narrator:
    """Prints the play line by line, with the seconds since its beginning; keeps the refusals."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._began = time.monotonic()
        self._chapters = 0
        self.refusals: Counter[str] = Counter()

    def chapter(self, title: str) -> None:
        self._chapters += 1
        self._say(f"\n{f'── {self._chapters}  {title} ':─<{WIDTH}}")

    def tell(self, line: str) -> None:
        """Say a line with the time on its left."""
        self._say(f"{time.monotonic() - self._began:7.1f} s {line}")

    def add(self, line: str) -> None:
        """Say more about the line before."""
        self._say(INDENT + line)

    def answered(self, answer: Response, result: str = "") -> None:
        self.add(f"{answer.request} → {answer.status}  {result}".rstrip())

    def refused(self, answer: Response) -> None:
        """Show the server's own sentences, and count them by their codes."""
        self.answered(answer)
        for reason in answer.reasons:
            mark, place = "✗" if reason.refuses else "!", f" {reason.pointer}" if reason.pointer else ""
            self.add(f"  {mark} {reason.code}{place}  {reason.sentence}")
            if reason.refuses:
                self.refusals[reason.code] += 1

    def table(self, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Show rows in columns; Chinese characters take two places each."""
        lines = [list(head), *([str(cell) for cell in row] for row in rows)]
        widths = [max(_width(line[column]) for line in lines) for column in range(len(head))]
        for line in lines:
            self.add("  ".join(_padded(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
