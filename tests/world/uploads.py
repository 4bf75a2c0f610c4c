"""Files as people send them, and short ways to send them."""

from functools import cache
from io import BytesIO
from typing import Any

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
