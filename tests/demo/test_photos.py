from io import BytesIO
from itertools import combinations, pairwise

import pytest
from PIL import Image, ImageOps
from PIL.ExifTags import GPS, IFD, Base
from pypdf import PdfReader

from demo.photos import photograph, small_photograph, stamped_form


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data), formats=["JPEG"])
    picture.load()
    return picture


def difference_hash(picture: Image.Image) -> int:
    grey = ImageOps.exif_transpose(picture).convert("L").resize((9, 8), Image.Resampling.BOX)
    rows = [grey.crop((0, y, 9, y + 1)).tobytes() for y in range(8)]
    return int("".join(str(int(left < right)) for row in rows for left, right in pairwise(row)), 2)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_photograph_is_what_a_camera_writes(seed: int) -> None:
    data = photograph(seed)
    picture = opened(data)
    exif = picture.getexif()
    assert picture.size == (4000, 3000)
    assert 2_000_000 < len(data) < 5_000_000
    assert exif[Base.Make]
    assert exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal].startswith("2015:")
    place = exif.get_ifd(IFD.GPSInfo)
    assert (place[GPS.GPSLatitudeRef], place[GPS.GPSLongitudeRef]) == ("N", "E")
    assert (place[GPS.GPSLatitude][:2], place[GPS.GPSLongitude][:2]) == ((39, 37), (118, 10))


def test_photographs_differ_to_the_eye_and_lie_in_every_way() -> None:
    pictures = [opened(small_photograph(seed)) for seed in range(24)]
    hashes = [difference_hash(picture) for picture in pictures]
    assert {picture.size for picture in pictures} == {(1600, 1200)}
    assert {picture.getexif()[Base.Orientation] for picture in pictures} == {1, 3, 6, 8}
    assert min((one ^ other).bit_count() for one, other in combinations(hashes, 2)) >= 5


def test_the_same_seed_takes_the_same_picture() -> None:
    assert small_photograph(5) == small_photograph(5) != small_photograph(6)


def test_a_stamped_form_is_one_page_with_a_red_seal() -> None:
    (page,) = PdfReader(BytesIO(stamped_form(1))).pages
    (scan,) = page.images
    assert scan.image is not None
    red, green, _ = scan.image.convert("RGB").resize((62, 88)).split()
    assert any(r - g > 100 for r, g in zip(red.tobytes(), green.tobytes(), strict=True))
    assert stamped_form(1) != stamped_form(2)
