"""Files as people send them, and short ways to send them."""

from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import docx
from httpx2 import Response
from PIL import Image

from app.imaging import scans
from tests.contract.client import ContractClient


def photo(number: int = 0, *, kind: str = "JPEG", size: tuple[int, int] = (800, 600), **options: Any) -> bytes:
    """A tiny picture unlike that of any other number."""
    buffer = BytesIO()
    Image.new("RGB", size, (number * 7 % 256, number * 31 % 256, 90)).save(buffer, kind, **options)
    return buffer.getvalue()


@cache
def scan(number: int = 0) -> bytes:
    """A stamped form as a scanner makes it: a PDF of one page."""
    return photo(number, kind="PDF")


def as_stored(pdf: bytes) -> bytes:
    """Read its stored bytes."""
    content: bytes = scans.check(pdf, shortest_side=0)["content"]
    return content


async def send_photo(client: ContractClient, application: str, data: bytes, caption: str = "") -> Response:
    files = {"file": ("照片.jpg", data, "image/jpeg")}
    return await client.post(f"{application}/images", files=files, data={"caption": caption})


async def send_photos(client: ContractClient, application: str, *photos: bytes, **options: Any) -> Response:
    files = [("files", (f"{number}.jpg", data, "image/jpeg")) for number, data in enumerate(photos)]
    return await client.post(f"{application}/image-batch", files=files, **options)


async def send_scan(client: ContractClient, application: str, data: bytes, etag: str) -> Response:
    files = {"file": ("盖章.pdf", data, "application/pdf")}
    return await client.post(f"{application}/endorsement", files=files, headers={"If-Match": etag})


async def read(client: ContractClient, address: str) -> Any:
    """The body of a 200."""
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


@cache
def word(
    said: str = "申报表电子版", /, *, part: tuple[str, bytes] | None = None, **replaced: tuple[bytes, bytes]
) -> bytes:
    """A document as Word writes it: with one part more, or with something in a part replaced."""
    made, buffer = docx.Document(), BytesIO()
    made.add_paragraph(said)
    made.save(buffer)
    if part is None and not replaced:
        return buffer.getvalue()
    changed = BytesIO()
    with ZipFile(buffer) as old, ZipFile(changed, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            before, after = replaced.get(_PARTS.get(name, name), (b"", b""))
            new.writestr(name, old.read(name).replace(before, after, 1))
        if part:
            new.writestr(*part)
    return changed.getvalue()


_PARTS = {"[Content_Types].xml": "types", "word/document.xml": "text", "word/_rels/document.xml.rels": "links"}


async def send_attachment(
    client: ContractClient, application: str, data: bytes, kind: str = "media", title: str = "报道"
) -> Response:
    files = {"file": ("材料", data, "application/octet-stream")}
    return await client.post(f"{application}/attachments", files=files, data={"kind": kind, "title": title})
