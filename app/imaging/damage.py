"""Damage of a JPEG that decodes all the same: its data are too many or too few for the rows of the picture.

A decoder guesses its way past bytes that were lost, and paints something. The last row of a whole picture comes with
its last bytes: neither before them, nor only after others that were put behind them. In a progressive JPEG, and between
two restart marks, damage is not told.
"""

import re
from io import BytesIO

SPARE = 16
"""Bytes by which a whole picture may be early or late: some cameras fill up, and a decoder reads ahead."""
START, END, FILL = 0xDA, 0xD9, 0xFF
OF_SEGMENTS = frozenset({0xC4, START, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)})
MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


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
    """Return where the data end of a JPEG that has them in one piece; 0 if a marker is among them, None if unknown."""
    if (start := _start_of_data(data)) is None or (found := MARKER.search(data, start)) is None:
        return None
    following = data[found.start() + 1]
    return found.start() if following == END else None if following in OF_SEGMENTS else 0


def _start_of_data(data: bytes) -> int | None:
    place = 2
    while data[place : place + 1] == b"\xff" and place + 4 <= len(data):
        marker, size = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == START:
            return place + 2 + size
        place += 1 if marker == FILL else 2 + size
    return None
