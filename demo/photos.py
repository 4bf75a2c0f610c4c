"""Photographs and stamped forms for the demonstration: real files, as a phone and an office scanner write them."""

import time
from io import BytesIO
from math import cos, pi, sin
from random import Random

import pypdfium2
from PIL import Image, ImageDraw, ImageFilter
from PIL.ExifTags import GPS, IFD, Base

from demo.scenes import RED, scene

CAMERAS = (("HUAWEI", "HUAWEI P8"), ("Xiaomi", "MI NOTE LTE"), ("Canon", "Canon EOS 70D"), ("Apple", "iPhone 6"))
# How the sensor lies in the hand: EXIF's number and the turn that stores an upright picture that way.
ORIENTATIONS: tuple[tuple[int, Image.Transpose | None], ...] = (
    (1, None),
    (6, Image.Transpose.ROTATE_90),
    (1, None),
    (8, Image.Transpose.ROTATE_270),
    (3, Image.Transpose.ROTATE_180),
)
A4_AT_150_DPI = (1240, 1754)
SCANNED_AT = time.struct_time((2015, 9, 10, 9, 30, 0, 3, 253, 0))


def photograph(seed: int) -> bytes:
    """Take a 12-megapixel JPEG of 2 to 5 MB with the camera, the place and the orientation in its EXIF."""
    return _taken(seed, (4000, 3000), quality=93)


def small_photograph(seed: int) -> bytes:
    """Take the same view with a modest camera: quick to make and to send."""
    return _taken(seed, (1600, 1200), quality=85)


def stamped_form(seed: int) -> bytes:
    """Scan a page of the form with the committee's round red seal on it, as PDF."""
    draw = Random(f"form {seed}")  # noqa: S311 -- invents, hides nothing
    page = Image.new("RGB", A4_AT_150_DPI, (252, 251, 248))
    _rule(ImageDraw.Draw(page), draw)
    page.paste(RED, (0, 0), _seal(draw))
    return _written(
        page.filter(ImageFilter.GaussianBlur(0.6)), "PDF", resolution=150, creationDate=SCANNED_AT, modDate=SCANNED_AT
    )


def stamped_print(printed: bytes, seed: int) -> bytes:
    """Stamp the first page of a printed form, and scan it as somebody in a hurry does, as PDF."""
    draw = Random(f"print {seed}")  # noqa: S311 -- the same
    with pypdfium2.PdfDocument(printed) as document:
        page = document[0].render(scale=150 / 72).to_pil().convert("RGB").resize(A4_AT_150_DPI)
    page.paste(RED, (0, 0), _seal(draw))
    skewed = page.rotate(draw.uniform(-2, 2), Image.Resampling.BICUBIC, fillcolor="white")
    return _written(skewed, "PDF", resolution=150, creationDate=SCANNED_AT, modDate=SCANNED_AT)


def _taken(seed: int, size: tuple[int, int], *, quality: int) -> bytes:
    draw = Random(f"photograph {seed}")  # noqa: S311 -- the same
    orientation, turn = ORIENTATIONS[seed % len(ORIENTATIONS)]
    upright = scene(size[::-1] if orientation in (6, 8) else size, draw)
    picture = _grained(upright.transpose(turn) if turn is not None else upright, draw)
    return _written(picture, "JPEG", quality=quality, exif=_exif(draw, orientation))


def _grained(picture: Image.Image, draw: Random) -> Image.Image:
    """Add the sensor's noise, without which a drawing would compress to nothing."""
    tile = Image.frombytes("RGB", (400, 300), draw.randbytes(400 * 300 * 3))
    noise = Image.new("RGB", picture.size)
    for x in range(0, picture.width, tile.width):
        for y in range(0, picture.height, tile.height):
            noise.paste(tile, (x, y))
    return Image.blend(picture, noise, 0.06)


def _exif(draw: Random, orientation: int) -> Image.Exif:
    make, model = draw.choice(CAMERAS)
    taken_at = (
        f"2015:{draw.randint(4, 8):02}:{draw.randint(1, 28):02} {draw.randint(8, 17):02}:{draw.randint(0, 59):02}:00"
    )
    exif = Image.Exif()
    exif.update({Base.Make: make, Base.Model: model, Base.Orientation: orientation, Base.DateTime: taken_at})
    exif.get_ifd(IFD.Exif).update({Base.DateTimeOriginal: taken_at, Base.ISOSpeedRatings: draw.choice([50, 100, 200])})
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (39.0, 37.0, draw.uniform(0, 60)),
            GPS.GPSLongitudeRef: "E",
            GPS.GPSLongitude: (118.0, 10.0, draw.uniform(0, 60)),
        }
    )
    return exif


def _rule(pen: ImageDraw.ImageDraw, draw: Random) -> None:
    """Draw the form's frame, its cells, and strokes where a line is written."""
    left, right, top, bottom = 110, 1130, 190, 1600
    pen.rectangle([left, top, right, bottom], outline="black", width=3)
    pen.line([(left + 190, top), (left + 190, bottom)], fill="black", width=2)
    for y in (260, 330, 400, 470, 540, 610, 900, 1330):
        pen.line([(left, y), (right, y)], fill="black", width=2)
    for y in (*range(225, 600, 70), *range(640, 1580, 34)):
        for x in range(left + 210, right - draw.randint(30, 300), 26):
            pen.line([(x, y + draw.randint(-7, 7)), (x + 18, y + draw.randint(-7, 7))], fill=(60, 60, 66), width=3)
            pen.line([(x + 9, y - 9), (x + draw.randint(4, 14), y + 9)], fill=(60, 60, 66), width=3)


def _seal(draw: Random) -> Image.Image:
    """Return the mask of the seal: a ring, a star, and marks where the committee's name runs round."""
    mask = Image.new("L", A4_AT_150_DPI)
    pen, radius = ImageDraw.Draw(mask), 150
    x, y = draw.randint(780, 920), draw.randint(1330, 1480)
    pen.ellipse([x - radius, y - radius, x + radius, y + radius], outline=215, width=9)
    pen.polygon([_around(x, y, 52 if corner % 2 == 0 else 20, corner / 10) for corner in range(10)], fill=215)
    for at in range(14):
        turn = 0.62 + at * 0.76 / 13
        pen.line([_around(x, y, 98, turn), _around(x, y, 128, turn + draw.uniform(-0.02, 0.02))], fill=205, width=9)
    return mask.filter(ImageFilter.GaussianBlur(0.8))


def _around(x: int, y: int, radius: int, turn: float) -> tuple[float, float]:
    """Return the point at this part of a full turn, clockwise from the top."""
    return x + radius * sin(2 * pi * turn), y - radius * cos(2 * pi * turn)


def _written(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
