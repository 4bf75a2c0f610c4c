"""A photograph of 12 megapixels on its way in, beside the image work alone, by turns."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from itertools import islice

from app.imaging import ImagingPool, clean
from benchmarks.load import Load, Measured
from benchmarks.operations import API
from benchmarks.report import Uploads
from benchmarks.seed import Owned
from benchmarks.servers import Server
from demo.photos import photograph

Runs = Callable[[Executor, Load], Measured]
WORKERS = 2
BOUNDARY = "benchmark"


def measure(
    clients: Executor, run: Runs, server: Server, albums: list[Owned], *, rounds: int, pictures: int
) -> list[Uploads]:
    """Seconds per picture, one and two at a time."""
    photo = photograph(0)
    requests = (_wire(album, photo) for album in albums)
    with asyncio.Runner() as runner:
        pool = ImagingPool(WORKERS)
        compared = [Uploads(at_a_time, [], []) for at_a_time in (1, WORKERS)]
        for number in range(rounds + 1):
            for one in compared if number else compared[-1:]:  # the first round wakes every worker
                wire = [*islice(requests, pictures)]
                api = run(clients, Load(server.port, wire, None, clients=one.at_a_time)).seconds / pictures
                alone = runner.run(_alone(pool, photo, one.at_a_time, pictures)) / pictures
                if number:
                    one.api.append(api)
                    one.alone.append(alone)
        runner.run(pool.stop())
    return compared


async def _alone(pool: ImagingPool, photo: bytes, at_a_time: int, pictures: int) -> float:
    """Clean as many pictures, as many at a time, in the same kind of processes."""
    left = iter(range(pictures))

    async def one_after_the_other() -> None:
        for _ in left:
            await clean(pool, photo)

    started = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(at_a_time)))
    return time.perf_counter() - started


def _wire(album: Owned, photo: bytes) -> bytes:
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n'.encode()
    body = part + photo + f"\r\n--{BOUNDARY}--\r\n".encode()
    head = (
        f"POST {API}/{album.id}/images HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {album.unit}",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join([*head, "", ""]).encode() + body
