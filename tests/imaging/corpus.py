"""Files as telephones, scanners and enemies make them, made here byte by byte, but for two that need an encoder."""

import random
import struct
import zipfile
import zlib
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

GPS = 0x8825
ORIENTATION = 0x0112
SECRET = b"PAYLOAD-7f3a"  # whatever hides in a file carries it; what comes out never may


def scene(width: int = 800, height: int = 640) -> Image.Image:
    """Something with large shapes and fine grain; its left upper corner is red, the other three are not."""
    coarse = Image.frombytes("RGB", (8, 6), random.Random(7).randbytes(144))
    picture = coarse.resize((width, height), Image.Resampling.BICUBIC)
    picture.paste((250, 10, 10), (0, 0, width // 4, height // 4))
    return picture


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg(**options: Any) -> bytes:
    return encoded(scene(), "JPEG", **({"quality": 88} | options))


def heic(name: str = "turned") -> bytes:
    """The scene as HEIC: `turned` stands upright by its EXIF block, which tells all; `tiles` are put together."""
    return Path(__file__).with_name(f"{name}.heic").read_bytes()


def zeroed(data: bytes, start: float = 0.5, size: int = 4096) -> bytes:
    """The file after a bad disk: a stretch of it is zeroes."""
    place = int(len(data) * start)
    return data[:place] + bytes(size) + data[place + size :]


def telling_exif(orientation: int = 1) -> Image.Exif:
    """EXIF with place, camera and author of the photograph."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(GPS).update({1: "N", 2: (36.0, 41.0, 3.0), 3: "E", 4: (117.0, 11.0, 9.0)})
    return exif


def mpo() -> bytes:
    return encoded(scene(), "MPO", save_all=True, append_images=[scene(400, 320)])


def animated(kind: str) -> bytes:
    return encoded(scene(), kind, save_all=True, append_images=[scene().rotate(90)], duration=100)


def png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_with(*chunks: bytes, width: int = 800, height: int = 640) -> bytes:
    """A grey PNG with more chunks between its header and its pixels."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    packer = zlib.compressobj(9)
    row = bytes(width + 1)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


def endless_scans() -> bytes:
    """A progressive JPEG that has its last scan read 400 times over."""
    whole = jpeg(progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * 400 + whole[-2:]


def packed_bomb(megabytes: int = 100) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(megabytes)) + packer.flush()


def grey16() -> bytes:
    """Sixteen bits to the point: black on the left, white on the right."""
    row = b"".join(struct.pack("<H", 65535 * x // 799) for x in range(800))
    return encoded(Image.frombytes("I;16", (800, 640), row * 640), "PNG")


def archive() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as members:
        members.writestr("run.php", SECRET)
    return buffer.getvalue()


@cache
def pdf(pages: int = 2) -> bytes:
    """Output of a scanner: pages that are each one picture."""
    return encoded(scene(), "PDF", save_all=True, append_images=[scene()] * (pages - 1))


def pdf_of(catalog: str = "", *objects: str, trailer: str = "") -> bytes:
    """A document of one empty page, with more in its catalog, more objects (from number 4) and more in its trailer."""
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *objects,
    ]
    return with_table([f"{number} 0 obj\n{body}\nendobj\n".encode() for number, body in enumerate(bodies, 1)], trailer)


def with_table(objects: Sequence[bytes], trailer: str) -> bytes:
    written, places = b"%PDF-1.7\n", []
    for each in objects:
        places.append(len(written))
        written += each
    size = len(objects) + 1
    table = f"xref\n0 {size}\n0000000000 65535 f \n" + "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{len(written)}\n%%EOF\n"
    return written + table.encode() + end.encode()


def mutated(data: bytes, seed: int) -> bytes:
    """The file after a bad line or a fuzzer: bytes flipped, a stretch cut out, doubled or zeroed, or the end lost."""
    chance = random.Random(seed)
    start = chance.randrange(len(data))
    stop = min(len(data), start + chance.randrange(1, 400))
    match seed % 5:
        case 0:
            return data[:start]
        case 1:
            return data[:start] + data[stop:]
        case 2:
            return data[:stop] + data[start:]
        case 3:
            return data[:start] + bytes(stop - start) + data[stop:]
    spoiled = bytearray(data)
    for _ in range(chance.randrange(1, 24)):
        spoiled[chance.randrange(min(len(data), 2000 if seed % 2 else len(data)))] = chance.randrange(256)
    return bytes(spoiled)
