"""Resemblance (查重) of two cases: how much of a text stands in another word for word, and which pictures look alike.

It is advice to people who then look for themselves, and refuses nothing. Of a text only letters and figures are
compared, in their comparable form: other punctuation, width or spacing hides no copy.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from operator import eq
from zlib import crc32

from app.comparable import comparable
from app.models.enums import Role
from app.services.policies.filing.applications import SUBMIT
from app.services.policies.filing.forms import NARRATIVE, Content, form_of, own_values
from app.services.policies.filing.reorganisations import APPLICATION_MOVED

FIXED = frozenset({SUBMIT.event.code, APPLICATION_MOVED.code})
"""The events after which an application has a text to compare; what is filed is what was submitted."""
READERS = (Role.OFFICE, Role.COMMITTEE, Role.UNIT)
"""Who may look: a judge is to read each case by itself, and the municipal office gets what it is handed."""
LEAST_SHARE = 20
"""Per cent of a text that stand in another, from which on the two resemble each other."""
LEAST_PASSAGE = 13
"""Letters of the shortest run that counts: about a clause. Set phrases of the field are shorter."""
MOST_PLACES = 8
"""Places of one run that are looked at: a text that repeats itself costs no more than another."""
MOST_CANDIDATES = 50
"""Cases that a text is compared with letter by letter: those that have most of its sketch."""
MOST_HOLDERS = 200
"""Cases that are found by one mark, the latest ones: a set phrase stands in thousands, and tells little of any."""
LONG_CELL = 50
"""Letters from which on one of the campaign's own cells is compared: a text, and no name, date or number."""
_SHINGLE, _SAMPLED = 8, 16
"""Letters of a shingle, and one of how many is kept: by its hash, so that two texts keep the same ones."""
_NEAR, _BANDS, _BITS = 7, 4, 16
"""Bits in which two fingerprints may differ, and the bands they are looked up by: in one of them at most one does."""
_PLAIN = 8
"""Bits that a fingerprint must have of either kind; with fewer it is of a blank wall, which looks like any other."""


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters and figures of a cell, and where each stands in the cell's text."""

    text: str
    letters: str
    places: Sequence[int]

    @classmethod
    def of(cls, text: str) -> "Letters":
        found = [(letter, place) for place, each in enumerate(text) for letter in _letters_of(each)]
        return cls(text, "".join(letter for letter, _ in found), [place for _, place in found])

    def quoted(self, start: int, length: int) -> str:
        """Return the text from one letter on, with what stands between the letters."""
        return self.text[self.places[start] : self.places[start + length - 1] + 1]


Texts = Mapping[str, Letters]
"""The compared cells by name; one of the campaign's own by its code."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of letters that stands in both texts: its cell and its wording in each."""

    length: int
    cell: str
    text: str
    other_cell: str
    other_text: str


@dataclass(frozen=True, slots=True)
class _Run:
    length: int
    cell: str
    start: int


@lru_cache(maxsize=2**14)
def _letters_of(character: str) -> str:
    return "".join(filter(str.isalnum, comparable(character)))


def texts_of(content: Content) -> Texts:
    """Return what is compared of a content: the narrative, and every longer text in the campaign's own cells."""
    own = {code: Letters.of(value) for code, value in own_values(content).items() if isinstance(value, str)}
    narrative = {name: Letters.of(form_of(content).get(name) or "") for name in NARRATIVE}
    return narrative | {code: each for code, each in own.items() if len(each.letters) >= LONG_CELL}


