"""Frozen composite results: nothing moves them, and whatever was touched is told by the verification."""

import json
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.models import Composite
from app.services.history import digest_of
from app.services.judging import composites
from app.services.judging.rankings import Verification
from tests.scenarios.steps import done
from tests.world import World, actor_of
from tests.world.composites import Composing, composing
from tests.world.tampering import Owner, tamper


async def made(world: World) -> tuple[Composing, UUID]:
    composed = await composing(world, (90, 80), (80, 90), (70, None))
    return composed, UUID(done(await composed.compose(), 201)["id"])


async def verified(composed: Composing, composite_id: UUID) -> Verification[Composite]:
    async with composed.world.viewing(actor_of(composed.paper.clerk)) as view:
        return await composites.verify(view, composite_id)


async def test_it_carries_exact_figures_and_names_its_sources(world: World) -> None:
    composed, composite_id = await made(world)
    kept = (await verified(composed, composite_id)).kept
    assert set(kept.inputs) == {"arithmetic", "code", "name", "parts", "tie_breaks", "sources", "figures"}
    first, second, third = (str(case.id) for case in composed.paper.cases)
    assert kept.inputs["figures"] == {
        "paper": {first: "90", second: "80", third: "70"},
        "live": {first: "80", second: "90"},
    }
    rounds = [str(composed.live.round.id), str(composed.paper.round.id)]
    assert [each["id"] for each in kept.inputs["sources"]] == rounds
    assert composites.compute(json.loads(json.dumps(kept.inputs))) == kept.result
    assert (digest_of(kept.inputs), digest_of(kept.result)) == (kept.inputs_digest, kept.result_digest)


TAMPERED = {
    "UPDATE composites SET result = jsonb_set(result, '{rows,0,rank}', '2')": (True, False),
    "UPDATE composites SET inputs = jsonb_set(inputs, '{parts,0,weight}', '60')": (True, False),
    "UPDATE composites SET result_digest = repeat('0', 64)": (True, False),
    "UPDATE rankings SET inputs = jsonb_set(inputs, '{scores,0,criteria,influence}', '1')": (False, True),
    "DELETE FROM rankings": (False, True),
}


@pytest.mark.parametrize("statement", TAMPERED)
async def test_what_was_tampered_with_is_told(world: World, owner: Owner, statement: str) -> None:
    composed, composite_id = await made(world)
    before = await verified(composed, composite_id)
    assert (before.matches, before.sources_unchanged, before.history_agrees) == (True, True, True)
    await tamper(owner, statement)
    found = await verified(composed, composite_id)
    assert (found.sources_unchanged, found.history_agrees) == TAMPERED[statement]
    assert found.matches is all(TAMPERED[statement])


@pytest.mark.parametrize("statement", ["UPDATE composites SET code = 'other'", "DELETE FROM composites"])
async def test_the_applications_role_changes_none(world: World, statement: str) -> None:
    await made(world)
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with world.database.transaction() as session:
            await session.execute(text(statement))
