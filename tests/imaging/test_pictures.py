import re
import struct
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image, ImageCms

from app.imaging import ImageRefused, ImagingPool, Picture, check_scan, clean
from app.imaging.damage import lacks_scans
from tests.imaging import corpus
from tests.imaging.corpus import encoded, jpeg, png_chunk, png_with, scene
from tests.imaging.harmless import HARMLESS, decoded, transparent


def is_red(image: Image.Image, x: float, y: float) -> bool:
    point = image.convert("RGB").getpixel((int(image.width * x), int(image.height * y)))
    assert isinstance(point, tuple)
    return point[0] > 200 and point[1] < 60 and point[2] < 60


@pytest.mark.parametrize("make", HARMLESS.values(), ids=HARMLESS.keys())
async def test_a_picture_comes_out_clean(pool: ImagingPool, make: Callable[[], bytes]) -> None:
    data = make()
    picture = await clean(pool, data)
    assert decoded(picture).size == (800, 640)
    assert picture.source_sha256 == sha256(data).hexdigest()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty_file"),
    "text": (lambda: b"no picture at all", "unsupported_image"),
    "html": (lambda: b"<html><img src=x onerror=alert(1)>", "unsupported_image"),
    "svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "unsupported_image"),
    "gif": (lambda: encoded(scene(), "GIF"), "unsupported_image"),
    "bmp": (lambda: encoded(scene(), "BMP"), "unsupported_image"),
    "tiff": (lambda: encoded(scene(), "TIFF"), "unsupported_image"),
    "pdf": (corpus.pdf, "unsupported_image"),
    "avif": (lambda: b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(100), "unsupported_image"),
    "no heic": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "broken_image"),
    "truncated heic": (lambda: corpus.heic()[:-500], "broken_image"),
    "bomb of 400 megapixels in heic": (lambda: claiming(20_000, 20_000), "image_too_large"),
    "a size that heic does not have": (lambda: claiming(8000, 8000), "broken_image"),
    "zip": (corpus.archive, "unsupported_image"),
    "header alone": (lambda: jpeg()[:20], "broken_image"),
    "truncated jpeg": (lambda: jpeg()[:-9000], "broken_image"),
    "truncated png": (lambda: encoded(scene(), "PNG")[:-9000], "broken_image"),
    "truncated webp": (lambda: encoded(scene(), "WEBP")[:-3000], "broken_image"),
    "png with a wrong sum": (lambda: encoded(scene(), "PNG").replace(b"IDAT", b"IDAX", 1), "broken_image"),
    "gif called jpeg": (lambda: b"\xff\xd8\xff" + encoded(scene(), "GIF"), "broken_image"),
    "animated png": (lambda: corpus.animated("PNG"), "animated_image"),
    "animated webp": (lambda: corpus.animated("WEBP"), "animated_image"),
    "png text bomb": (lambda: png_with(png_chunk(b"zTXt", b"Comment\0\0" + corpus.packed_bomb())), "broken_image"),
    "png profile bomb": (lambda: png_with(png_chunk(b"iCCP", b"p\0\0" + corpus.packed_bomb())), "broken_image"),
    "endless scans": (corpus.endless_scans, "broken_image"),
    "small": (lambda: encoded(scene(599, 2000), "JPEG"), "image_too_small"),
    "tiny": (lambda: encoded(scene(8, 6), "PNG"), "image_too_small"),
    "bomb of 400 megapixels": (lambda: png_with(width=20_000, height=20_000), "image_too_large"),
    "too long": (lambda: encoded(Image.new("L", (65_001, 600)), "PNG"), "image_too_large"),
}


