"""New passwords as an attacker sees them who knows the person, the place and what is tried first in China.

zxcvbn judges the whole password, and once more its remainder without known words: any three words in a row, such as
`lubei-wenming-2015`, are strong to it.
"""

import asyncio
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from itertools import product

from app.services.policies.people.passwords import Judgement, remainder

_JUDGE = ThreadPoolExecutor(1, thread_name_prefix="judge")
"""One thread, apart from the hashing ones: a judgement may take a second, and zxcvbn keeps its words in a global."""
_JUDGED = 32
"""Characters of a password that are judged; crafted longer ones would keep the estimator busy for seconds."""
_GOOD_ENOUGH = 3
"""zxcvbn's score from which on a stolen hash holds: more than 10^8 guesses."""
_SPOKEN_WHOLE = 4
"""Characters of a Chinese word up to which it is also known by its whole pinyin and by its initials."""


async def judged(password: str, personal: Iterable[str | None]) -> Judgement:
    """The judgement on a new password of a person who is known by these words."""
    known = [word for word in personal if word]
    return await asyncio.get_running_loop().run_in_executor(_JUDGE, _judged, password, known)


def _judged(password: str, personal: list[str]) -> Judgement:
    known = _common() | {spelling for word in personal for spelling in _spellings(word)}
    rest = remainder(password, known)
    return Judgement(guessable=_guessable(password, personal), known_words=_guessable(rest, []))


def _guessable(password: str, words: list[str]) -> bool:
    from zxcvbn import zxcvbn  # noqa: PLC0415  # 15 MB of word lists that only a process needs where passwords are set

    return not password or int(zxcvbn(password[:_JUDGED], user_inputs=words)["score"]) < _GOOD_ENOUGH


@cache
def _common() -> frozenset[str]:
    """The words that ship, in all their spellings."""
    lines = files(__package__).joinpath("guessed_words.txt").read_text("utf-8").splitlines()
    words = [word for line in lines if not line.startswith("#") for word in line.split()]
    return frozenset(spelling for word in words for spelling in _spellings(word))


def _spellings(word: str) -> Iterator[str]:
    """The Latin parts of a word; its Chinese ones whole, in pairs of characters, in pinyin and as initials."""
    yield from re.findall(r"[0-9a-z]+", word.casefold())
    for chinese in re.findall(r"[\u4e00-\u9fff]{2,}", word):
        pairs = {chinese[start : start + 2] for start in range(len(chinese) - 1)}
        for part in {chinese} | pairs:
            yield part
            if len(part) <= _SPOKEN_WHOLE:
                yield from _spoken(part)


def _spoken(chinese: str) -> Iterator[str]:
    for syllables in product(*_readings(chinese)):
        yield "".join(syllables)
        yield "".join(syllable[0] for syllable in syllables)


def _readings(chinese: str) -> list[list[str]]:
    """The syllables of each character, without tones: a name may be read in several ways."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # 40 MB of phrases that single characters do not need
    from pypinyin import Style, pinyin  # noqa: PLC0415  # 13 MB, where zxcvbn is needed too

    return pinyin(chinese, style=Style.NORMAL, heteronym=True, v_to_u=False)
