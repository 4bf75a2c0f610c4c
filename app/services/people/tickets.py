"""Tickets: each opens one file to whoever has its address, while the session that asked for it is open and may read it.

Nothing is stored. A ticket names the session, the seat it acts in and its own end, and is signed together with the
address. Whoever comes with one is the actor of that session: what may be read is decided where it always is.
"""

import base64
import binascii
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from app.context import Actor
from app.database import Database, Query, bound_id
from app.keyring import Keyring
from app.models import Session
from app.services.people import authentication
from app.services.policies.people.tickets import end_of

_PURPOSE = "ticket"
_CLAIM = struct.Struct(">16s16sI")
_OWN_SEAT = bytes(16)
_BY_ID = Query(authentication.ACTIVE.where(Session.id == bound_id("session_id")), authentication.Bearer)


@dataclass(frozen=True, slots=True)
class Tickets:
    """The tickets of some addresses, in their order, and their common end."""

    texts: Sequence[str]
    until: datetime


def issue(keyring: Keyring, actor: Actor, addresses: Sequence[str], now: datetime) -> Tickets:
    """Sign these addresses for the actor's session; nobody is asked yet whether the actor may read them."""
    assert actor.session_id is not None, "who asks for tickets is signed in"
    until = end_of(now)
    seat = actor.seat.id.bytes if actor.seat else _OWN_SEAT
    claim = _CLAIM.pack(actor.session_id.bytes, seat, int(until.timestamp()))
    return Tickets([_signed(keyring, claim, address) for address in addresses], until)


async def holder(database: Database, keyring: Keyring, ticket: str, address: str) -> tuple[Actor, datetime] | None:
    """The actor whose ticket for this address it is, and the instant of asking; None unless it is good and in time.

    The session is not prolonged by it: what a page shows is not somebody at work.
    """
    claim = _claim_of(keyring, ticket, address)
    if claim is None:
        return None
    session_id, seat, until = _CLAIM.unpack(claim)
    row = await authentication.open_now(database, _BY_ID, session_id=UUID(bytes=session_id))
    if row is None or row.now >= datetime.fromtimestamp(until, UTC):
        return None
    return replace(row.actor, chosen_seat_id=None if seat == _OWN_SEAT else UUID(bytes=seat)), row.now


def _signed(keyring: Keyring, claim: bytes, address: str) -> str:
    signature = keyring.sign(claim + address.encode(), _PURPOSE)
    return _written(claim + signature)


def _written(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _claim_of(keyring: Keyring, ticket: str, address: str) -> bytes | None:
    """Return what the ticket claims, if it is one of ours for this address, to the last character."""
    try:
        content = base64.b64decode(ticket + "=" * (-len(ticket) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if _written(content) != ticket:  # the last character has bits that nothing is read from
        return None
    claim, signature = content[: _CLAIM.size], content[_CLAIM.size :]
    is_ours = keyring.signed(claim + address.encode(), signature, _PURPOSE)
    return claim if is_ours and len(claim) == _CLAIM.size else None
