"""The history's chain: whoever rewrites the history, also as the database's owner, is found at the first row."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import BigInteger, DateTime, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from app import chain
from app.auditing import broken_link, trusted
from app.chain import BEGINNING, COLUMNS, Anchors, Chain, HistoryCut, Key, Link
from app.findings import Sentence
from app.models import Committee
from app.services import jobs
from app.services.history import change, mark
from app.services.policies.people.committees import CHANGE
from tests.world import World
from tests.world.chain import loose
from tests.world.tampering import Owner, tamper
from tests.world.worker import MARK, number_all

SECRETS = ["the-first-key-of-a-history-of-the-tests", "the-second-key-of-a-history-of-the-tests"]
EVENTS, BATCH = 12, 4
Found = tuple[Sentence, int] | None


@dataclass
class Kept:
    """A history of twelve events, chained and anchored four at a time."""

    world: World
    owner: Owner
    path: Path

    def chain(self, *secrets: str) -> Chain:
        """The chain as a process that starts now has it."""
        return Chain([Key(secret) for secret in secrets or SECRETS[:1]], Anchors(self.path))

    async def happen(self, count: int = EVENTS, history: Chain | None = None) -> None:
        async with jobs.acting(self.world.database) as ctx:
            for _ in range(count):
                mark(ctx, uuid4(), MARK, note="试")
        await number_all(self.world.database, BATCH, history or self.chain())

    async def found(self, history: Chain | None = None, since: Link = BEGINNING) -> Found:
        """The kind and the place of the first flaw."""
        async with self.world.database.reading() as reader:
            flaw = await broken_link(reader, history or self.chain(), since)
        return (flaw.words, flaw.params.get("sequence", 0)) if flaw else None

    async def rows(self) -> list[dict[str, Any]]:
        names = ", ".join(column.name for column in COLUMNS)
        await self.owner.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=json.loads)
        rows = await self.owner.fetch(f"SELECT {names} FROM audit_events ORDER BY sequence")
        await self.owner.reset_type_codec("jsonb", schema="pg_catalog")
        return [dict(row) for row in rows]

    async def hashed_again(self, key: Key, name: str | None = None, start: int = 5) -> None:
        """Chain the rows from here on again, under a key, as it pleases whoever has it."""
        last = Link(start - 1, await self.owner.fetchval("SELECT mac FROM audit_events WHERE sequence = $1", start - 1))
        for row in (await self.rows())[start - 1 :]:
            last = key.after(last, row)
            mac = f"{name or key.name}:{last.mac.partition(':')[2]}"
            await tamper(self.owner, f"UPDATE audit_events SET mac = '{mac}' WHERE sequence = {row['sequence']}")


@pytest.fixture
async def kept(world: World, owner: Owner, tmp_path: Path) -> Kept:
    history = Kept(world, owner, tmp_path / "history" / "anchors")
    await history.happen()
    return history


async def test_a_history_nobody_touched_is_whole(kept: Kept) -> None:
    assert await kept.found() is None
    assert [link.sequence for link in kept.chain().anchors.links()] == [4, 8, 12]
    await kept.happen(3)
    assert await kept.found() is None


OTHER = {
    BigInteger: "coalesce({0}, 0) + 1000",
    DateTime: "{0} + interval '1 microsecond'",
    JSONB: "{0} || '{{\"more\": 1}}'",
    Text: "coalesce({0}, '') || ' '",
    Uuid: "gen_random_uuid()",
}
EDITED = [column for column in COLUMNS if column.name not in {"sequence", "ordinal", "actor_role", "subject_version"}]
FREED = "ALTER TABLE audit_events ALTER ordinal SET GENERATED"


@pytest.mark.parametrize("column", EDITED, ids=lambda column: column.name)
async def test_whatever_is_edited_is_found(kept: Kept, column: Any) -> None:
    value = next(value for kind, value in OTHER.items() if isinstance(column.type, kind)).format(column.name)
    await tamper(kept.owner, f"UPDATE audit_events SET {column.name} = {value} WHERE sequence = 5")
    assert await kept.found() == (chain.ALTERED, 5)


TAMPERED = {
    "actor_role": (["UPDATE audit_events SET actor_role = 'unit' WHERE sequence = 5"], chain.ALTERED, 5),
    "subject_version": (["UPDATE audit_events SET subject_version = 7 WHERE sequence = 5"], chain.ALTERED, 5),
    "ordinal": (
        [
            f"{FREED} BY DEFAULT",
            "UPDATE audit_events SET ordinal = ordinal + 1000 WHERE sequence = 5",
            f"{FREED} ALWAYS",
        ],
        chain.ALTERED,
        5,
    ),
    "deleted": (["DELETE FROM audit_events WHERE sequence = 5"], chain.MISSING, 5),
    "deleted at the beginning": (["DELETE FROM audit_events WHERE sequence < 5"], chain.MISSING, 1),
    "deleted, and those after it moved up": (
        [
            "DELETE FROM audit_events WHERE sequence = 5",
            *(f"UPDATE audit_events SET sequence = {n - 1} WHERE sequence = {n}" for n in range(6, EVENTS + 1)),
        ],
        chain.ALTERED,
        5,
    ),
    "swapped": (
        [
            "UPDATE audit_events SET sequence = 100 WHERE sequence = 8",
            "UPDATE audit_events SET sequence = 8 WHERE sequence = 5",
            "UPDATE audit_events SET sequence = 5 WHERE sequence = 100",
        ],
        chain.ALTERED,
        5,
    ),
    "swapped with their macs left in place": (
        [
            """UPDATE audit_events one SET data = other.data, subject_id = other.subject_id FROM audit_events other
            WHERE (one.sequence, other.sequence) IN ((5, 8), (8, 5))"""
        ],
        chain.ALTERED,
        5,
    ),
    "number taken back": (["UPDATE audit_events SET sequence = NULL WHERE sequence = 5"], chain.MISSING, 5),
    "mac taken back": (["UPDATE audit_events SET mac = NULL WHERE sequence = 5"], chain.UNCHAINED, 5),
    "mac of another": (
        ["UPDATE audit_events SET mac = (SELECT mac FROM audit_events WHERE sequence = 4) WHERE sequence = 5"],
        chain.ALTERED,
        5,
    ),
    "tail cut": (["DELETE FROM audit_events WHERE sequence > 8"], chain.CUT, 9),
    "last row cut": (["DELETE FROM audit_events WHERE sequence = 12"], chain.CUT, 12),
    "all of it erased": (["DELETE FROM audit_events"], chain.CUT, 1),
}


@pytest.mark.parametrize("how", TAMPERED)
async def test_the_owner_is_found_at_the_first_row(kept: Kept, how: str) -> None:
    statements, words, sequence = TAMPERED[how]
    await tamper(kept.owner, *statements)
    assert await kept.found() == (words, sequence)


@pytest.mark.parametrize("what", ['changes = changes || \'{"salt": ""}\'', "changes = '{}'"])
async def test_edited_values_beside_an_event_are_found(kept: Kept, what: str) -> None:
    row = await kept.world.committee()
    async with jobs.acting(kept.world.database) as ctx:
        change(ctx, await ctx.session.get_one(Committee, row.id), CHANGE.event, name="新名")
    await number_all(kept.world.database, BATCH, kept.chain())
    assert await kept.found() is None
    await tamper(kept.owner, f"UPDATE audit_events SET {what} WHERE sequence = {EVENTS + 1}")
    assert await kept.found() == (chain.ALTERED, EVENTS + 1)
    await tamper(kept.owner, f"UPDATE audit_events SET changes = NULL WHERE sequence = {EVENTS + 1}")
    assert await kept.found() is None, "what is erased breaks no chain"


async def test_who_hashes_again_without_the_key_is_found_at_the_first_row(kept: Kept) -> None:
    await kept.hashed_again(Key("guessed"), Key(SECRETS[0]).name)
    assert await kept.found() == (chain.ALTERED, 5)
    await kept.hashed_again(Key("guessed"))
    assert await kept.found() == (chain.UNKNOWN_KEY, 5)


async def test_who_hashes_again_with_the_key_is_found_by_the_next_anchor(kept: Kept) -> None:
    await tamper(kept.owner, "UPDATE audit_events SET actor_name = '' WHERE sequence = 6")
    await kept.hashed_again(Key(SECRETS[0]))
    assert await kept.found() == (chain.REWRITTEN, 8)


async def test_what_was_anchored_is_not_chained_anew(kept: Kept) -> None:
    """The worker is not to be had for hashing again: neither after a cut nor after its MACs were taken away."""
    await tamper(kept.owner, "UPDATE audit_events SET mac = NULL, actor_name = '' WHERE sequence > 8")
    with pytest.raises(HistoryCut):
        await chain.number(kept.world.database, kept.chain())
    assert await kept.found() == (chain.UNCHAINED, 9)
    await tamper(kept.owner, "UPDATE audit_events SET mac = 'x' WHERE sequence > 9")
    with pytest.raises(HistoryCut):
        await chain.number(kept.world.database, kept.chain())
    await tamper(kept.owner, "DELETE FROM audit_events WHERE sequence > 8")
    with pytest.raises(HistoryCut):
        await kept.happen(1)
    assert await kept.found() == (chain.CUT, 9)


async def test_a_worker_that_was_not_told_of_a_cut_does_not_cover_it_up(kept: Kept) -> None:
    await tamper(kept.owner, "DELETE FROM audit_events WHERE sequence > 6")
    await kept.happen(8, loose_chain())
    assert await kept.found() == (chain.REWRITTEN, 8)


def loose_chain() -> Chain:
    history = loose()
    history.keys = [Key(SECRETS[0])]
    return history


async def test_without_anchors_a_cut_would_not_be_seen_which_is_said(kept: Kept) -> None:
    kept.path.unlink()
    assert await kept.found() == (chain.UNANCHORED, 0)


async def test_a_key_is_followed_by_another_and_not_used_again(kept: Kept) -> None:
    old, new = SECRETS
    rotated = kept.chain(new, old)
    await kept.happen(2, rotated)
    assert await kept.found(rotated) is None
    assert await kept.found(kept.chain(new)) == (chain.UNKNOWN_KEY, 1)
    await kept.happen(1, kept.chain(old, new))
    assert await kept.found(rotated) == (chain.UNKNOWN_KEY, 15)


async def test_after_the_loss_of_a_key_the_history_is_trusted_up_to_an_anchor(kept: Kept) -> None:
    history = kept.chain("another-key-of-the-history-of-the-tests")
    await kept.happen(2, history)
    last = next(link for link in history.anchors.links() if link.sequence == EVENTS)
    assert await kept.found(history) == (chain.UNKNOWN_KEY, 1)
    assert await kept.found(history, last) is None


async def test_a_short_walk_begins_at_an_anchor(kept: Kept) -> None:
    history = kept.chain()
    assert [trusted(history, distance).sequence for distance in (0, 4, 5, 12)] == [12, 8, 4, 0]
    await tamper(kept.owner, "UPDATE audit_events SET actor_name = '' WHERE sequence = 7")
    assert await kept.found(history, trusted(history, 5)) == (chain.ALTERED, 7)
    assert await kept.found(history, trusted(history, 4)) is None


async def test_what_was_numbered_before_there_was_a_chain_is_chained_under_its_numbers(kept: Kept) -> None:
    before = await kept.rows()
    await tamper(kept.owner, "UPDATE audit_events SET mac = NULL")
    kept.path.unlink()
    await kept.happen(3)
    assert (await kept.rows())[:EVENTS] == before
    assert await kept.found() is None


async def test_a_line_cut_off_by_the_power_is_no_anchor(kept: Kept) -> None:
    with kept.path.open("ab") as file:
        file.write(b'{"sequence": 99')
    assert kept.chain().anchors.last().sequence == EVENTS
    await kept.happen(1)
    assert [link.sequence for link in kept.chain().anchors.links()] == [4, 8, 12, 13]
    assert kept.path.stat().st_mode & 0o777 == 0o600
    assert await kept.found() is None


async def test_a_walk_holds_one_page_at_a_time(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.auditing.PAGE", 5)
    assert await kept.found() is None
    await tamper(kept.owner, "DELETE FROM audit_events WHERE sequence = 11")
    assert await kept.found() == (chain.MISSING, 11)
