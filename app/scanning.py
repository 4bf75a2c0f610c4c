"""Examination of files by ClamAV, where a deployment has one: its daemon gets the bytes before anybody opens them."""

import asyncio
import logging
from dataclasses import dataclass

from app.problems import Unavailable

log = logging.getLogger(__name__)
CHUNK = 2**18
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Scanner:
    """A `clamd` at `host:port`, or at the path of its socket. While it is away nothing is taken in."""

    address: str

    async def finds_a_virus(self, data: bytes) -> bool:
        """Send the bytes; true if a signature matches. Unavailable (503) without an answer."""
        reply = await self._asked(b"zINSTREAM\0", *_chunks(data))
        if not reply.endswith((" OK", " FOUND")):
            log.error("clamd answers %s", reply)
            raise Unavailable(retry_after=30)
        return reply.endswith(" FOUND")

    async def answers(self) -> bool:
        try:
            return await self._asked(b"zPING\0") == "PONG"
        except Unavailable:
            return False

    async def _asked(self, *parts: bytes) -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await self._connected()
                try:
                    for part in parts:
                        writer.write(part)
                        await writer.drain()
                    return (await reader.readuntil(b"\0"))[:-1].decode(errors="replace")
                finally:
                    writer.close()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            log.exception("clamd does not answer")
            raise Unavailable(retry_after=30) from None

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.address.startswith("/"):
            return await asyncio.open_unix_connection(self.address)
        host, _, port = self.address.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port))


def _chunks(data: bytes) -> list[bytes]:
    """The bytes as its protocol wants them: each piece after its length, and one of none at the end."""
    pieces = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]
    return [len(piece).to_bytes(4, "big") + piece for piece in (*pieces, b"")]
