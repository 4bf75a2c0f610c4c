"""The length (字数) of an application's narrative, counted much as Word counts Chinese."""

import re

# Every character of these is one. Quotation marks, dash, ellipsis and middle dot are shared with Latin scripts,
# but in this text they are Chinese punctuation.
_CJK = (
    "\u00b7\u2014\u2018\u2019\u201c\u201d\u2026"  # · — ‘ ’ “ ” …
    "\u2e80-\u2fdf\u3001-\u3163\u3165-\u4dbf\u4e00-\u9fff"  # radicals; punctuation, kana to Extension A; ideographs
    "\uac00-\ud7af\uf900-\ufaff"  # Hangul; compatibility ideographs
    "\ufe10-\ufe1f\ufe30-\ufe4f\uff01-\uff9f\uffa1-\uffef"  # vertical, compatibility and full-width forms
    "\U00020000-\U0003ffff"  # Extension B and every later one
)
_UNSEEN = "\u115f\u1160\u3164\uffa0"
"""Letters that nobody sees."""
_COUNTED = re.compile(f"[{_CJK}]|[^\\W_{_CJK}{_UNSEEN}]+")


def count_characters(text: str) -> int:
    """Count the 字数: each CJK character, CJK or full-width mark is one; each run of other letters or digits is one.

    White space, half-width punctuation, symbols and emoji are nothing and end a run. This is where we part from Word,
    which takes everything between two spaces as one: "3.5" and "e-mail" are two here, a lone "-" is none.
    """
    return len(_COUNTED.findall(text))