def sketch_of(texts: Texts) -> list[int]:
    """Return hashes of a sample of all shingles, by which texts that share passages find each other in an index."""
    hashes = (crc32(shingle.encode()) for each in texts.values() for shingle in _runs(each.letters, _SHINGLE))
    return sorted({each // _SAMPLED for each in hashes if each % _SAMPLED == 0})


def may_resemble(one: Sequence[int], other: Sequence[int]) -> bool:
    """Return true if two sketches have enough in common for a look at the texts: half of what would be worth one."""
    return 200 * len({*one} & {*other}) >= LEAST_SHARE * min(len(one), len(other))


def passages(texts: Texts, others: Texts) -> list[Passage]:
    """Return the runs of a text that stand in another, in their order, none of them twice."""
    index = _index(others)
    return [found for cell in texts for found in _passages(cell, texts[cell], others, index)]


def share(texts: Texts, found: Iterable[Passage]) -> int:
    """Return the per cent of a text that passages cover, rounded down."""
    return 100 * sum(each.length for each in found) // max(1, sum(len(each.letters) for each in texts.values()))


def resembles(one_share: int, other_share: int, pictures: int) -> bool:
    """Return true if people should look: much of either text stands in the other, or a picture is in both."""
    return max(one_share, other_share) >= LEAST_SHARE or pictures > 0


def bands_of(fingerprints: Iterable[str]) -> list[int]:
    """Return the numbers that pictures are indexed by."""
    return sorted({band << _BITS | bits for each in fingerprints for band, bits in _banded(each)})


def probes_of(fingerprints: Iterable[str]) -> list[int]:
    """Return the numbers of every picture that may look alike: its own, and those that differ from them in one bit."""
    found = {(band, bits) for each in fingerprints for band, bits in _banded(each)}
    near = {(band, bits ^ (1 << bit)) for band, bits in found for bit in range(_BITS)}
    return sorted(band << _BITS | bits for band, bits in found | near)


def pictures_alike(one: Mapping[int, str], other: Mapping[int, str]) -> list[tuple[int, int]]:
    """Return the places of pictures that look alike, by the fingerprints of each case's pictures by place."""
    pairs = ((place, beside) for place in sorted(one) for beside in sorted(other))
    return [(place, beside) for place, beside in pairs if _alike(one[place], other[beside])]


def _alike(one: str, other: str) -> bool:
    return _tells(one) and _tells(other) and (int(one, 16) ^ int(other, 16)).bit_count() <= _NEAR


def _tells(fingerprint: str) -> bool:
    return _PLAIN <= int(fingerprint, 16).bit_count() <= _BANDS * _BITS - _PLAIN


def _banded(fingerprint: str) -> Iterator[tuple[int, int]]:
    if _tells(fingerprint):
        value = int(fingerprint, 16)
        for band in range(_BANDS):
            yield band, value >> band * _BITS & (1 << _BITS) - 1


def _runs(letters: str, length: int) -> Iterator[str]:
    return (letters[place : place + length] for place in range(len(letters) - length + 1))


def _index(texts: Texts) -> dict[str, list[_Run]]:
    index: dict[str, list[_Run]] = defaultdict(list)
    for cell, each in texts.items():
        for start, run in enumerate(_runs(each.letters, LEAST_PASSAGE)):
            if len(index[run]) < MOST_PLACES:
                index[run].append(_Run(LEAST_PASSAGE, cell, start))
    return index


def _passages(cell: str, letters: Letters, others: Texts, index: Mapping[str, list[_Run]]) -> Iterator[Passage]:
    start = 0
    while start <= len(letters.letters) - LEAST_PASSAGE:
        begun = index.get(letters.letters[start : start + LEAST_PASSAGE])
        if not begun:
            start += 1
            continue
        run = max((_extended(letters.letters[start:], others, each) for each in begun), key=lambda each: each.length)
        wording = others[run.cell].quoted(run.start, run.length)
        yield Passage(run.length, cell, letters.quoted(start, run.length), run.cell, wording)
        start += run.length


def _extended(rest: str, others: Texts, run: _Run) -> _Run:
    """Return the run as far as both texts go on alike."""
    alike = takewhile(bool, map(eq, rest, others[run.cell].letters[run.start :]))
    return _Run(sum(alike), run.cell, run.start)
