"""Files that a picture can be made of, and what must hold of every picture."""

import random
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

from PIL import Image

from app.imaging import Picture
from tests.imaging import corpus
from tests.imaging.corpus import SECRET, encoded, jpeg, png_chunk, png_with, scene


def transparent() -> Image.Image:
    picture = scene().convert("RGBA")
    picture.putalpha(0)
    return picture


HARMLESS: dict[str, Callable[[], bytes]] = {
    "jpeg": jpeg,
    "progressive jpeg": lambda: jpeg(progressive=True),
    "grey jpeg": lambda: encoded(scene().convert("L"), "JPEG"),
    "cmyk jpeg": lambda: encoded(scene().convert("CMYK"), "JPEG"),
    "two frames of a telephone": corpus.mpo,
    "png": lambda: encoded(scene(), "PNG"),
    "png of one bit": lambda: encoded(scene().convert("1"), "PNG"),
    "grey png": lambda: encoded(scene().convert("L"), "PNG"),
    "grey png with alpha": lambda: encoded(scene().convert("LA"), "PNG"),
    "png of sixteen bits": corpus.grey16,
    "palette png": lambda: encoded(scene().convert("P"), "PNG"),
    "palette png, partly transparent": lambda: encoded(scene().quantize(16), "PNG", transparency=0),
    "png with a transparent colour": lambda: encoded(scene(), "PNG", transparency=(1, 2, 3)),
    "webp": lambda: encoded(scene(), "WEBP"),
    "lossless webp with alpha": lambda: encoded(transparent(), "WEBP", lossless=True),
    "jpeg with a comment": lambda: jpeg(comment=SECRET),
    "jpeg with a place": lambda: jpeg(exif=corpus.telling_exif()),
    "jpeg with a broken exif block": lambda: jpeg(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + SECRET),
    "jpeg with a broken profile": lambda: jpeg(icc_profile=SECRET * 20),
    "jpeg with an archive behind": lambda: jpeg() + corpus.archive(),
    "jpeg with a film behind": lambda: jpeg() + random.Random(3).randbytes(4_000_000),
    "jpeg with a page behind": lambda: jpeg() + b"<html><script>" + SECRET,
    "png with text": lambda: png_with(png_chunk(b"tEXt", b"Comment\0" + SECRET)),
    "png with xmp": lambda: png_with(png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET)),
    "webp with xmp": lambda: encoded(scene(), "WEBP", xmp=SECRET, exif=corpus.telling_exif()),
}
"""Made where they are used: together they take seconds, and every process that gathers tests comes by here."""


def decoded(picture: Picture) -> Image.Image:
    """The picture decoded again, after it kept every promise about what it is."""
    image = Image.open(BytesIO(picture.content), formats=["JPEG"])
    image.load()
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (picture.width, picture.height))
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not image.getexif()
    assert SECRET not in picture.content + picture.thumbnail
    assert picture.sha256 == sha256(picture.content).hexdigest()
    thumbnail = Image.open(BytesIO(picture.thumbnail), formats=["JPEG"])
    assert max(thumbnail.size) <= 400
    assert len(picture.fingerprint) == 16
    return image
