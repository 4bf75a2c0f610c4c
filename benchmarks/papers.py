"""Forms as PDF and for Word: the processor's time for one, in a process that has drawn others before."""

import time
from collections.abc import Callable, Sequence
from io import BytesIO

from PIL import Image

from app.printing.paper import Paper
from app.printing.pdf import Printer
from app.printing.word import Writer
from app.services.filing.campaigns import template
from app.services.policies.filing import prints
from app.services.policies.filing.endorsements import code_of
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.prints import PrintedPictures
from benchmarks.report import Papers
from demo.photos import photograph

SENTENCE = "志愿者为独居老人义诊，居民满意度明显提高。"
PICTURES = 8


def measure(rounds: int) -> list[Papers]:
    """Milliseconds of the processor for a form of 2000 字; each round prints another text."""
    printer, writer = Printer(), Writer()
    thumbnails = [_thumbnail(number) for number in range(PICTURES)]
    none, small = PrintedPictures.NONE, PrintedPictures.THUMBNAILS
    return [
        Papers("form as PDF", _times(rounds, printer.draw, none, ()), 20),
        Papers("form as PDF with eight thumbnails", _times(rounds, printer.draw, small, thumbnails), 40),
        Papers("form for Word with eight thumbnails", _times(rounds, writer.write, small, thumbnails), 40),
    ]


def _times(
    rounds: int, draw: Callable[[Paper, Sequence[bytes]], bytes], choice: PrintedPictures, pictures: Sequence[bytes]
) -> list[float]:
    papers = [_form(number, choice) for number in range(rounds + 2)]
    times = []
    for paper in papers:
        started = time.process_time()
        assert draw(paper, pictures)
        times.append((time.process_time() - started) * 1000)
    return times[2:]


def _form(number: int, choice: PrintedPictures) -> Paper:
    settings = CampaignSettings.model_validate(template("lubei-2015"))
    text = "\n".join(f"{number}.{part} {SENTENCE * 8}" for part in range(4))
    form = {"brand_name": f"品牌{number}", "category": "qingman", "started_on": "2015-04-21", "ended_on": "ongoing"}
    form |= dict.fromkeys(("innovation", "practices", "effects"), text)
    images = [{"caption": f"第{place}幅：{SENTENCE}"} for place in range(PICTURES)]
    content = {"unit_name": "乔屯街道龙华社区", "committee_name": "乔屯街道党工委", "form": form, "images": images}
    foot = prints.application_foot(f"2015-QT-{number:03}", 1, "0" * 64)
    figures = prints.figures_of(settings, content, choice)
    code = code_of(f"2015-QT-{number:03}", 1, f"{number:064}")
    return prints.application_paper(settings, prints.cells_of(content, None), foot, figures, code)


def _thumbnail(number: int) -> bytes:
    picture = Image.open(BytesIO(photograph(number)))
    picture.thumbnail((400, 400))
    small = BytesIO()
    picture.save(small, "JPEG", quality=80)
    return small.getvalue()
