"""The limited process that opens strangers' tables: `python -m app.tables.reader INBOX OUTBOX`.

It imports libraries for spreadsheets, and nothing of the application.
"""

import codecs
import sys
from importlib import import_module

from PIL import Image

from app.imaging import orders
from app.tables import marking, reading, templates

LATE = import_module("openpyxl.packaging.extended")
CODECS = [codecs.lookup(name) for name in ("gb18030", "utf-16", "utf-8-sig", "cp437", "cp1252", "latin-1")]
"""Loaded before the process is confined, which can load nothing: what its libraries would load when they need it."""
TASKS: dict[str, orders.Task] = {"table": reading.read, "marks": marking.mark, "template": templates.draw}


if __name__ == "__main__":
    Image.preinit()  # of the pictures in a workbook that is marked
    orders.serve(TASKS, int(sys.argv[1]), int(sys.argv[2]))
