"""Parts of the judging that judges, applicants and the public may not see do not exist for them."""

from typing import Any

import pytest

from app.models import Composite, FigureTable, PanelMember, Round, RoundEntry
from app.models.enums import RankingMethod, RoundIntake
from tests.contract.client import Contract
from tests.scenarios.hidden import HANDOVER_HIDDEN_FROM, HIDDEN_FROM
from tests.scenarios.observed_round import (
    THEIRS,
    ObservedRound,
    observed_round,
    somebody_objects,
    the_office_chooses,
    they_judge,
)
from tests.scenarios.probing import absent, concepts, probes
from tests.scenarios.steps import seen
from tests.world import NOW, World
from tests.world.figures import VOTES

CONCEPTS = {
    *("rounds", "reviewers", "cases", "reviews", "recusals", "proposals", "figure-tables", "composites"),
    *("commendations", "awards", "objections"),
}
OPEN_TO_ALL = {"code-lists", "public", "statistics", "vocabularies"}
"""Named by a word or a code that is nobody's own: whoever may not read charts is refused by the role."""


@pytest.fixture
async def secrets(world: World) -> ObservedRound:
    """Others' work in our round, a draft of a commendation, an objection to another, a round that has not begun."""
    secrets = await observed_round(world)
    secrets.ids |= await they_judge(secrets, 90)
    publicised = await the_office_chooses(secrets, THEIRS)
    secrets.ids |= await somebody_objects(secrets, publicised)
    secrets.ids |= await the_office_chooses(secrets, 0)
    secrets.ids["early_round_id"] = str((await early(secrets)).id)
    secrets.ids["figure_table_id"] = str((await counted(secrets)).id)
    secrets.ids["composite_id"] = str((await composed(secrets)).id)
    return secrets


async def counted(secrets: ObservedRound) -> FigureTable:
    """The figures of a vote, of which nobody but the office is to learn."""
    row = FigureTable(
        campaign_id=secrets.judged.campaign.id,
        source="votes",
        terms=VOTES,
        source_name="微信公众号投票",
        starts_on=NOW.date(),
        ends_on=NOW.date(),
        note="",
        evidence=[],
        figures={str(secrets.case(THEIRS).id): "3"},
        digest="0" * 64,
        imported_at=NOW,
        imported_by=secrets.judged.clerk.id,
    )
    await secrets.world.add(row)
    return row


async def composed(secrets: ObservedRound) -> Composite:
    """A composite result, of which nobody but the office is to learn."""
    nothing: dict[str, Any] = {
        "inputs": {
            "arithmetic": 1,
            "code": "overall",
            "name": "综合成绩",
            "parts": [],
            "tie_breaks": [],
            "sources": [],
            "figures": {},
        },
        "inputs_digest": "0" * 64,
        "result": {"rows": []},
        "result_digest": "0" * 64,
    }
    row = Composite(
        campaign_id=secrets.judged.campaign.id,
        code="overall",
        name="综合成绩",
        source_ids=[],
        frozen_at=NOW,
        frozen_by=secrets.judged.clerk.id,
        **nothing,
    )
    await secrets.world.add(row)
    return row


async def early(secrets: ObservedRound) -> Round:
    """Drafted, with its panel and a case."""
    judged = secrets.judged
    row = Round(
        campaign_id=judged.campaign.id,
        number=2,
        name="终评",
        intake=RoundIntake.SELECTED,
        blind=False,
        criteria=judged.round.criteria,
        reviews_wanted=1,
        method=RankingMethod.MEAN,
        seed=1,
        opens_at=NOW,
        closes_at=judged.round.closes_at,
    )
    await secrets.world.add(row)
    case = secrets.case(THEIRS)
    entry = {"application_id": case.id, "version_id": case.filed_version_id}
    await secrets.world.add(
        PanelMember(round_id=row.id, reviewer_id=judged.judges[0].id, joined_at=NOW),
        RoundEntry(round_id=row.id, entered_at=NOW, **entry),
    )
    return row


def hidden_from(name: str, secrets: ObservedRound) -> dict[str, str]:
    """Ids hidden from this reader: a judge sees the open round, but not yet the next; the recused one a case less."""
    ids = secrets.ids
    on_the_panel = name in {"judge", "judge who is done", "judge in conflict"}
    return (
        ids
        | ({"round_id": ids["early_round_id"]} if on_the_panel else {})
        | ({"case_id": ids["lost_case_id"]} if name == "judge in conflict" else {})
    )


def test_every_concept_is_asked_for_what_it_hides(contract: Contract) -> None:
    assert concepts(contract) == HIDDEN_FROM.keys() | HANDOVER_HIDDEN_FROM.keys() | CONCEPTS | OPEN_TO_ALL


@pytest.mark.thorough
async def test_the_hidden_is_answered_as_the_absent_is(contract: Contract, secrets: ObservedRound) -> None:
    for name, client in secrets.eyes.items():
        ids = hidden_from(name, secrets)
        nothing = absent(ids)
        for probe in probes(contract, CONCEPTS):
            hidden, missing = await probe.ask(client, ids), await probe.ask(client, nothing)
            assert seen(hidden) == seen(missing), f"{probe.method} {probe.template} by {name}"
            assert hidden.status_code in {401, 403, 404}, f"{probe.method} {probe.template} by {name}: {hidden.text}"


async def test_what_is_hidden_is_there(contract: Contract, secrets: ObservedRound) -> None:
    """Otherwise the test above would have shown nothing."""
    others = {f"/api/v1/rounds/{{round_id}}/{part}" for part in ("ranking/verification", "appearances")}
    others |= {"/api/v1/reviews/{review_id}/scan", "/api/v1/cases/{case_id}/review/scan"}
    others |= {"/api/v1/awards/{award_id}/certificate", "/api/v1/commendations/{commendation_id}/certificates"}
    others |= {f"/api/v1/commendations/{{commendation_id}}/booklet{part}" for part in ("", "/content")}
    """Of a round that is closed, or live, and of a commendation that is published: these are neither."""
    for probe in probes(contract, CONCEPTS):
        if probe.method == "get" and probe.template not in others:
            asked = [secrets.judged.by_office, secrets.clients[0]]
            answers = [await probe.ask(client, secrets.ids) for client in asked]
            assert 200 in [answer.status_code for answer in answers], probe.template


async def test_of_a_round_they_judge_in_judges_get_nothing_of_the_offices(
    contract: Contract, secrets: ObservedRound
) -> None:
    for name in ("judge", "judge who is done", "judge in conflict"):
        for probe in probes(contract, {"rounds"}):
            if probe.template != "/api/v1/rounds/{round_id}":
                answer = await probe.ask(secrets.eyes[name], secrets.ids)
                assert answer.status_code in {403, 404}, f"{probe.method} {probe.template} by {name}: {answer.text}"
