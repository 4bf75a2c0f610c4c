"""The values of a paper by the names of its placeholders, taken from its description: what is printed is said once."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, cast

from app.models.enums import PaperKind
from app.printing.certificates import Certificate, Certificates
from app.printing.filled import Filled
from app.printing.notice import Annex, Notice
from app.printing.packing import Printable
from app.printing.paper import Cell, Paper
from app.services.policies.filing.placeholders import CERTIFICATES, drawn, names

Values = Mapping[str, Any]
_CASE = {
    "序号": "index",
    "申报编号": "application_number",
    "申报单位": "unit_name",
    "品牌名称": "brand_name",
    "版本": "version",
    "内容摘要": "digest",
    "推荐单位": "committee_name",
    "内容分类": "category",
    "负责人": "leader_name",
    "状态": "status",
    "原因": "reason",
}
"""The placeholders of a list by the headings of its columns."""
_AWARD = {"职务": "person_title", "申报单位": "unit_name", "单位": "unit_name", "推荐单位": "committee_name"}
OWN = "cells/"


def filled(paper: PaperKind, printed: Printable) -> Filled:
    """Return a paper as a template lays it out."""
    figures = printed.figures if isinstance(printed, Paper) else None
    return Filled(
        title=printed.title,
        names=names(paper),
        values=_VALUES[paper](printed),
        drawn=drawn(paper),
        beside=figures.beside if figures else 1,
        whole=CERTIFICATES if paper is PaperKind.CERTIFICATE else "",
    )


def _form(paper: Paper) -> dict[str, Any]:
    return {"title": paper.title, "annex": paper.annex, "note": paper.below, "foot": paper.foot}


def _plan(paper: Paper) -> Values:
    cases: dict[str, dict[str, str]] = {}
    for cell, text in paper.cells.items():
        place, _, name = cell.removeprefix("cases/").partition("/")
        cases.setdefault(place, {})[name] = text
    told = [{"index": str(int(place) + 1)} | case for place, case in cases.items() if any(case.values())]
    return _form(paper) | {"committee_name": _after_label(paper.above), "cases": told}


def _application(paper: Paper) -> Values:
    cells = {name: text for name, text in paper.cells.items() if not name.startswith(OWN)}
    captions = paper.figures.captions if paper.figures else ()
    return {
        **_form(paper),
        "topic": "",
        "attachments": "",
        **cells,
        "period": cells.get("started_on", ""),
        "code": paper.code,
        "own_cells": [{"label": label.text, "value": cell.text} for label, cell in own_cells(paper)],
        "figures": [{"picture": str(number), "caption": caption} for number, caption in enumerate(captions)],
    }


def own_cells(paper: Paper) -> Iterator[tuple[Cell, Cell]]:
    """Yield the campaign's own cells of a form, each after its label."""
    rows = (row.cells for table in paper.tables for row in table.rows)
    for row in rows:
        yield from ((row[at - 1], cell) for at, cell in enumerate(row) if at and cell.name.startswith(OWN))


def _receipt(paper: Paper) -> Values:
    return _letter(paper) | {"cases": _listed(paper), "code": paper.code, "verification_code": paper.code}


def _decision(paper: Paper) -> Values:
    return _letter(paper) | {"reasons": _listed(paper)}


def _letter(paper: Paper) -> dict[str, Any]:
    salutation, body = paper.opening
    signer, date = paper.signature
    return {
        **_form(paper),
        "number": _after_label(paper.above),
        "salutation": salutation,
        "body": body,
        "signer": signer,
        "date": date,
        "remarks": [{"remark": line} for line in paper.lines],
    }


def _summary(paper: Paper) -> Values:
    said = {"whose": paper.above, "total": "\n".join(paper.lines), "signatures": paper.below}
    return _form(paper) | said | {"cases": _listed(paper)}


def _listed(paper: Paper) -> list[dict[str, str]]:
    """Return the rows of its list, if it has one."""
    tables = [([_CASE[cell.text] for cell in table.rows[0].cells], table.rows[1:]) for table in paper.tables]
    rows = ((names, row.cells) for names, rows in tables for row in rows)
    return [dict(zip(names, (cell.text for cell in cells), strict=True)) for names, cells in rows]


def _notice(notice: Notice) -> Values:
    signer, date = notice.signature
    lists = [(annex.title, [*_awards(annex)]) for annex in notice.annexes]
    return {
        "head": notice.head,
        "number": notice.number,
        "title": notice.title,
        "addressees": notice.addressees,
        "body": "\n".join(notice.paragraphs),
        "signer": signer,
        "date": date,
        "copies": notice.copies,
        "printed_by": notice.printed_by,
        "printed_on": notice.printed_on,
        "annexes": [{"annex_title": title, "awards": awards} for title, awards in lists],
        "awards": [*chain.from_iterable(awards for _, awards in lists)],
    }


def _awards(annex: Annex) -> Iterator[dict[str, str]]:
    """Name the columns of a list: after the number comes who is awarded, under whichever heading."""
    columns = ["index", "name", *(_AWARD[label] for label, _ in annex.columns[2:])]
    usual = dict.fromkeys(_AWARD.values(), "") | {"annex_title": annex.title}
    for part in annex.parts:
        for row in part.rows:
            yield usual | {"grade": part.heading} | dict(zip(columns, row, strict=True))


def _certificates(paper: Certificates) -> Values:
    return {CERTIFICATES: [_certificate(each) for each in paper.items]}


def _certificate(item: Certificate) -> dict[str, str]:
    signer, date = item.signature
    plain = {name: getattr(item, name) for name in ("title", "number", "code", "proof")}
    return plain | {"body": "\n".join(item.paragraphs), "signer": signer, "date": date}


def _after_label(line: str) -> str:
    return line.partition("：")[2]


_VALUES = cast(
    Mapping[PaperKind, Callable[[Any], Values]],
    {
        PaperKind.PLAN_FORM: _plan,
        PaperKind.APPLICATION_FORM: _application,
        PaperKind.RECEIPT: _receipt,
        PaperKind.DECISION: _decision,
        PaperKind.SUMMARY: _summary,
        PaperKind.PUBLICITY: _notice,
        PaperKind.PUBLICATION: _notice,
        PaperKind.CERTIFICATE: _certificates,
    },
)
