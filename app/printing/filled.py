"""A paper that the office's own template lays out: the values of its placeholders, as data."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self
from unicodedata import normalize

from app.printing.plain import Plain

CODE, PICTURE = "code", "picture"
"""The sorts of placeholders that are drawn: a QR code of the value, and the picture of that number."""
MOST_MARKS = 500
"""Placeholders that a template may have; one more is told, so that it is seen to have too many."""


def is_placeholder(value: str) -> bool:
    """Return true for what a template to begin from has in the place of a value."""
    return value.startswith("{{")


def spelled(name: str) -> str:
    """Return the one spelling under which a placeholder is looked up: width, case and blanks do not matter."""
    return "".join(normalize("NFKC", name).split()).casefold()


@dataclass(frozen=True, slots=True)
class Filled(Plain):
    """A paper by its values; the template itself comes first among its pictures.

    `names` leads from each spelling to the name of a value, `drawn` tells which are drawn, `beside` how many pictures
    stand beside each other. Of each item of the list `whole`, the template is one copy on pages of its own.
    """

    title: str
    names: Mapping[str, str]
    values: Mapping[str, Any]
    drawn: Mapping[str, str]
    beside: int = 1
    whole: str = ""

    @property
    def written(self) -> str:
        """The values as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, written: str) -> Self:
        """Read them back, as a writer needs them."""
        return cls(**json.loads(written))

    @property
    def text(self) -> str:
        """Nothing: Word sets a document with its own fonts."""
        return ""

    @property
    def rows(self) -> dict[str, str]:
        return {}
