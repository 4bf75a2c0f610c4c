"""A picture made safe: decoded under limits, painted onto a new canvas, encoded again; nothing else survives."""

import hashlib
from contextlib import suppress
from io import BytesIO
from typing import Any

import pi_heif
from PIL import Image, ImageCms, ImageFile, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

from app.imaging.damage import Watched
from app.imaging.formats import PICTURES, format_of
from app.imaging.refusals import ImageRefused

MAX_PIXELS = 2**26  # a "50 megapixel" telephone makes 50.3, its panorama 59.4
MAX_PIXELS_OF_JPEG = 2**27  # a "108 megapixel" telephone; only of these a decoder makes a smaller picture at once
MAX_SIDE = 65_000  # a JPEG has at most 65 535
MAX_SCANS, START_OF_SCAN = 64, b"\xff\xda"
# Measured on 12 megapixels: quality 85 instead of 90 saves an eighth of a noisy picture's bytes and nearly half of the
# demonstration's, and with them a third of the store's time; a side of 3072 costs 85 ms more in scaling than it saves.
CLEAN_SIDE = 4096
READABLE_SIDE, LONGEST_SIDE = 1080, 16_384  # of a panorama or a long screenshot, which would be a thread otherwise
CLEAN_QUALITY = 85
THUMBNAIL_SIDE = 400
THUMBNAIL_QUALITY = 80

# Our own limit comes before any decoding and names both sides; Pillow's would only warn.
Image.MAX_IMAGE_PIXELS = None
# A confined worker cannot import: all plugins it will need are registered here and now.
Image.preinit()
PLUGINS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=0)
OF_TELEPHONES = frozenset({"MPO", "HEIF"})
"""Formats in which depth or brightness come as a second frame of one photograph, which is the first."""
SRGB = ImageCms.createProfile("sRGB")
JFIF = frozenset({"jfif", "jfif_version", "jfif_unit", "jfif_density"})


def clean(data: bytes, *, shortest_side: int) -> dict[str, Any]:
    """The one clean JPEG these bytes show, its thumbnail and what is worth knowing about both."""
    image, source = opened(data, shortest_side), Watched(data)
    if is_jpeg := image.format in {"JPEG", "MPO"}:
        image.fp = source
    canvas = painted(image)
    content = jpeg(canvas, CLEAN_QUALITY)
    prove_clean(content, canvas.size)
    thumbnail = canvas.resize(fitting(canvas.size, THUMBNAIL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return {
        "content": content,
        "thumbnail": jpeg(thumbnail, THUMBNAIL_QUALITY),
        "width": canvas.width,
        "height": canvas.height,
        "sha256": hashlib.sha256(content).hexdigest(),
        "source_sha256": hashlib.sha256(data).hexdigest(),
        "fingerprint": fingerprint(thumbnail),
        "damaged": is_jpeg and source.are_damaged,
    }


def small(data: bytes, *, side: int) -> dict[str, Any]:
    """A picture of ours no longer and no higher than this, as it is printed small."""
    image = Image.open(BytesIO(data), formats=("JPEG",))
    image.draft("RGB", (side, side))
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return {"content": jpeg(image.convert("RGB"), THUMBNAIL_QUALITY)}


def opened(data: bytes, shortest_side: int) -> ImageFile.ImageFile:
    """The picture with its header read and nothing decoded, if its kind and size are allowed."""
    if not data:
        raise ImageRefused("empty_file", size=0)
    if (kind := format_of(data)) not in PICTURES:
        raise ImageRefused("unsupported_image", format=kind)
    if kind == "JPEG" and has_endless_scans(data):
        raise ImageRefused("broken_image", reason="too_slow")
    image = Image.open(BytesIO(data), formats=(PICTURES[kind],))
    if image.format not in OF_TELEPHONES and getattr(image, "is_animated", False):
        raise ImageRefused("animated_image", frames=getattr(image, "n_frames", 2))
    check_size(image, kind, shortest_side)
    if kind == "HEIC":
        image.load()  # decoding may show another size than its head
        check_size(image, kind, shortest_side)
    return image


def has_endless_scans(data: bytes) -> bool:
    """Would decoding pass over the picture hundreds of times? A small file can ask for it; real ones ask for ten.

    What a telephone appends (a film, say) holds the marker by chance once in 64 KiB; twice that is forgiven.
    """
    return data.count(START_OF_SCAN) > MAX_SCANS + len(data) // 2**15


def check_size(image: Image.Image, kind: str, shortest_side: int) -> None:
    size = {"width": image.width, "height": image.height}
    most = MAX_PIXELS_OF_JPEG if kind == "JPEG" else MAX_PIXELS
    if image.width * image.height > most or max(image.size) > MAX_SIDE:
        raise ImageRefused("image_too_large", **size, format=kind, max_megapixels=most // 10**6, max_side=MAX_SIDE)
    if min(image.size) < shortest_side:
        raise ImageRefused("image_too_small", **size, min_side=shortest_side)


def painted(image: Image.Image) -> Image.Image:
    """Paint the picture upright, in sRGB, on white, on a canvas that holds nothing else of the file."""
    size = kept_size(image.size)
    image.draft("RGB", size)  # JPEG only: halves while decoding, never below `size`
    image.load()
    profile = image.info.get("icc_profile")
    picture = in_plain_mode(image)
    if picture.size != size:
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    with suppress(Exception):  # a broken EXIF block costs the rotation, not the picture
        ImageOps.exif_transpose(picture, in_place=True)
    picture = in_srgb(picture, profile)
    canvas = Image.new("RGB", picture.size, "white")
    canvas.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    return canvas


def in_plain_mode(image: Image.Image) -> Image.Image:
    """One of L, RGB, RGBA and CMYK: the modes that can be resized and that colour profiles speak of."""
    if image.mode != "RGBA" and image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value / 256, "L")
    return image if image.mode in {"L", "RGB", "RGBA", "CMYK"} else image.convert("RGB")


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The same colours in sRGB; a profile that cannot be used costs the exact tone, not the picture."""
    if not profile:
        return picture
    with suppress(ImageCms.PyCMSError, OSError):
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "sRGB" not in ImageCms.getProfileDescription(source):  # converting sRGB to itself doubles the whole cost
            mode = "RGBA" if picture.mode == "RGBA" else "RGB"
            return ImageCms.profileToProfile(picture, source, SRGB, outputMode=mode) or picture
    return picture


def kept_size(size: tuple[int, int]) -> tuple[int, int]:
    """The size that is kept: a longest side of 4096, or more where the other would not be readable any more."""
    longest = max(CLEAN_SIDE, round(READABLE_SIDE * max(size) / min(size)))
    return fitting(size, min(longest, LONGEST_SIDE))


def fitting(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size scaled down, if need be, to a longest side of `side`."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def jpeg(picture: Image.Image, quality: int) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality, exif=b"", icc_profile=None, comment=None)
    return buffer.getvalue()


def prove_clean(content: bytes, size: tuple[int, int]) -> None:
    """Check that the output is a plain JPEG of that size without any metadata."""
    written = Image.open(BytesIO(content), formats=("JPEG",))
    if (written.format, written.size) != ("JPEG", size) or not set(written.info) <= JFIF or written.getexif():
        raise ImageRefused("broken_image", reason="unclean")


def fingerprint(thumbnail: Image.Image) -> str:
    """Sixty-four bits, alike for pictures that look alike: is each of 8 × 8 points darker than its right neighbour?"""
    grey = thumbnail.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = (grey[row + column] < grey[row + column + 1] for row in range(0, 72, 9) for column in range(8))
    return f"{sum(bit << place for place, bit in enumerate(bits)):016x}"
