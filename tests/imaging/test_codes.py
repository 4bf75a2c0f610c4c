"""The code of a printed form, read from its scan as offices and telephones make them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image

from app.imaging import ImagingPool, check_scan, codes
from app.printing.paper import Paper
from app.printing.pdf import Printer
from app.services.policies.filing.endorsements import code_of
from tests.world.paper_scans import noisy, page_of, photographed, saved, skewed, stamped

EMPTY = Paper("文明单位创新工作品牌申报表", "附件2", "", (), "", "")
CODE = code_of("2015-QT-001", 12, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
Worn = Callable[[Image.Image], Image.Image]
CONDITIONS: dict[str, tuple[int, int, Worn]] = {
    "300 dpi": (300, 75, stamped),
    "200 dpi, grey": (200, 75, lambda page: stamped(page).convert("L").convert("RGB")),
    "150 dpi, quality 40": (150, 40, stamped),
    "skewed by 5°": (200, 75, lambda page: skewed(stamped(page), 5)),
    "skewed by -5°, 150 dpi, quality 40": (150, 40, lambda page: skewed(stamped(page), -5)),
    "upside down": (200, 75, lambda page: skewed(stamped(page), 180)),
    "spots": (200, 75, lambda page: noisy(stamped(page), 7)),
    "the stamp over a quarter of the code": (200, 75, lambda page: stamped(page, over_the_code=0.25)),
    "the stamp over all of the code": (200, 75, lambda page: stamped(page, over_the_code=1.0)),
    "the stamp over half of it, 150 dpi, quality 40": (150, 40, lambda page: stamped(page, over_the_code=0.5)),
    "a telephone's photograph": (300, 75, lambda page: photographed(stamped(page))),
    "a telephone's photograph, quality 40": (250, 40, lambda page: photographed(stamped(page))),
}


@pytest.fixture(scope="module")
def printed() -> bytes:
    return Printer().draw(replace(EMPTY, code=CODE), ())


async def test_a_code_is_read_from_a_picture_and_from_a_pdf(printed: bytes, pool: ImagingPool) -> None:
    page = skewed(stamped(page_of(printed)), 2)
    for kind in ("JPEG", "PDF"):
        scan = await check_scan(pool, saved(page, kind))
        assert scan.codes == [CODE]
    blank = await check_scan(pool, saved(Image.new("RGB", (1000, 1400), "white")))
    assert blank.codes == []


@pytest.mark.thorough
def test_a_code_is_read_under_real_conditions(printed: bytes) -> None:
    read = {
        name: [
            codes.of_picture(saved(worn(page_of(printed, dpi)), quality=quality)),
            codes.of_document(saved(worn(page_of(printed, dpi)), "PDF", quality=quality, dpi=dpi)),
        ]
        for name, (dpi, quality, worn) in CONDITIONS.items()
    }
    assert {name: found for name, found in read.items() if found != [[CODE], [CODE]]} == {}
