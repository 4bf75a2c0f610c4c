"""A supporting document (佐证材料): a PDF or a picture taken as a scan is, or a Word document written anew."""

import hashlib
from typing import Any

from app.imaging import scans, word
from app.imaging.formats import PICTURES, format_of
from app.imaging.refusals import ImageRefused


def check(data: bytes, *, shortest_side: int) -> dict[str, Any]:
    """The facts of an acceptable document, and the bytes that are kept of it."""
    if not data:
        raise ImageRefused("empty_file", size=0)
    kind = format_of(data.lstrip(scans.PRELUDE))
    if kind in PICTURES or kind == "PDF":
        found = scans.check(data, shortest_side=shortest_side)
        return {name: found[name] for name in ("content", "media_type", "sha256", "damaged")}
    if kind != word.NAME:
        raise ImageRefused("unsupported_attachment", format=kind)
    content = word.rebuilt(data)
    sha256 = hashlib.sha256(content).hexdigest()
    return {"content": content, "media_type": word.MEDIA_TYPE, "sha256": sha256, "damaged": False}
