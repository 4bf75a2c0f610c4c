"""Names of files that people save: in the words of their readers, and in ASCII for programs such as `curl -OJ`."""

import re
from typing import NamedTuple
from uuid import UUID

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SVG, PNG = "image/svg+xml", "image/png"
ENDINGS = {"application/pdf": "pdf", "application/zip": "zip", "image/jpeg": "jpg", DOCX: "docx"}
ENDINGS |= {CSV: "csv", XLSX: "xlsx", SVG: "svg", PNG: "png"}
MOST_BYTES = 200
"""Systems allow 255, and some add to a name, as in “… (2).pdf”."""
_UNSAFE = re.compile(r'[\x00-\x20\x7f"*/:<>?\\|]+')
"""Characters that one system or another does not allow in the name of a file, and spaces."""
_NOT_PLAIN = re.compile(r"[^\w.-]+", re.ASCII)


class Part(NamedTuple):
    """A part of a name for people, and in ASCII."""

    said: str
    plain: str


class FileName(NamedTuple):
    """The name of a file, for people and in ASCII."""

    said: str
    plain: str


STAMPED_SCAN = Part("盖章扫描件", "scan")


def named(media_type: str, *parts: str | Part) -> FileName:
    """Join the parts to a name whose ending says what the file is; a plain string is one of ASCII."""
    pairs = [part if isinstance(part, Part) else Part(part, part) for part in parts]
    ending = ENDINGS[media_type]
    said = _cut("-".join(_UNSAFE.sub("_", pair.said) for pair in pairs).strip("._"))
    plain = "-".join(_NOT_PLAIN.sub("_", pair.plain) for pair in pairs).strip("._")
    return FileName(f"{said}.{ending}", f"{plain}.{ending}")


def campaign_code(year: int, campaign_id: UUID) -> str:
    """Name a campaign in ASCII; two of one year differ by the end of their ids."""
    return f"{year}-{campaign_id.hex[-6:]}"


def year_part(year: int, campaign_id: UUID) -> Part:
    """Name the year of a campaign; in ASCII the campaign."""
    return Part(str(year), campaign_code(year, campaign_id))


def numbered_code(what: str, number: str | None, year: int, item_id: UUID) -> str:
    """Name in ASCII what has a number in Chinese words, by the figures in it; without one by its year and its id."""
    figures = re.findall("[0-9]+", number or "") or [str(year), item_id.hex[-8:]]
    return "-".join([what, *figures])


def picture_part(slot: int, *, thumbnail: bool = False) -> Part:
    """Name a picture by its place."""
    return Part(f"图片{slot}{'-缩略图' if thumbnail else ''}", f"picture-{slot}{'-thumbnail' if thumbnail else ''}")


def attachment_part(place: int | str) -> Part:
    """Name a supporting document by its place."""
    return Part(f"佐证材料{place}", f"attachment-{place}")


def _cut(name: str) -> str:
    return name.encode()[:MOST_BYTES].decode(errors="ignore")
