"""Imported figures: nothing moves them, and whatever was touched is told by the result that is made of them."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.models.enums import CampaignStatus
from app.services.judging import composites, figure_tables
from tests.scenarios.steps import done, reasons
from tests.world import World, actor_of, key
from tests.world.composites import composing
from tests.world.figures import imported, of, send, sources, table, voted
from tests.world.judging import judging
from tests.world.tampering import Owner, tamper

OF_FIGURES = (
    "UPDATE figure_tables SET figures = jsonb_set(figures, ARRAY[(SELECT min(key) FROM jsonb_each(figures))], '9')",
    "UPDATE figure_tables SET terms = jsonb_set(terms, '{scale}', '\"points\"')",
    "UPDATE figure_tables SET evidence = '[]'",
    "UPDATE figure_tables SET digest = repeat('0', 64)",
    "DELETE FROM figure_tables",
)


@pytest.mark.parametrize("statement", OF_FIGURES)
async def test_figures_that_were_tampered_with_are_told(world: World, owner: Owner, statement: str) -> None:
    composed = await composing(world, (90, 80), (80, 90), settings=voted())
    votes = await imported(composed.paper, 10, 30)
    made = done(await composed.compose(sources=sources(composed, votes["id"])), 201)
    await tamper(owner, statement)
    async with world.viewing(actor_of(composed.paper.clerk)) as view:
        found = await composites.verify(view, UUID(made["id"]))
    assert (found.matches, found.sources_unchanged, found.history_agrees) == (False, False, True)


@pytest.mark.parametrize("statement", ["UPDATE figure_tables SET note = 'x'", "DELETE FROM figure_tables"])
async def test_the_applications_role_changes_no_figures(world: World, statement: str) -> None:
    judged = await judging(world, campaign=await world.campaign(**voted()), cases=1)
    await imported(judged, 3)
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with world.database.transaction() as session:
            await session.execute(text(statement))


async def test_the_digest_is_that_of_terms_figures_and_proof(world: World) -> None:
    judged = await judging(world, campaign=await world.campaign(**voted()), cases=2)
    made = await imported(judged, 10, 30)
    async with world.viewing(actor_of(judged.clerk)) as view:
        (kept,) = await figure_tables.sources(view, judged.campaign.id, [UUID(made["id"])])
    assert kept.figures == {str(case.id): votes for case, votes in zip(judged.cases, ("10", "30"), strict=True)}
    assert kept.digest == made["digest"] == figure_tables.digest("votes", kept.terms, kept.evidence, kept.figures)
    assert kept.points() == {case.id: points for case, points in zip(judged.cases, ("100/3", "100"), strict=True)}


async def test_a_closed_campaign_is_told_with_all_that_is_wrong(world: World) -> None:
    """One answer has all that is to be mended."""
    judged = await judging(world, campaign=await world.campaign(**voted(evidence_required=True)), cases=1)
    await world.put(judged.campaign, status=CampaignStatus.CLOSED)
    rows = [{"application_number": "1", "figure": 1}, *of(judged, -1)]
    refused = await send(judged.by_office, judged.campaign.id, table(rows))
    assert reasons(refused) == [
        ("campaign_not_open", None),
        ("evidence_needed", "/evidence"),
        ("unknown_reference", "/figures/0/application_number"),
        ("negative_figure", "/figures/1/figure"),
    ]
    made = {"code": "overall", "sources": []}
    refused = await judged.by_office.post(
        f"/api/v1/campaigns/{judged.campaign.id}/composites", json=made, headers=key()
    )
    assert [code for code, _ in reasons(refused)] == ["campaign_not_open", *["part_without_source"] * 3]
