"""The schemas of a nomination's payload as they are published, each a document of its own: they never change."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import getitem

from app.models.enums import labels
from app.services.policies.filing.own_cells import Json
from app.services.policies.handover.payloads import (
    WITH_CELLS,
    WITH_FILES,
    WITH_RANK,
    WITH_WORDS,
    NominationPayload,
    Version,
)

SCHEMA_ID = "urn:pinpai:schema:nomination-payload-{version}"
MEDIA_TYPE = "application/schema+json"


def payload_schema(version: Version) -> Json:
    """Return the schema as a document of its own, as others validate by it."""
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID.format(version=version)}
    schema = about | NominationPayload.model_json_schema(mode="serialization")
    parts = schema["$defs"]
    if version < WITH_WORDS:
        _close_words(parts)
    else:
        _demand_names(parts)
    if version < WITH_RANK:
        _leave_out(parts, _OF_FIFTH)
    if version < WITH_FILES:
        _leave_out_files(parts)
        _settle_own_cells(parts, there=version == WITH_CELLS)
    for (*path, name), written in (_DIFFERING[version] | (_BEFORE_FILES if version < WITH_FILES else {})).items():
        reduce(getitem, path, schema)[name] = written
    return schema


def _close_words(parts: Json) -> None:
    """Have kinds and levels as the notice has them, before the office kept them as its own."""
    _leave_out(parts, _OF_SIXTH)
    for (part, name), (title, member) in _CLOSED.items():
        parts[part].get("properties")[name] = member
        parts[title] = _WORDS[title]


def _demand_names(parts: Json) -> None:
    """Demand the names of the kind and the level in the version that has them."""
    for part, name in _OF_SIXTH:
        parts[part].get("required").append(name)


def _settle_own_cells(parts: Json, *, there: bool) -> None:
    """Demand the campaign's own cells in the version that has them, and leave them out of those before it."""
    for name in ("PayloadForm", "PayloadApplication"):
        part = parts[name]
        if there:
            part.get("required").append("cells")
        else:
            part.get("properties").pop("cells")
    if not there:
        parts.pop("PayloadCell")


def _leave_out_files(parts: Json) -> None:
    """Leave out what came with the fourth version."""
    _leave_out(parts, _OF_FOURTH)
    for part in ("PayloadAttachment", "PayloadWord"):
        parts.pop(part)


def _leave_out(parts: Json, members: Iterable[tuple[str, str]]) -> None:
    for part, name in members:
        parts[part].get("properties").pop(name)


def _day(title: str, **words: object) -> dict[str, object]:
    return {"title": title, "type": "string", "format": "date", "maxLength": 10, **words}


_OF_FOURTH = (
    ("PayloadImage", "role"),
    ("PayloadContent", "attachments"),
    ("PayloadApplication", "attachment_kinds"),
    ("PayloadApplication", "image_roles"),
)
_OF_SIXTH = (("PayloadCommittee", "kind_name"), ("PayloadUnit", "honour_level_name"))
_CLOSED = {
    ("PayloadCommittee", "kind"): (
        "CommitteeKind",
        {"$ref": "#/$defs/CommitteeKind", "description": "Of what sort."},
    ),
    ("PayloadUnit", "honour_level"): (
        "HonourLevel",
        {"$ref": "#/$defs/HonourLevel", "description": "文明单位级别"},
    ),
}
_WORDS: Json = {
    "CommitteeKind": {
        "description": "The two kinds of Party committees the notice addresses.",
        "enum": ["township_subdistrict", "district_direct"],
        "title": "CommitteeKind",
        "type": "string",
        **labels("镇(乡)街道党（工）委", "区直党（工）委"),
    },
    "HonourLevel": {
        "description": "The level at which a unit holds the title of civilized unit.",
        "enum": ["national", "provincial", "municipal", "district"],
        "title": "HonourLevel",
        "type": "string",
        **labels("全国文明单位", "省级文明单位", "市级文明单位", "区级文明单位"),
    },
}
"""Kinds and levels as the versions before the sixth have them."""
_OF_FIFTH = (("PayloadApplication", "recommended_rank"),)
_FORM = ("$defs", "PayloadForm", "properties")
_EARLIER = """\
A nominated case, complete and for ever the same (payload schema, {}).

It is sent as canonical JSON (RFC 8785: UTF-8, members in order, no spaces; all numbers are integers), and the
SHA-256 of exactly these bytes is the nomination's `payload_digest`."""
_SECOND: dict[tuple[str, ...], object] = {
    ("description",): _EARLIER.format("versions 1 and 2"),
    ("properties", "schema_version"): {
        "description": "The version of this schema: 1 where 实施时间 has whole days, which is valid by 2, too.",
        "enum": [1, 2],
        "title": "Schema Version",
        "type": "integer",
    },
}
_FIRST: dict[tuple[str, ...], object] = {
    ("description",): _EARLIER.format("version 1"),
    ("properties", "schema_version"): {
        "const": 1,
        "description": "The version of this schema.",
        "title": "Schema Version",
        "type": "integer",
    },
    (*_FORM, "started_on"): _day("Started On", description="实施时间: first day.", examples=["2015-04-21"]),
    (*_FORM, "ended_on"): _day("Ended On", description="实施时间: last day.", examples=["2015-08-31"]),
}
_FILE = ("$defs", "PayloadFile", "properties")
_BEFORE_FILES: dict[tuple[str, ...], object] = {
    ("properties", "files", "description"): "Pictures in their order, then the scan.",
    ("properties", "files", "maxItems"): 9,
    (*_FILE, "kind", "description"): "A picture, or the scan of the stamped form.",
    (*_FILE, "kind", "enum"): ["image", "endorsement"],
    (*_FILE, "media_type", "enum"): ["image/jpeg", "application/pdf"],
}
_ALONE = {"description": "The version of this schema.", "title": "Schema Version", "type": "integer"}
_LATER = f"""{_EARLIER.partition("no spaces;")[0]}\
no spaces; all numbers but those of the campaign's
own cells are integers), and the SHA-256 of exactly these bytes is the nomination's `payload_digest`."""
_THIRD: dict[tuple[str, ...], object] = {
    ("description",): _LATER.format("versions 1 to 3"),
    ("properties", "schema_version"): {"const": WITH_CELLS, **_ALONE},
}
_FOURTH: dict[tuple[str, ...], object] = {
    ("description",): _LATER.format("versions 1 to 4"),
    ("properties", "schema_version"): {"const": WITH_FILES, **_ALONE},
}
_FIFTH: dict[tuple[str, ...], object] = {
    ("description",): _LATER.format("versions 1 to 5"),
    ("properties", "schema_version"): {"const": WITH_RANK, **_ALONE},
}
_SIXTH: dict[tuple[str, ...], object] = {("properties", "schema_version"): {"const": WITH_WORDS, **_ALONE}}
_DIFFERING: Mapping[Version, dict[tuple[str, ...], object]] = {
    1: _FIRST,
    2: _SECOND,
    WITH_CELLS: _THIRD,
    WITH_FILES: _FOURTH,
    WITH_RANK: _FIFTH,
    WITH_WORDS: _SIXTH,
}
"""The places in which each version differs from what the classes say: the first has whole days for 实施时间."""
