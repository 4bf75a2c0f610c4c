"""Two worlds that differ only in what others judged, and the office chose of it, are one world to everybody else.

They are two states of one database, so that all names are the same: first everything is there, then it is taken out.
"""

from collections.abc import Iterable
from typing import Any

import pytest

from app.models.enums import Role
from tests.contract.client import Contract
from tests.fixtures import TABLES
from tests.scenarios.asking import Knowledge, everything
from tests.scenarios.observed_round import OURS, THEIRS, ObservedRound, observed_round, the_office_chooses, they_judge
from tests.scenarios.steps import done, read
from tests.world import World
from tests.world.tampering import tamper

Owner = Any  # asyncpg's connection, generic to the type checker and not at runtime


@pytest.mark.thorough
async def test_while_they_judge(world: World, contract: Contract, owner: Owner) -> None:
    """Others' assignments, scores and remarks, a distribution that is applied, a draft with awards: all or nothing."""
    place = await observed_round(world)
    assert await differences(place, contract, owner, place.eyes) == []


@pytest.mark.thorough
async def test_where_judges_are_shown_others_they_read_them_after_their_own(
    world: World, contract: Contract, owner: Owner
) -> None:
    """Until then not a byte differs, and then nothing but what others gave the same case."""
    place = await observed_round(world, shows_others=True)
    apart = await differences(place, contract, owner, ["judge", "judge who is done"])
    assert {(name, href.partition("?")[0].rpartition("/")[2]) for name, href in apart} == {
        ("judge who is done", "peer-reviews")
    }


@pytest.mark.thorough
async def test_where_rivals_take_the_phone_of_a_judge(world: World, contract: Contract, owner: Owner) -> None:
    """Nobody reads a byte otherwise, before or after the closing, but a committee its own units' accounts."""
    place = await observed_round(world, shows_others=True)
    known = await knowledge(place, await they_judge(place, 90))
    judges = [place.judged.judges[0], place.colleagues[0]]
    for number, judge in enumerate(judges):
        await owner.execute(
            "UPDATE accounts SET phone_numbers = ARRAY[$2] WHERE id = $1", judge.id, f"1383150000{number}"
        )
    rivals = [await world.client_of(Role.UNIT, unit=unit) for unit in place.judged.units]
    for number, _ in enumerate(judges):
        before = {name: await everything(contract, client, known) for name, client in place.eyes.items()}
        for rival in rivals:
            phone = {"phone": f"138-3150-000{number}"}
            done(await rival.patch("/api/v1/account", json=phone, headers={"If-Match": "*"}))
        after = {name: await everything(contract, client, known) for name, client in place.eyes.items()}
        apart = different(before, after)
        assert {(name, href.partition("?")[0]) for name, href in apart} == {("committee", "/api/v1/accounts")}
        found = await read(place.judged.by_office, f"{place.round}/assignments?in_conflict=true")
        assert found["total"] > 0
        if number == 0:
            await the_office_dismisses(place, found)
            await place.office(f"{place.round}/closure", {"despite_missing": True})


async def the_office_dismisses(place: ObservedRound, found: Any) -> None:
    ids = [each["id"] for each in found["items"]]
    body = {"assignment_ids": ids, "conflict": "same_person", "reason": "经研究决定。"}
    await place.office(f"{place.round}/conflict-dismissals", body)


async def differences(
    place: ObservedRound, contract: Contract, owner: Owner, eyes: Iterable[str]
) -> list[tuple[str, str]]:
    """Differences between what people read before and after others judged."""
    before = await rows(owner)
    ids = await they_judge(place, 90)
    ids |= await the_office_chooses(place, OURS, THEIRS)
    known = await knowledge(place, ids)
    with_them = {name: await everything(contract, place.eyes[name], known) for name in eyes}
    await take_out(owner, before)
    return different(with_them, {name: await everything(contract, place.eyes[name], known) for name in eyes})


@pytest.mark.thorough
async def test_when_the_round_is_closed(world: World, contract: Contract, owner: Owner) -> None:
    """Other scores and remarks, another ranking, a draft with awards or none."""
    place = await observed_round(world)
    ids = await they_judge(place, 90)
    await place.office(f"{place.round}/closure", {"despite_missing": True})
    before = await rows(owner)
    ids |= await the_office_chooses(place, OURS, THEIRS)
    known = await knowledge(place, ids)
    eyes = {
        name: place.eyes[name] for name in ("judge", "judge in conflict", "unit", "committee", "municipal", "public")
    }
    one = {name: await everything(contract, client, known) for name, client in eyes.items()}
    await take_out(owner, before)
    await others_scored(place, owner)
    another = {name: await everything(contract, client, known) for name, client in eyes.items()}
    assert different(one, another) == []


async def knowledge(place: ObservedRound, ids: dict[str, str]) -> Knowledge:
    """Ids of everything: a reader's own, others', and the office's."""
    own = (await read(place.eyes["judge"], "/api/v1/cases"))["items"][0]["id"]
    judged, hidden = place.judged, place.ids | ids
    both = {
        "application_id": [str(judged.cases[OURS].id), hidden["application_id"]],
        "case_id": [own, hidden["case_id"], hidden["lost_case_id"]],
        "account_id": [str(judged.judges[0].id), hidden["account_id"]],
        "reviewer_id": [str(judged.judges[0].id), hidden["account_id"]],
        "campaign_id": [str(judged.campaign.id)],
        "committee_id": [str(judged.committees[OURS].id)],
        "unit_id": [str(judged.units[OURS].id)],
        "subject_id": [hidden["review_id"]],
        "actor_id": [hidden["account_id"]],
    }
    return Knowledge({name: [value] for name, value in hidden.items()} | both)


async def rows(owner: Owner) -> dict[str, set[str]]:
    return {
        table: {row[0] for row in await owner.fetch(f"SELECT ctid::text || xmin::text FROM {table}")}
        for table in TABLES
    }


async def take_out(owner: Owner, kept: dict[str, set[str]]) -> None:
    """Leave exactly the rows there were, and show that none of them has been changed meanwhile."""
    async with owner.transaction():
        for table in TABLES:
            await owner.execute(f"DELETE FROM {table} WHERE NOT ctid::text || xmin::text = ANY($1)", kept[table])
    assert await rows(owner) == kept


async def others_scored(place: ObservedRound, owner: Owner) -> None:
    """The colleagues gave other scores and said other things, and so the ranking came out otherwise."""
    judges = ", ".join(f"'{judge.id}'" for judge in place.colleagues)
    theirs = f"assignment_id IN (SELECT id FROM assignments WHERE reviewer_id IN ({judges}))"
    other = """total = 12.5, remark = '另有说法', version = version + 3,
               scores = replace(scores::text, '90', '12')::jsonb, updated_at = updated_at + interval '5 minutes'"""
    assert await owner.fetchval(f"SELECT count(*) FROM reviews WHERE {theirs}")
    await tamper(owner, f"UPDATE reviews SET {other} WHERE {theirs}")
    await owner.execute("UPDATE rankings SET inputs = '{}', result = '{\"rows\": []}', result_digest = repeat('f', 64)")


def different(one: dict[str, Any], another: dict[str, Any]) -> list[tuple[str, str]]:
    """Readers and addresses with different answers."""
    return [
        (name, href)
        for name, answers in one.items()
        for href, answer in answers.items()
        if answer != another[name][href]
    ]
