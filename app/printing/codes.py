"""The QR code of a paper, as both writers draw it."""

from io import BytesIO

import segno

MASK = 2
"""The pattern laid over the code; to try all eight would cost the most of its making, and any is read."""


def drawn(code: str, kind: str, **options: object) -> bytes:
    """Draw a code that is read with a quarter of it covered, as by a stamp."""
    file = BytesIO()
    segno.make(code, error="q", micro=False, mask=MASK).save(file, kind=kind, border=2, **options)
    return file.getvalue()
