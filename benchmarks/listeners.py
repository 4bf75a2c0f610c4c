"""`python -m benchmarks.listeners`: what idle listeners of `GET /api/v1/stream` cost an API process.

Each is a connection that has got its first event and waits. Processor time is that of one whole process, of whose
work a part is there with a single listener: the look for news each second.
"""

import asyncio
import resource
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import chain, islice, repeat

from benchmarks import servers
from benchmarks.__main__ import own_database
from benchmarks.memory import measured
from benchmarks.seed import District, plant
from benchmarks.servers import Server

SIZES = (1, 100, 1000)
EACH = 10
"""Streams that one account may have."""
COMMITTEES = 26
SETTLING, WATCHED = 3.0, 30.0
"""Seconds until all is quiet, and seconds of waiting: two signs of life of each, six checks of every session."""
AT_A_TIME = 50
REQUEST = "GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"


def main() -> None:
    """Print memory and processor time for each number of listeners."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(4 * SIZES[-1], most)), most))  # the server inherits it
    with own_database() as own:
        district = asyncio.run(plant(servers.driver_url(own.owner_database_url), committees=COMMITTEES, drafts=4))
        with servers.ours(own, PINPAI_CONNECTIONS_PER_ADDRESS=str(2 * SIZES[-1])) as server:  # all are from here
            asyncio.run(_listen(server, _tokens(district)))


def _tokens(district: District) -> Sequence[str]:
    """Return a token for each stream: of units and committees, each several times."""
    accounts = sorted({token for one in district.settled for token in (one.unit, one.committee)})
    tokens = list(islice(chain.from_iterable(repeat(each, EACH) for each in accounts), SIZES[-1]))
    assert len(tokens) == SIZES[-1], "the district is too small"
    return tokens


async def _listen(server: Server, tokens: Sequence[str]) -> None:
    before, opened = measured(server.pid)["private"], 0
    print(f"listeners: none, {before:.1f} MB, {await _watched(server):.2f} % of a core", flush=True)
    async with AsyncExitStack() as open_ones:
        for size in SIZES:
            while opened < size:
                batch = tokens[opened : min(size, opened + AT_A_TIME)]
                for writer in await asyncio.gather(*(_opened(server, token) for token in batch)):
                    open_ones.callback(writer.close)
                opened += len(batch)
            used, private = await _watched(server), measured(server.pid)["private"]
            print(
                f"listeners: {size}, {private:.1f} MB, {1024 * (private - before) / size:.1f} KB each,"
                f" {used:.2f} % of a core, {1000 * used / 100 / size:.3f} ms a second each",
                flush=True,
            )


async def _opened(server: Server, token: str) -> asyncio.StreamWriter:
    """Open a stream, and return its connection once the first event has come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(REQUEST.format(token=token).encode())
    begun = await reader.readuntil(b"event: unread")
    assert begun.startswith(b"HTTP/1.1 200 "), begun
    return writer


async def _watched(server: Server) -> float:
    """Return the percentage of a core that the process uses while nothing happens."""
    await asyncio.sleep(SETTLING)
    used = server.cpu_seconds
    await asyncio.sleep(WATCHED)
    return 100 * (server.cpu_seconds - used) / WATCHED


if __name__ == "__main__":
    main()
