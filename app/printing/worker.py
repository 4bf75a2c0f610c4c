"""The limited process that draws papers and checks templates: `python -m app.printing.worker INBOX OUTBOX [FOLDER]`.

It imports Typst and python-docx, and of the application what papers are; every font is read before it is confined.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from app.imaging import orders
from app.printing.packing import Printable, unpacked
from app.printing.pdf import Printer
from app.printing.report import Report
from app.printing.word import Writer
from app.printing.word_checks import check

Draw = Callable[[Printable, Sequence[bytes]], bytes]


def main(inbox: int, outbox: int, folder: str = "") -> None:
    """Read the fonts, and answer orders."""
    printer, writer = Printer(Path(folder) if folder else None), Writer()
    pictures = {form: _task(partial(printer.draw, form=form)) for form in ("svg", "png")}
    tasks = {"pdf": _task(printer.draw), "docx": _task(_written(printer, writer)), "paper_template": check, **pictures}
    orders.serve(tasks, inbox, outbox)


def _written(printer: Printer, writer: Writer) -> Draw:
    """Write a paper for Word; the charts of a report are drawn as pictures first."""

    def write(paper: Printable, pictures: Sequence[bytes]) -> bytes:
        charts = paper.charts if isinstance(paper, Report) else ()
        return writer.write(paper, [*pictures, *(printer.draw(chart, (), "png") for chart in charts)])

    return write


def _task(draw: Draw) -> orders.Task:
    def work(data: bytes) -> dict[str, Any]:
        return {"content": draw(*unpacked(data))}

    return work


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
