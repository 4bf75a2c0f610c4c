"""Every operation of the contract, tried by everybody who has nothing to do with what it is about."""

from typing import Any

import pytest

from tests.contract.client import Contract
from tests.scenarios.acts import CHAPTERS, EACH_CHAPTER
from tests.scenarios.asking import Knowledge, everything
from tests.scenarios.strangers import (
    FOR_ALL,
    NAMED_BY,
    OPEN,
    OPEN_PAGES,
    PUBLISHES,
    Watch,
    in_path,
    readable,
    strangers,
)
from tests.world import World

Owner = Any  # asyncpg's connection, generic to the type checker and not at runtime


def test_every_parameter_of_an_address_has_an_example(contract: Contract) -> None:
    named = {name for template in readable(contract) for name, _ in in_path(template, template)}
    missing = named - FOR_ALL - {name for names in NAMED_BY.values() for name in names}
    assert not missing, f"say in strangers.NAMED_BY which chapter's acts make a {missing}"


@EACH_CHAPTER
async def test_a_stranger_does_nothing_and_learns_nothing(
    world: World, owner: Owner, chapter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refusals are those of what never was, to the byte; nothing is written; no hidden act changes a list."""
    tried = await strangers(world, owner)
    watch = Watch(tried, monkeypatch)
    stage = await CHAPTERS[chapter].prepared(world)
    unread = addresses_of(world.contract, chapter)
    await tried.look()
    for name, act in CHAPTERS[chapter].ACTS.items():
        await tried.read_all(unread)
        watch.operation = name
        answer = await act(stage)
        watch.operation = ""
        assert answer.is_success, (name, answer.text)
        if await tried.look() and name not in PUBLISHES:
            tried.faults.append(f"{name} changed one of {OPEN} to a stranger")
    await tried.read_all(unread, anew=True)
    assert not unread, f"nobody of the {chapter} ever read these: let one of its acts make what there is to read"
    assert not tried.faults, "\n".join(tried.faults)


@pytest.mark.thorough
@pytest.mark.parametrize("chapter", CHAPTERS)
async def test_whatever_happens_a_stranger_reads_the_same(
    world: World, owner: Owner, chapter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every address, with every filter, but for what has been published, and whether one may sign on just now."""
    tried = await strangers(world, owner)
    Watch(tried, monkeypatch)
    stage = await CHAPTERS[chapter].prepared(world)
    await tried.look()
    await tried.read_all(addresses_of(world.contract, chapter))
    known = Knowledge({name: list(ids)[-1:] for name, ids in tried.ids.items() if ids})
    before = {name: await everything(world.contract, client, known) for name, client in tried.clients.items()}
    for name, act in CHAPTERS[chapter].ACTS.items():
        assert (await act(stage)).is_success, name
    for name, client in tried.clients.items():
        after = await everything(world.contract, client, known)
        apart = {href for href in after if after[href] != before[name][href]}
        published = (*OPEN, *OPEN_PAGES, "progress", "code-lists", "sign-on")
        assert not {href for href in apart if not href.removeprefix("/api/v1/").startswith(published)}, name


def addresses_of(contract: Contract, chapter: str) -> set[str]:
    """The addresses of one thing, or of what belongs to it, that the acts of a chapter have to do with."""
    named = {each: {name for name, _ in in_path(each, each)} for each in readable(contract)}
    return {each for each, names in named.items() if names and names <= NAMED_BY[chapter]}
