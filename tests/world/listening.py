"""The application of a test on a port, for other people's programs."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from uvicorn import Config, Server

from tests.world import World


@asynccontextmanager
async def listening(world: World) -> AsyncIterator[str]:
    """The application on a port of the system's choice."""
    # asyncio sends small answers at once only on sockets that name their protocol
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        server = Server(Config(world.app, lifespan="off", log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
