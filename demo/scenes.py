"""Invented views of the district, drawn without a font: streets, halls and courtyards, each seed its own."""

from collections.abc import Sequence
from random import Random

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]

SKIES: Sequence[tuple[Colour, Colour]] = (
    ((58, 120, 198), (196, 222, 240)),
    ((92, 110, 132), (206, 208, 204)),
    ((44, 62, 120), (246, 176, 112)),
    ((120, 168, 210), (250, 244, 226)),
    ((24, 30, 62), (120, 92, 120)),
)
WALLS: Sequence[Colour] = (
    (196, 140, 110),
    (222, 204, 170),
    (150, 160, 172),
    (120, 84, 72),
    (232, 226, 214),
    (104, 124, 120),
    (178, 74, 62),
)
GROUNDS: Sequence[Colour] = ((92, 92, 96), (148, 140, 128), (120, 132, 96), (176, 160, 138), (70, 74, 82))
CLOTHES: Sequence[Colour] = ((200, 30, 38), (232, 120, 20), (30, 84, 160), (40, 130, 70), (240, 240, 236), (50, 50, 58))
RED: Colour = (198, 24, 32)
GOLD: Colour = (250, 214, 90)
SKIN: Colour = (214, 170, 138)


def scene(size: tuple[int, int], draw: Random) -> Image.Image:
    """Draw one of the three kinds of view, upright, in the given size."""
    return draw.choice([street, hall, courtyard])(size, draw)


def street(size: tuple[int, int], draw: Random) -> Image.Image:
    """Buildings on both sides of a road that runs to the horizon, people on the pavement, a banner across."""
    horizon, vanishing = draw.uniform(0.4, 0.6), draw.uniform(0.25, 0.75)
    picture = _gradient(size, *draw.choice(SKIES))
    brush = Brush(picture)
    brush.disc(draw.random(), draw.uniform(0.05, 0.3), draw.uniform(0.03, 0.08), (255, 244, 214))
    _skyline(brush, draw, horizon)
    brush.box(0, horizon, 1, 1, draw.choice(GROUNDS))
    near = draw.uniform(0.2, 0.5)
    brush.polygon([(vanishing, horizon), (vanishing - near, 1), (vanishing + near, 1)], draw.choice(GROUNDS))
    for step in range(6):
        y = horizon + (1 - horizon) * (step / 6) ** 2
        brush.box(vanishing - 0.004 * (step + 1), y, vanishing + 0.004 * (step + 1), y + 0.006 * (step + 1), (238,) * 3)
    _trees(brush, draw, horizon)
    _crowd(brush, draw, horizon, draw.randint(3, 9))
    _banner(brush, draw, draw.uniform(0.12, 0.3))
    return picture


def hall(size: tuple[int, int], draw: Random) -> Image.Image:
    """Draw a meeting room: a wall with a screen and windows, a long table, people behind it."""
    wall = draw.choice(WALLS)
    picture = _gradient(size, wall, _shaded(wall, draw.uniform(0.5, 0.85)))
    brush = Brush(picture)
    floor = draw.uniform(0.66, 0.8)
    brush.box(0, floor, 1, 1, _shaded(draw.choice(WALLS), 0.6))
    screen, width = draw.uniform(0.05, 0.6), draw.uniform(0.25, 0.4)
    brush.box(screen, 0.14, screen + width, 0.44, draw.choice(SKIES)[1])
    _lettering(brush, draw, (screen + 0.03, 0.2, screen + width - 0.03, 0.26), RED)
    for _ in range(draw.randint(1, 3)):
        x = draw.random()
        brush.box(x, 0.12, x + draw.uniform(0.06, 0.16), draw.uniform(0.4, 0.55), (236, 242, 246))
    _crowd(brush, draw, floor - draw.uniform(0.18, 0.28), draw.randint(4, 10))
    brush.polygon([(0.1, floor - 0.08), (0.9, floor - 0.08), (1.05, 0.96), (-0.05, 0.96)], _shaded(WALLS[3], 0.9))
    for _ in range(draw.randint(4, 9)):
        x, y = draw.uniform(0.1, 0.85), draw.uniform(floor, 0.9)
        brush.box(x, y, x + 0.06, y + 0.025, (244, 242, 236))
    _banner(brush, draw, 0.02)
    return picture


def courtyard(size: tuple[int, int], draw: Random) -> Image.Image:
    """Draw one house front with its door and display boards, flower beds and neighbours before it."""
    picture = _gradient(size, *draw.choice(SKIES))
    brush = Brush(picture)
    ground, left, right = draw.uniform(0.55, 0.7), draw.uniform(0, 0.2), draw.uniform(0.7, 1)
    brush.box(0, ground, 1, 1, draw.choice(GROUNDS))
    eaves = draw.uniform(0.15, 0.3)
    brush.box(left, eaves, right, ground, draw.choice(WALLS))
    roof = [(left - 0.06, eaves), ((left + right) / 2, eaves - draw.uniform(0.04, 0.16)), (right + 0.06, eaves)]
    brush.polygon(roof, _shaded(draw.choice(WALLS), 0.5))
    door = draw.uniform(left + 0.05, right - 0.2)
    brush.box(door, ground - 0.28, door + 0.12, ground, _shaded(RED, draw.uniform(0.5, 0.9)))
    for _ in range(draw.randint(2, 4)):
        x = draw.uniform(left, right - 0.15)
        brush.box(x, ground - 0.2, x + 0.14, ground - 0.06, (240, 238, 228))
        _lettering(brush, draw, (x + 0.01, ground - 0.18, x + 0.13, ground - 0.15), RED)
    for _ in range(draw.randint(20, 60)):
        brush.disc(draw.random(), draw.uniform(ground, 0.98), draw.uniform(0.004, 0.018), _flower(draw))
    _trees(brush, draw, ground)
    _crowd(brush, draw, ground, draw.randint(2, 7))
    _banner(brush, draw, eaves + 0.02)
    return picture


