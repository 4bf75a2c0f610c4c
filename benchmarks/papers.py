"""Papers out and in: the processor's time for one, in a process that has had others before."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import TypeVar

import pypdfium2
from PIL import Image

from app.imaging import forms, scans
from app.printing.booklet import Booklet, Case, Text
from app.printing.certificates import Certificates
from app.printing.notice import Notice
from app.printing.packing import Printable
from app.printing.paper import Paper
from app.printing.pdf import Printer
from app.printing.word import Writer
from app.services.filing.campaigns import template
from app.services.policies.commending import certificates, notices
from app.services.policies.commending.certificates import Given
from app.services.policies.commending.notices import Announced, Awarded
from app.services.policies.filing import filled_forms, prints
from app.services.policies.filing.endorsements import code_of
from app.services.policies.filing.filled_blocks import blocks_of
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.prints import PrintedPictures
from app.tables.sheets import XlsxSheet
from benchmarks.report import Papers
from demo.photos import photograph

T = TypeVar("T")
SENTENCE = "志愿者为独居老人义诊，居民满意度明显提高。"
PICTURES, AWARDS, CASES, ROWS = 8, 100, 20, 10_000
UNIT, COMMITTEE = "乔屯街道龙华社区", "乔屯街道党工委"
SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
AT = datetime(2015, 11, 15, tzinfo=UTC)


def measure(rounds: int) -> list[Papers]:
    """Milliseconds of the processor for each kind of paper; each round has another text."""
    printer, writer = Printer(), Writer()
    thumbnails = [_thumbnail(number) for number in range(PICTURES)]
    plain, shown = (partial(_form, choice=each) for each in (PrintedPictures.NONE, PrintedPictures.THUMBNAILS))
    few = max(1, rounds // 4)
    as_pdf, for_word = partial(_drawn, printer), partial(_written, writer, thumbnails)
    scan = _scan(printer, plain(0))
    return [
        Papers("form as PDF", _times(rounds, plain, as_pdf), 20),
        Papers(
            "form as PDF with eight thumbnails", _times(rounds, shown, lambda form: printer.draw(form, thumbnails)), 40
        ),
        Papers("form for Word with eight thumbnails", _times(rounds, shown, for_word), 40),
        Papers("certificate as PDF", _times(rounds, _certificate, as_pdf)),
        Papers(f"通报 of {AWARDS} awards as PDF", _times(rounds, _notice, as_pdf)),
        Papers(
            f"booklet of {CASES} cases with {PICTURES} pictures each as PDF",
            _times(few, _booklet, lambda booklet: printer.draw(booklet, thumbnails * CASES)),
        ),
        Papers(
            "filled form for Word read in, with eight pictures",
            _times(rounds, lambda number: for_word(shown(number)), _read_in),
            150,
        ),
        Papers("code of a scan with 300 dpi", _times(few, lambda _: scan, _checked), 500),
        Papers(f"XLSX of {ROWS} rows", _times(few, lambda number: number, _table), 2000),
    ]


def _times(rounds: int, prepare: Callable[[int], T], take: Callable[[T], object]) -> list[float]:
    """Time as many rounds, after two that warm up; what is taken is prepared before."""
    times = []
    for number in range(rounds + 2):
        prepared = prepare(number)
        started = time.process_time()
        assert take(prepared)
        times.append((time.process_time() - started) * 1000)
    return times[2:]


def _drawn(printer: Printer, paper: Printable) -> bytes:
    return printer.draw(paper, ())


def _written(writer: Writer, pictures: Sequence[bytes], form: Paper) -> bytes:
    return writer.write(form, pictures)


def _read_in(data: bytes) -> object:
    found = forms.read(data)
    document = filled_forms.Document(blocks_of(found["blocks"]), found["notes"], found["hidden"], found["drawings"])
    return filled_forms.read(SETTINGS, document, {"recommender": COMMITTEE, "applicant": UNIT})


def _checked(data: bytes) -> object:
    codes = scans.check(data, shortest_side=600)["codes"]
    assert codes, "the code is readable"
    return codes


def _scan(printer: Printer, form: Paper) -> bytes:
    """Make the picture that a scanner makes of a form."""
    page = pypdfium2.PdfDocument(printer.draw(form, ()))[0]
    file = BytesIO()
    page.render(scale=300 / 72).to_pil().save(file, "JPEG", quality=80)
    return file.getvalue()


def _table(number: int) -> int:
    out = BytesIO()
    sheet = XlsxSheet(out, "申报", [f"列{column}" for column in range(12)])
    for start in range(0, ROWS, 500):
        sheet.add([[SENTENCE, number, AT, *[f"{row}-{start}"] * 9] for row in range(start, start + 500)])
    sheet.end()
    return out.tell()


def _certificate(number: int) -> Certificates:
    given = Given(
        *("excellent_case", None, "application", f"品牌{number}", None, UNIT, COMMITTEE),
        *(f"路北文明证〔2015〕{number}号", "7K4M-Q2XA-9TCE-H5WP", AT),
    )
    return certificates.certificates(SETTINGS, [given], None)


def _notice(number: int) -> Notice:
    awarded = [
        Awarded("excellent_case", None, "application", f"品牌{place}", None, UNIT, COMMITTEE) for place in range(AWARDS)
    ]
    told = Announced(f"关于表彰的通报{number}", SENTENCE, "路北文明办〔2015〕12号", AT, None, None, AT, 2015, awarded)
    return notices.publication_notice(SETTINGS, told)


def _booklet(number: int) -> Booklet:
    captions = [f"图{place}　{SENTENCE}" for place in range(1, PICTURES + 1)]
    texts = [Text(heading, f"{number}.{SENTENCE * 32}") for heading in ("创新点", "主要做法", "实际成效")]
    cases = [Case(f"品牌{place}", ["优秀案例"], [["申报单位", UNIT]], texts, captions) for place in range(CASES)]
    return Booklet([SETTINGS.name, "案例汇编"], "通报", ["文明办", "2015年12月"], "目　录", cases)


def _form(number: int, choice: PrintedPictures) -> Paper:
    text = "\n".join(f"{number}.{part} {SENTENCE * 8}" for part in range(4))
    form = {"brand_name": f"品牌{number}", "category": "qingman", "started_on": "2015-04-21", "ended_on": "ongoing"}
    form |= dict.fromkeys(("innovation", "practices", "effects"), text)
    images = [{"caption": f"第{place}幅：{SENTENCE}"} for place in range(PICTURES)]
    content = {"unit_name": UNIT, "committee_name": COMMITTEE, "form": form, "images": images}
    foot = prints.application_foot(f"2015-QT-{number:03}", 1, "0" * 64)
    figures = prints.figures_of(SETTINGS, content, choice)
    code = code_of(f"2015-QT-{number:03}", 1, f"{number:064}")
    return prints.application_paper(SETTINGS, prints.cells_of(content, None), foot, figures, code)


def _thumbnail(number: int) -> bytes:
    picture = Image.open(BytesIO(photograph(number)))
    picture.thumbnail((400, 400))
    small = BytesIO()
    picture.save(small, "JPEG", quality=80)
    return small.getvalue()
