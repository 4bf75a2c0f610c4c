"""Files that a picture can be made of, and what must hold of every picture."""

import random
from hashlib import sha256
from io import BytesIO

from PIL import Image

from app.imaging import Picture
from tests.imaging import corpus
from tests.imaging.corpus import SECRET, encoded, jpeg, png_chunk, png_with, scene

TRANSPARENT = scene().convert("RGBA")
TRANSPARENT.putalpha(0)
HARMLESS = {
    "jpeg": jpeg(),
    "progressive jpeg": jpeg(progressive=True),
    "grey jpeg": encoded(scene().convert("L"), "JPEG"),
    "cmyk jpeg": encoded(scene().convert("CMYK"), "JPEG"),
    "two frames of a telephone": corpus.mpo(),
    "png": encoded(scene(), "PNG"),
    "png of one bit": encoded(scene().convert("1"), "PNG"),
    "grey png": encoded(scene().convert("L"), "PNG"),
    "grey png with alpha": encoded(scene().convert("LA"), "PNG"),
    "png of sixteen bits": corpus.grey16(),
    "palette png": encoded(scene().convert("P"), "PNG"),
    "palette png, partly transparent": encoded(scene().quantize(16), "PNG", transparency=0),
    "png with a transparent colour": encoded(scene(), "PNG", transparency=(1, 2, 3)),
    "webp": encoded(scene(), "WEBP"),
    "lossless webp with alpha": encoded(TRANSPARENT, "WEBP", lossless=True),
    "jpeg with a comment": jpeg(comment=SECRET),
    "jpeg with a place": jpeg(exif=corpus.telling_exif()),
    "jpeg with a broken exif block": jpeg(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + SECRET),
    "jpeg with a broken profile": jpeg(icc_profile=SECRET * 20),
    "jpeg with an archive behind": jpeg() + corpus.archive(),
    "jpeg with a film behind": jpeg() + random.Random(3).randbytes(4_000_000),
    "jpeg with a page behind": jpeg() + b"<html><script>" + SECRET,
    "png with text": png_with(png_chunk(b"tEXt", b"Comment\0" + SECRET)),
    "png with xmp": png_with(png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET)),
    "webp with xmp": encoded(scene(), "WEBP", xmp=SECRET, exif=corpus.telling_exif()),
}


def shown(picture: Picture) -> Image.Image:
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
