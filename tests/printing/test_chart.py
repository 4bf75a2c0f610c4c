"""Charts: what is drawn of the numbers, measured on the picture."""

from functools import cache
from io import BytesIO
from itertools import groupby

from PIL import Image

from app.printing.chart import Bar, Chart
from app.printing.pdf import FINENESS, Printer

PER_MM = FINENESS / 25.4
LONG = "路北区市场监督管理局（知识产权局）机关党委及所属各分局联合党工委暨综合行政执法大队党总支委员会"


@cache
def printer() -> Printer:
    return Printer()


def drawn(chart: Chart) -> Image.Image:
    return Image.open(BytesIO(printer().draw(chart, (), "png"))).convert("L")


def dark_runs(picture: Image.Image, minimum: float) -> list[int]:
    """Return the greatest run of dark points of each bar, from the top: a bar is some lines with a long run."""
    found = []
    pixels = picture.load()
    assert pixels is not None
    for y in range(picture.height):
        line = groupby(pixels[x, y] < 100 for x in range(picture.width))  # type: ignore[operator]
        found.append(max((len([*run]) for dark, run in line if dark), default=0))
    bars = (max(run) for long, run in ((long, [*each]) for long, each in groupby(found, lambda n: n > minimum)) if long)
    return [*bars]


def test_a_bar_is_as_long_as_its_number_says_whatever_its_label() -> None:
    chart = Chart("各推荐单位", "截至", [Bar("乔屯", [12]), Bar(LONG, [3]), Bar("空", [0]), Bar("韩城", [6])])
    bars = dark_runs(drawn(chart), 15 * PER_MM)
    assert [round(bar / bars[0], 2) for bar in bars] == [1, 0.25, 0.5]


def test_a_chart_is_as_wide_as_the_text_of_a_document_and_as_high_as_it_must_be() -> None:
    heights = []
    for count in (0, 1, 60):
        picture = drawn(Chart("各推荐单位", "截至", [Bar(f"第{n}街道", [n]) for n in range(count)]))
        assert picture.width == round(164 * PER_MM)
        heights.append(picture.height / PER_MM)
    assert 20 < heights[0] < 40
    assert heights[1] < heights[0] + 10
    assert 300 < heights[2] < 500


def test_series_are_told_apart_without_colours() -> None:
    chart = Chart("历年", "件", [Bar("2015年", [5, 5, 5])], ("上报", "受理", "获奖"))
    colours = Image.open(BytesIO(printer().draw(chart, (), "png"))).convert("HSV").getchannel("S").getextrema()
    assert colours == (0, 0)


def test_a_drawing_says_what_it_is_and_has_nothing_that_loads() -> None:
    written = printer().draw(Chart('"甲"<乙>', "", [Bar("丙", [1])]), (), "svg").decode()
    assert written.startswith('<svg role="img" aria-label=\'"甲"&lt;乙&gt;\' ')
    assert "<script" not in written
    assert 'href="http' not in written
