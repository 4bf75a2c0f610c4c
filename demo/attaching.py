"""Supporting documents (佐证材料) and the cover of an application, where the campaign asks for them."""

import re
from io import BytesIO

import docx

from demo.cast import UnitPlayer
from demo.client import File
from demo.errors import CannotPlay
from demo.photos import stamped_form
from demo.stage import Stage

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

FILE_LISTED = re.compile(r"[0-9]+．.+：.+（.+ KB）")
"""A line of the list of supporting documents: the files are no part of the form, so it has no place in a draft."""
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")
WRITTEN = (
    *("brand_name", "leader_name", "leader_title", "phone", "category", "started_on", "ended_on"),
    *("innovation", "practices", "effects", "cells"),
)


def attach(stage: Stage, unit: UnitPlayer) -> None:
    """Attach a report and the editable form, each after a mistake; nothing where the campaign asks for none."""
    if not stage.campaign()["settings"]["attachments"]:
        return
    person, path = unit.person, f"{stage.application(unit)}/attachments"
    report = File("报道.pdf", stamped_form(unit.seed), "application/pdf")
    editable = File("申报表.docx", _document(), DOCX)
    packed = File("材料.zip", b"PK\x03\x04" + bytes(100), "application/zip")
    media = {"kind": "media_reports", "title": "《云山日报》2025年6月3日报道"}
    form = {"kind": "editable_form", "title": "申报表电子版"}
    person.fail("attaches an archive", "unsupported_attachment", "POST", path, form=media | {"file": packed})
    person.fail("attaches a Word file as a report", "wrong_format", "POST", path, form=media | {"file": editable})
    person.act("attaches the report as PDF", "POST", path, form=media | {"file": report})
    person.act("attaches the form as Word file, to be edited", "POST", path, form=form | {"file": editable})


def read_back(stage: Stage, unit: UnitPlayer) -> None:
    """Print the form for Word and try it out as a new draft, after an old file: paper loses nothing."""
    person, path = unit.person, stage.application(unit)
    forms = f"/campaigns/{stage.campaign()['id']}/filled-forms"
    old = File("申报表.doc", OLD_WORD, "application/msword")
    printed = File("申报表.docx", person.client.download(f"{path}/form?format=docx&pictures=none"), DOCX)
    person.fail("sends the form as an old Word file", "unsupported_form", "POST", forms, form={"file": old})
    read = person.act(
        "prints the form for Word, and tries it out", "POST", forms, form={"file": printed, "dry_run": "true"}
    )
    stored = person.ask("GET", path)
    lost = [name for name in WRITTEN if read["application"][name] != stored[name]]
    loose = [each["text"] for each in read["unplaced"] if not FILE_LISTED.fullmatch(each["text"])]
    if lost or loose:
        raise CannotPlay(f"The printed form does not read back as it was: {lost or loose}")


def choose_cover(stage: Stage, unit: UnitPlayer) -> None:
    """Name two covers, which is one too many, and take one back; nothing where pictures have no roles."""
    if not stage.campaign()["settings"]["images"]["roles"]:
        return
    path = stage.application(unit)
    first, second = (each["id"] for each in unit.person.ask("GET", path)["images"][:2])
    for image_id in (first, second):
        _give_role(unit, f"{path}/images/{image_id}", "cover")
    unit.person.fail("hands it in with two covers", "too_many_of_role", "POST", f"{path}/submission")
    _give_role(unit, f"{path}/images/{second}", None)


def _give_role(unit: UnitPlayer, path: str, role: str | None) -> None:
    image = unit.person.ask("GET", path)
    body = {"caption": image["caption"], "role": role}
    unit.person.ask("PATCH", path, body, if_match=image["etag"])


def _document() -> bytes:
    document, buffer = docx.Document(), BytesIO()
    document.add_heading("优秀案例申报表")
    document.save(buffer)
    return buffer.getvalue()
