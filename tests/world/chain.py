"""Chains of the history for tests, which begin it anew and have nowhere to anchor it."""

from collections.abc import Iterator
from pathlib import Path

from app.chain import Anchors, Chain, Key, Link

SECRET = "key-of-the-history-of-the-tests-long-enough"


class NoAnchors(Anchors):
    """Anchors that hold nothing."""

    def append(self, link: Link) -> None:
        pass

    def links(self) -> Iterator[Link]:
        return iter(())


def loose() -> Chain:
    """A chain that remembers nothing of those before."""
    return Chain([Key(SECRET)], NoAnchors(Path()))
