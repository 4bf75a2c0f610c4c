"""Printed forms as they come back: stamped, skewed, grey, faint, photographed."""

import random
from io import BytesIO

import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageOps


def page_of(pdf: bytes, dpi: int = 200) -> Image.Image:
    """The first page as a scanner has it."""
    with pypdfium2.PdfDocument(pdf) as document:
        page: Image.Image = document[0].render(scale=dpi / 72).to_pil()
        return page.convert("RGB")


def stamped(page: Image.Image, *, over_the_code: float = 0.0) -> Image.Image:
    """A red round stamp in its cell, or over so much of the side of the code, at the right above."""
    side = page.width * 42 // 210
    left, top = page.width * 130 // 210, page.height * 40 // 297
    if over_the_code:
        left = round(page.width * (161 + 24 * over_the_code) / 210) - side
        top = page.height * 12 // 297
    ink = Image.new("RGB", page.size, "white")
    drawn = ImageDraw.Draw(ink)
    drawn.ellipse((left, top, left + side, top + side), outline=(200, 20, 30), width=side // 16)
    drawn.regular_polygon((left + side // 2, top + side // 2, side // 6), 5, fill=(200, 20, 30))
    return ImageChops.multiply(page, ink)  # print is seen through it


def skewed(page: Image.Image, degrees: float) -> Image.Image:
    return page.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


def photographed(page: Image.Image) -> Image.Image:
    """From the side, in bad light, on a table."""
    width, height = page.size
    corners = (-width // 12, -height // 20, width // 40, height, width, height - height // 30, width + width // 9, 0)
    seen = page.transform(page.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=(90, 80, 70))
    return ImageOps.autocontrast(seen).point(lambda value: value * 3 // 4 + 20)


def noisy(page: Image.Image, seed: int) -> Image.Image:
    spots = ImageDraw.Draw(page)
    dice = random.Random(seed)
    for _ in range(400):
        x, y = dice.randrange(page.width), dice.randrange(page.height)
        spots.ellipse((x, y, x + 2, y + 2), fill=(60, 60, 60))
    return page


def saved(page: Image.Image, kind: str = "JPEG", *, quality: int = 75, dpi: int = 200) -> bytes:
    file = BytesIO()
    page.save(file, kind, quality=quality, resolution=dpi)
    return file.getvalue()
