"""The geometry of official documents (GB/T 9704-2012): margins, sizes, lines, and where titles and signatures stand."""

from collections.abc import Sequence
from math import ceil
from typing import Any
from unicodedata import east_asian_width

TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
"""Millimetres of the margins: 156 by 225 are left for the text."""
WIDTH = 156
SIZE, LINE, TITLE, SMALL = 16, 28, 22, 14
"""Points: 三号, the height of a line, of which a page has 22, 二号 and 四号."""
TRACKING = -0.25
"""Points by which characters stand nearer than their size, so that 28 of them are a line."""
NARROW = 20
"""Millimetres of the widest columns of a list whose figures stand in the middle."""
CHARACTERS, FROM_RIGHT = 28, 4
"""Characters of a line, and those between the date and the right margin: the sender stands in the middle above it."""


def laid(titles: Sequence[str], signature: Sequence[str]) -> dict[str, Any]:
    """Return what a template need not find out again: sizes, the widths of titles, the indents of the signature."""
    sizes = {"size": SIZE, "line": LINE, "tracking": TRACKING, "narrow": NARROW}
    return sizes | {"widths": [balanced(title) for title in titles], "indents": indents(signature)}


def indents(signature: Sequence[str]) -> list[float]:
    """Characters between each line of the signature and the right margin, the date's the last."""
    widths = [min(_width(line), CHARACTERS) for line in signature]
    middle = max(FROM_RIGHT + widths[-1] / 2, *(width / 2 for width in widths)) if widths else 0
    return [max(middle - width / 2, 0) for width in widths]


def balanced(title: str) -> float:
    """Points in which a title of several lines has lines of about one length."""
    whole, length = WIDTH / 25.4 * 72, _width(title) * TITLE
    lines = ceil((length + TITLE) / whole)  # figures are a little wider than half a character
    return min(whole, length / lines + TITLE)


def _width(line: str) -> float:
    """Width of a line in Chinese characters."""
    return sum(1 if east_asian_width(each) in "WFA" else 0.5 for each in line)