class Brush:
    """Draws in fractions of the picture, so that one scene fits every size and both formats."""

    def __init__(self, picture: Image.Image) -> None:
        self._draw = ImageDraw.Draw(picture)
        self._width, self._height = picture.size

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return x * self._width, y * self._height

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        self._draw.rectangle([self._at(left, top), self._at(right, bottom)], fill=colour)

    def polygon(self, corners: list[tuple[float, float]], colour: Colour) -> None:
        self._draw.polygon([self._at(x, y) for x, y in corners], fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Draw a circle whose radius is a fraction of the shorter side."""
        (centre_x, centre_y), r = self._at(x, y), radius * min(self._width, self._height)
        self._draw.ellipse([centre_x - r, centre_y - r, centre_x + r, centre_y + r], fill=colour)


def _gradient(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    column = Image.new("RGB", (1, 2))
    column.putdata([top, bottom])
    return column.resize((1, size[1]), Image.Resampling.BILINEAR).resize(size, Image.Resampling.NEAREST)


def _shaded(colour: Colour, light: float) -> Colour:
    red, green, blue = colour
    return int(red * light), int(green * light), int(blue * light)


def _flower(draw: Random) -> Colour:
    return draw.randint(120, 255), draw.randint(40, 200), draw.randint(40, 160)


def _skyline(brush: Brush, draw: Random, horizon: float) -> None:
    x = -0.05
    while x < 1:
        width, height = draw.uniform(0.08, 0.22), draw.uniform(0.08, 0.9) * horizon
        if draw.random() < 0.8:  # noqa: PLR2004 -- a gap in the row now and then
            _building(brush, draw, (x, horizon - height, x + width, horizon))
        x += width


def _building(brush: Brush, draw: Random, place: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = place
    brush.box(left, top, right, bottom, _shaded(draw.choice(WALLS), draw.uniform(0.6, 1)))
    columns, rows = draw.randint(3, 6), draw.randint(3, 9)
    glass = _shaded(draw.choice(SKIES)[1], draw.uniform(0.4, 1))
    for cell in range(columns * rows):
        x = left + (right - left) * (cell % columns + 0.25) / columns
        y = top + (bottom - top) * (cell // columns + 0.25) / rows
        brush.box(x, y, x + (right - left) / columns / 2, y + (bottom - top) / rows / 2, glass)


def _trees(brush: Brush, draw: Random, ground: float) -> None:
    for _ in range(draw.randint(1, 5)):
        x, height = draw.random(), draw.uniform(0.12, 0.34)
        brush.box(x - 0.006, ground - height, x + 0.006, ground + 0.03, (84, 62, 46))
        for _ in range(12):
            leaf = (draw.randint(30, 90), draw.randint(90, 140), draw.randint(30, 70))
            brush.disc(x + draw.gauss(0, 0.03), ground - height + draw.gauss(0, 0.03), draw.uniform(0.02, 0.06), leaf)


def _crowd(brush: Brush, draw: Random, ground: float, people: int) -> None:
    for depth in sorted(draw.random() for _ in range(people)):
        _person(brush, draw, draw.random(), ground + 0.1 + depth * (0.85 - ground), 0.12 + 0.25 * depth)


def _person(brush: Brush, draw: Random, x: float, feet: float, height: float) -> None:
    width, clothes, head = height * 0.13, draw.choice(CLOTHES), feet - height
    brush.box(x - width * 0.8, feet - height * 0.45, x - width * 0.1, feet, (46, 48, 60))
    brush.box(x + width * 0.1, feet - height * 0.45, x + width * 0.8, feet, (46, 48, 60))
    brush.polygon(
        [
            (x - width, head + height * 0.2),
            (x + width, head + height * 0.2),
            (x + width * 0.9, feet - height * 0.4),
            (x - width * 0.9, feet - height * 0.4),
        ],
        clothes,
    )
    brush.disc(x, head + height * 0.1, height * 0.085, SKIN)
    brush.disc(x, head + height * 0.07, height * 0.08, (34, 28, 26))


def _banner(brush: Brush, draw: Random, top: float) -> None:
    left, right = draw.uniform(0, 0.25), draw.uniform(0.7, 1)
    brush.box(left, top, right, top + 0.07, RED)
    _lettering(brush, draw, (left + 0.02, top + 0.015, right - 0.02, top + 0.055), GOLD)


def _lettering(brush: Brush, draw: Random, place: tuple[float, float, float, float], colour: Colour) -> None:
    """Suggest a line of characters by square blocks of strokes: no font is at hand everywhere."""
    left, top, right, bottom = place
    pitch = (bottom - top) * 0.9
    for character in range(int((right - left) / pitch)):
        x = left + character * pitch
        for _ in range(4):
            across, down = draw.uniform(0, 0.5), draw.uniform(0, 0.85)
            y = top + (bottom - top) * down
            brush.box(x + pitch * across, y, x + pitch * (across + 0.35), y + (bottom - top) * 0.1, colour)
            stem = x + pitch * draw.uniform(0, 0.75)
            brush.box(stem, top + (bottom - top) * down * 0.5, stem + pitch * 0.08, y, colour)
