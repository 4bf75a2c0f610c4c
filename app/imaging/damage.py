"""Damage of a JPEG that decodes all the same: its data are too many or too few for the rows of the picture.

A decoder guesses its way past bytes that were lost, and paints something. The last row of a whole picture comes with
its last bytes: neither before them, nor only after others that were put behind them. Of a progressive JPEG its scans
are counted: each refines every coefficient that it names, until all are whole. Damage inside one of its scans is not
told, as the decoder tells nobody where it had to guess; nor is damage between two restart marks.
"""

import re
from collections.abc import Iterator
from io import BytesIO

SPARE = 16
"""Bytes by which a whole picture may be early or late: some cameras fill up, and a decoder reads ahead."""
START, END, FILL, PROGRESSIVE, LOST = 0xDA, 0xD9, 0xFF, 0xC2, 0x00
OF_SEGMENTS = frozenset({0xC4, START, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)})
PROGRESSIVE_SEGMENTS = OF_SEGMENTS | {PROGRESSIVE}
MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
SEGMENT = re.compile(rb"\xff+([^\x00\xff])")


class Watched(BytesIO):
    """The bytes of a JPEG for its decoder, which is done with them when it has painted the last row."""

    def __init__(self, data: bytes) -> None:
        self._end = end = end_of_data(data)
        super().__init__(data[:end] + bytes(SPARE) + data[end:] if end else data)
        self._portions = [end - SPARE, end + SPARE] if end else []

    def read(self, size: int | None = -1, /) -> bytes:
        if self._portions and self.tell() >= self._portions[0]:
            del self._portions[0]
        return super().read(min(size or 0, self._portions[0] - self.tell()) if self._portions else size)

    @property
    def are_damaged(self) -> bool:
        """Return true if the decoder was done too early, or wanted more; false also where that cannot be told."""
        return self._end == 0 or (self._end is not None and len(self._portions) != 1)


def end_of_data(data: bytes) -> int | None:
    """Return where the data end of a JPEG that has them in one piece; 0 if they are damaged, None if unknown."""
    if (start := _start_of_data(data)) is None or (found := MARKER.search(data, start)) is None:
        return None
    following = data[found.start() + 1]
    if following in OF_SEGMENTS:
        return 0 if lacks_scans(data) else None
    return found.start() if following == END else 0


def lacks_scans(data: bytes) -> bool:
    """Tell whether a progressive JPEG ends, or refines a coefficient, before what comes before was there."""
    components: list[int] = []
    missing: dict[tuple[int, int], int] = {}  # bits, by component and coefficient
    for marker, body in _segments(data):
        if marker == PROGRESSIVE:
            components = [*body[6::3]]
        elif marker == LOST and components:
            return True
        elif marker == START and components:
            head = 1 + 2 * body[0]
            first, last, bits = body[head : head + 3]
            refined = [(component, place) for component in body[1:head:2] for place in range(first, last + 1)]
            if any(missing.get(each, 0) != bits >> 4 for each in refined):
                return True
            missing |= dict.fromkeys(refined, bits & 15)
    return any(missing.get((component, place), 1) for component in components for place in range(64))


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each marker with the bytes of its segment, without a scan's data; LOST where no such marker stands."""
    place = 2
    while (found := SEGMENT.match(data, place)) and found[1][0] in PROGRESSIVE_SEGMENTS:
        size = int.from_bytes(data[found.end() : found.end() + 2], "big")
        yield found[1][0], data[found.end() + 2 : found.end() + size]
        place = found.end() + size
        if found[1][0] == START and (after := MARKER.search(data, place)):
            place = after.start()
    yield (END if found and found[1][0] == END else LOST), b""


def _start_of_data(data: bytes) -> int | None:
    place = 2
    while data[place : place + 1] == b"\xff" and place + 4 <= len(data):
        marker, size = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == START:
            return place + 2 + size
        place += 1 if marker == FILL else 2 + size
    return None