@pytest.mark.parametrize(("make", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_refusal_names_the_rule(pool: ImagingPool, make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(ImageRefused) as refused:
        await clean(pool, make())
    assert refused.value.code == code
    assert refused.value.params


async def test_a_refusal_says_what_a_sentence_needs(pool: ImagingPool) -> None:
    with pytest.raises(ImageRefused) as refused:
        await clean(pool, b"\0\0\0\x18ftypavif")
    assert refused.value.params == {"format": "AVIF"}
    with pytest.raises(ImageRefused) as refused:
        await clean(pool, encoded(scene(700, 610), "JPEG"), shortest_side=640)
    assert refused.value.params == {"width": 700, "height": 610, "min_side": 640}


async def test_a_corrupted_middle_never_crashes(pool: ImagingPool) -> None:
    for data in (jpeg(), encoded(scene(), "PNG"), encoded(scene(), "WEBP")):
        middle = len(data) // 2
        spoiled = data[:middle] + bytes(200) + data[middle + 200 :]
        try:
            decoded(await clean(pool, spoiled))
        except ImageRefused as refused:
            assert refused.code == "broken_image"  # noqa: PT017 -- a decoder may recover; both ends are right


def claiming(width: int, height: int) -> bytes:
    """A HEIC whose head promises another size than its data have."""
    data = corpus.heic()
    place = data.index(b"ispe") + 8
    return data[:place] + struct.pack(">II", width, height) + data[place + 8 :]


@pytest.mark.parametrize("options", [{}, {"subsampling": 0, "optimize": True}])
async def test_a_picture_that_is_painted_of_lost_bytes_is_told(pool: ImagingPool, options: dict[str, Any]) -> None:
    whole = jpeg(**options)
    assert not (await clean(pool, whole)).damaged
    for other in (whole + corpus.SECRET, jpeg(restart_marker_rows=1, **options), jpeg(progressive=True), corpus.mpo()):
        assert not (await clean(pool, other)).damaged
    assert [(await clean(pool, corpus.zeroed(whole, part, 200))).damaged for part in (0.3, 0.6, 0.9)] == [True] * 3
    assert (await check_scan(pool, corpus.zeroed(whole, size=200))).damaged


PROGRESSIVE: list[dict[str, Any]] = [
    *({"quality": quality, "subsampling": sampling} for quality in (1, 30, 75, 95, 100) for sampling in (0, 1, 2)),
    *({"optimize": True}, {"restart_marker_rows": 1}, {"exif": corpus.telling_exif()}, {"comment": b"\xff\xda"}),
]


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_progressive_picture_that_lost_a_scan_is_told_and_no_whole_one(mode: str) -> None:
    picture = scene(257, 131).convert(mode)
    for options in PROGRESSIVE:
        whole = encoded(picture, "JPEG", progressive=True, **options)
        assert not lacks_scans(whole + corpus.SECRET)
        scans = [found.start() for found in re.finditer(rb"\xff\xda", whole)]
        for start, end in pairwise([*scans[-3:], whole.rindex(b"\xff\xd9")]):
            assert lacks_scans(whole[:start] + whole[end:])
            assert lacks_scans(whole[:start] + b"\xff\xd9")
            assert lacks_scans(whole[: start + 11] + b"\xff\x4b" + whole[start + 11 :])


async def test_what_a_progressive_picture_lost_is_said(pool: ImagingPool) -> None:
    whole = jpeg(progressive=True)
    cut = whole[: whole.rindex(b"\xff\xc4")] + b"\xff\xd9"
    assert [(await clean(pool, each)).damaged for each in (whole, cut)] == [False, True]


async def test_a_photograph_of_a_telephone_stands_upright(pool: ImagingPool) -> None:
    picture = decoded(await clean(pool, corpus.heic()))
    assert picture.size == (640, 800)
    assert is_red(picture, 0.9, 0.1)
    assert is_red(decoded(await clean(pool, corpus.heic("tiles"))), 0.1, 0.1)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_stands_upright(pool: ImagingPool, kind: str, orientation: int) -> None:
    picture = decoded(await clean(pool, encoded(scene(), kind, exif=corpus.telling_exif(orientation))))
    assert (picture.width > picture.height) == (orientation <= 4)
    red = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}[orientation]
    corners = [(x, y) for x in (0, 1) for y in (0, 1) if is_red(picture, 0.1 + 0.8 * x, 0.1 + 0.8 * y)]
    assert corners == [red]


async def test_what_is_transparent_becomes_white(pool: ImagingPool) -> None:
    picture = decoded(await clean(pool, encoded(transparent(), "PNG")))
    assert picture.getextrema() == ((255, 255),) * 3


async def test_sixteen_bits_keep_their_tones(pool: ImagingPool) -> None:
    picture = decoded(await clean(pool, corpus.grey16())).convert("L")
    tones = [picture.getpixel((x, 300)) for x in (2, 400, 797)]
    assert tones == pytest.approx([0, 128, 255], abs=3)


async def test_colours_are_brought_to_srgb(pool: ImagingPool) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert is_red(decoded(await clean(pool, jpeg(icc_profile=lab))), 0.1, 0.1)  # no use for RGB: left as it is
    wide = swapped_primaries(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    picture = decoded(await clean(pool, jpeg(icc_profile=wide)))
    assert not is_red(picture, 0.1, 0.1)


def swapped_primaries(profile: bytes) -> bytes:
    """A profile whose red is green and whose name is not sRGB: nobody can fail to see whether it was used."""
    return (
        profile.replace(b"rXYZ", b"tXYZ")
        .replace(b"gXYZ", b"rXYZ")
        .replace(b"tXYZ", b"gXYZ")
        .replace("sRGB".encode("utf-16-be"), "wide".encode("utf-16-be"))
    )


async def test_large_photographs_are_scaled_down(pool: ImagingPool) -> None:
    fifty = Image.new("RGB", (8192, 6144), (10, 120, 40))  # what a "50 megapixel" telephone writes: 50.3
    for kind in ("JPEG", "PNG"):
        picture = await clean(pool, encoded(fifty, kind, **({"compress_level": 1} if kind == "PNG" else {})))
        assert (picture.width, picture.height) == (4096, 3072)


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((16_382, 3628), (4877, 1080)),  # a telephone's panorama
        ((1080, 15_000), (1080, 15_000)),  # a long screenshot
        ((12_000, 700), (12_000, 700)),
        ((65_000, 900), (16_384, 227)),
    ],
)
async def test_what_is_long_stays_readable(pool: ImagingPool, size: tuple[int, int], kept: tuple[int, int]) -> None:
    picture = await clean(pool, encoded(Image.new("L", size), "PNG", compress_level=1))
    assert (picture.width, picture.height) == kept


@pytest.mark.thorough
async def test_the_largest_allowed_fits_the_worker(pool: ImagingPool) -> None:
    largest = Image.new("RGBA", (8192, 8192), (10, 120, 40, 128))
    picture = await clean(pool, encoded(largest, "PNG", compress_level=1))
    assert (picture.width, picture.height) == (4096, 4096)
    telephone = Image.new("RGB", (12_000, 9000), (10, 120, 40))
    for options in ({}, {"progressive": True, "subsampling": 0}):
        picture = await clean(pool, encoded(telephone, "JPEG", **options))
        assert (picture.width, picture.height) == (4096, 3072)


async def test_the_same_bytes_make_the_same_picture(pool: ImagingPool) -> None:
    first, second = await clean(pool, jpeg()), await clean(pool, jpeg())
    assert first == second


async def test_fingerprints_are_near_for_alike_and_far_for_different(pool: ImagingPool) -> None:
    def distance(a: Picture, b: Picture) -> int:
        return (int(a.fingerprint, 16) ^ int(b.fingerprint, 16)).bit_count()

    original, again = await clean(pool, jpeg()), await clean(pool, encoded(scene().resize((1000, 800)), "WEBP"))
    other = await clean(pool, encoded(scene().rotate(180), "JPEG"))
    assert distance(original, again) <= 4
    assert distance(original, other) > 15
