"""The example receiver, killed at one of its points: `python -m tests.handover.mortal POINT PORT`.

A point is the moment before and the moment after each request to Pinpai and each commit. Port 0 catches up once.
"""

import os
import signal
import sqlite3
import sys
from functools import partial
from itertools import count
from types import TracebackType
from typing import Literal

import httpx2
import uvicorn

import receiver

_points = count(1)


def pass_a_point() -> None:
    """Go on, unless this is the one."""
    if next(_points) == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)


class MortalDatabase(sqlite3.Connection):
    """Commits, with a point on either side."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        changes = self.in_transaction
        if changes:
            pass_a_point()
        super().__exit__(kind, error, trace)
        if changes:
            pass_a_point()
        return False


class MortalTransport(httpx2.HTTPTransport):
    """Requests, with a point on either side."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        pass_a_point()
        answer = super().handle_request(request)
        answer.read()
        pass_a_point()
        return answer


def main() -> int:
    connect, client = (
        partial(sqlite3.connect, factory=MortalDatabase),
        partial(httpx2.Client, transport=MortalTransport()),
    )
    sqlite3.connect, httpx2.Client = connect, client  # type: ignore[assignment,misc]  # the example knows nothing of it
    if port := int(sys.argv[2]):
        uvicorn.run(receiver.create_app(), port=port, log_level="warning")
    return receiver.main()


if __name__ == "__main__":
    sys.exit(main())
