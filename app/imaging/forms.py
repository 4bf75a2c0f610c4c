"""A filled form (申报表, 登记表) as a Word document: what it says, and the pictures in it. Nothing of it is kept."""

from posixpath import dirname, join, normpath
from typing import Any

from app.imaging import codes, word
from app.imaging.flow import Flow
from app.imaging.formats import format_of
from app.imaging.markup import Element, tree_of
from app.imaging.numbering import Numbering
from app.imaging.refusals import ImageRefused

MOST_WRITTEN = 2**23
"""Bytes of XML: a form of 2000 字 with all of Word's styles has a tenth."""
MOST_PICTURES, MOST_SHOWN = 40, 48 * 2**20
CODE, LARGEST_CODE = b"\x89PNG", 2**13
"""Format and most bytes of a picture that may be the code of a printed form."""
NUMBERED = b"numPr"
LOOKS = frozenset({"latentStyles", "rPr", "tblPr", "trPr", "tcPr", "tblStylePr"})
"""Elements that make up most of the styles, and number no paragraph."""
NOTES = ("word/footnotes.xml", "word/endnotes.xml")


def read(data: bytes) -> dict[str, Any]:
    """Return the document's blocks, what of it has no place among them, and its pictures."""
    if not data:
        raise ImageRefused("empty_file", size=0)
    kind = format_of(data)
    if kind != word.NAME:
        raise ImageRefused("unsupported_form", format=kind)
    parts = word.parts_of(data, MOST_WRITTEN)
    main = _main(parts)
    flow = Flow(_numbering(parts, main), _targets(parts, main))
    body = tree_of(parts[main]).under("document", "body")
    blocks = flow.blocks(body or Element("", {}))
    notes = [line for name in NOTES for line in _lines(flow, parts.get(name))]
    shown = _pictures(parts, flow.pictures)
    return {
        "blocks": blocks,
        "notes": notes,
        "hidden": flow.hidden,
        "drawings": flow.drawings,
        "pictures": len(shown),
        "codes": [_code(each) for each in shown],
        **{f"picture_{number}": each for number, each in enumerate(shown)},
    }


def _numbering(parts: dict[str, bytes], main: str) -> Numbering:
    """Read the lists of a document, if its text or a style of it has any."""
    lists, styles = (parts.get(join(dirname(main), name), b"") for name in ("numbering.xml", "styles.xml"))
    numbered = [each for each in (parts[main], styles) if NUMBERED in each]
    return Numbering.of(
        tree_of(lists if numbered else b""), tree_of(styles if styles in numbered else b"", without=LOOKS)
    )


def _main(parts: dict[str, bytes]) -> str:
    """Return the name of the part with the text."""
    types = tree_of(parts[word.TYPES]).every("Override")
    named = next(each.attributes["PartName"] for each in types if each.attributes.get("ContentType") == word.MAIN)
    return named.lstrip("/")


def _targets(parts: dict[str, bytes], main: str) -> dict[str, str]:
    """Return the parts to which the text refers, by the names of the references."""
    folder, name = dirname(main), main.rpartition("/")[2]
    relations = tree_of(parts.get(f"{folder}/_rels/{name}.rels")).every("Relationship")
    targets = {each.attributes.get("Id", ""): each.attributes.get("Target", "") for each in relations}
    found = {id_: normpath(join("/", folder, target)).lstrip("/") for id_, target in targets.items()}
    return {id_: part for id_, part in found.items() if word.SHOWN.search(part) and part in parts}


def _lines(flow: Flow, part: bytes | None) -> list[str]:
    """Return the texts of notes at the foot of a page or at the end."""
    notes = [each for root in tree_of(part).children for each in root.children]
    lines = [block.get("text", "") for note in notes for block in flow.blocks(note)]
    return [line for line in lines if line.strip()]


def _pictures(parts: dict[str, bytes], names: list[str]) -> list[bytes]:
    if len(names) > MOST_PICTURES or sum(len(parts[name]) for name in names) > MOST_SHOWN:
        raise ImageRefused("broken_form", reason="too_many_pictures")
    return [parts[name] for name in names]


def _code(picture: bytes) -> str:
    """Return what a small picture says as a code; nothing of another."""
    may_be = picture.startswith(CODE) and len(picture) <= LARGEST_CODE
    return next(iter(codes.of_picture(picture)), "") if may_be else ""
