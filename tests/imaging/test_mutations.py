import asyncio
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.imaging import ImageRefused, ImagingPool, check_scan, clean
from tests.imaging import corpus
from tests.imaging.corpus import encoded, jpeg, scene
from tests.imaging.harmless import decoded

MUTATIONS = 120
EXPECTED = {
    *("clean", "unsupported_image ", "image_too_large ", "image_too_small "),
    *("broken_image unreadable", "animated_image "),
}


def seeds() -> list[bytes]:
    return [
        jpeg(exif=corpus.telling_exif(6), comment=corpus.SECRET),
        jpeg(progressive=True),
        encoded(scene().quantize(64), "PNG"),
        encoded(scene(), "WEBP", exif=corpus.telling_exif(3)),
        corpus.mpo(),
        corpus.heic(),
    ]


async def outcome(pool: ImagingPool, data: bytes) -> str:
    try:
        decoded(await clean(pool, data))
    except ImageRefused as refused:
        return f"{refused.code} {refused.params.get('reason', '')}"
    return "clean"


@pytest.mark.thorough
async def test_seven_hundred_spoiled_pictures_are_refused_or_clean(pool: ImagingPool) -> None:
    spoiled = [corpus.mutated(data, seed) for data in seeds() for seed in range(MUTATIONS)]
    outcomes: list[str] = []
    for chunk in range(0, len(spoiled), 24):
        outcomes += await asyncio.gather(*(outcome(pool, data) for data in spoiled[chunk : chunk + 24]))
    assert {"clean", "broken_image unreadable"} <= set(outcomes) <= EXPECTED


async def test_a_hundred_spoiled_documents_are_refused_or_kept(pool: ImagingPool) -> None:
    data = corpus.pdf()
    outcomes = [await fate(pool, corpus.mutated(data, seed)) for seed in range(100)]
    assert {"kept", "truncated", "unreadable"} <= set(outcomes) <= {"kept", "truncated", "unreadable", "page_count"}


async def fate(pool: ImagingPool, data: bytes) -> str:
    try:
        scan = await check_scan(pool, data)
    except ImageRefused as refused:
        return str(refused.params.get("reason", refused.code))
    assert len(PdfReader(BytesIO(scan.content), strict=True).pages) == scan.pages
    return "kept"
