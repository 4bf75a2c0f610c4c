"""The one form in which texts are compared: for uniqueness, the rows of an import, what is missing, codes and ties.

What was typed is what is kept and shown. Two texts are the same here when a reader would take them for the same:
width, case, compatibility and Kangxi characters, spaces, invisible and private characters, kinds of brackets.
Two values of JSON are the same when JSON has them as one.
"""

import re
import unicodedata
from collections.abc import Mapping

BRACKETS = "[{〈〔【〖〘〚]}〉〕】〗〙〛"
PLAIN_BRACKETS = "((((((((" + "))))))))"
_BRACKETS = str.maketrans(BRACKETS, PLAIN_BRACKETS)
_SPACES = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_IGNORED = r"\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_BLANK = r"\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_BEYOND = r"\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
UNSEEN = f"[{_SPACES}{_IGNORED}{_BLANK}{_BEYOND}]+"
"""Spaces, what Unicode calls ignorable, blanks that pass for letters, and private characters, which mean nothing.

Written as Python and PostgreSQL both read it.
"""
_UNSEEN = re.compile(UNSEEN)


def comparable(text: str) -> str:
    """Return the form of a text that is equal to that of another which looks the same; it is its own."""
    folded = _folded(text)
    while (again := _folded(folded)) != folded:
        folded = again
    return folded


def bare(code: str) -> str:
    """Return the letters and figures of a code in capitals: groups, width and case do not matter."""
    return "".join(filter(str.isalnum, comparable(code))).upper()


def is_blank(text: str | None) -> bool:
    """Return true if a reader sees nothing."""
    return not text or _UNSEEN.fullmatch(text) is not None


def is_filled(text: str) -> bool:
    """Return true if a text says something: `-----` and `／` stand in a cell that is left empty."""
    return any(seen.isalnum() for character in text for seen in comparable(character))  # the first may say it


def same_value(one: object, other: object) -> bool:
    """Return true if these are the same value of JSON: true is not 1 there, as it is to Python."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_value(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_BRACKETS)
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", plain))
