"""The regulation of tickets: how long one opens its file."""

from datetime import UTC, datetime, timedelta

SPAN = timedelta(minutes=5)
"""Within one, a session gets the same ticket for the same file, so that a browser knows the file again."""
MOST = 100
"""Addresses of one request: as many as a page has rows."""
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def end_of(issued_at: datetime) -> datetime:
    """Return the end of a ticket that is issued now: after five minutes at least, and ten at most."""
    return issued_at - (issued_at - _BEGINNING) % SPAN + 2 * SPAN
