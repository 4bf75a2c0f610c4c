"""The quick play, on the product as it is served."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from typer.testing import CliRunner
from uvicorn.config import Config

from app import cli
from app.demo.cast import Door
from app.demo.errors import CannotPlay
from app.demo.narrator import Narrator
from app.demo.play import play
from app.demo.stage import Stage
from app.main import create_app
from app.services import accounts
from app.settings import Settings
from tests.world import NOW, World


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[str]:
    """The product on a port that the system chooses, its clock started in the morning of the tests' day."""
    app = create_app(settings.model_copy(update={"clock_start": NOW - timedelta(hours=1)}))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(Config(app, log_config=None, access_log=False))
        running = asyncio.create_task(server.serve([listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await running


async def played(world: World, url: str, said: list[str]) -> Stage:
    loop = asyncio.get_running_loop()

    def invite(username: str, name: str) -> str:
        invitation = accounts.invite_first_office(world.database, username, name)
        return asyncio.run_coroutine_threadsafe(invitation, loop).result()

    return await asyncio.to_thread(play, url, invite, quick=True, say=said.append)


def outcome_of(stage: Stage) -> dict[str, Any]:
    """What the judging and the commending leave behind."""
    office, anybody = stage.office, stage.door.stranger()
    rounds = [office.ask("GET", f"/rounds/{each}") for each in stage.rounds]
    kept = [office.ask("GET", f"/rounds/{each}/ranking/verification")["matches"] for each in stage.rounds]
    cases, committees = (
        anybody.ask("GET", f"/public/commendations/{stage.commendations[what]}") for what in ("cases", "committees")
    )
    given = {
        page["status"]: [(award["kind"], award["certificate_number"]) for award in page["awards"]]
        for page in (cases, committees)
    }
    days = stage.campaign()["settings"]["commendation"]["publicity_days"]
    return given | {
        "rounds": [(one["name"], one["status"], one["entry_count"], ok) for one, ok in zip(rounds, kept, strict=True)],
        "document_number": cases["document_number"],
        "publicity": (committees["publicity_first_on"], committees["publicity_last_on"], days),
    }


async def test_the_play_ends_as_it_is_written_and_shows_every_refusal(world: World, settings: Settings) -> None:
    said: list[str] = []
    async with served(settings) as url:
        stage = await played(world, url, said)
        path = f"/progress?campaign_id={stage.campaign_id}"
        progress = (await asyncio.to_thread(stage.office.ask, "GET", path)).body
        outcome = await asyncio.to_thread(outcome_of, stage)
    assert {name: count for name, count in progress["totals"].items() if count} == {
        "planned": 40,
        "drafted": 1,
        "returned": 1,
        "sealed": 1,
        "filed": 2,
        "accepted": 8,
        "disqualified": 1,
        "out_for_correction": 1,
        "standing": 10,
    }
    assert {each["committee_code"] for each in progress["committees"] if each["minimum_met"]} == {
        "DYT",
        "JY",
        "QT",
        "ZG",
    }
    assert {each["committee_code"] for each in progress["committees"] if each["plan_overdue"]} == {"MZ"}
    assert stage.narrator.refusals == {
        "awards_held": 2,
        "broken_image": 1,
        "conflict_of_interest": 1,
        "criterion_not_scored": 3,
        "deadline_passed": 2,
        "duplicate_image": 1,
        "empty_plan": 1,
        "invalid_credit_code": 1,
        "narrative_too_short": 1,
        "not-found": 13,
        "objections_open": 2,
        "panel_too_small": 1,
        "password_contains_username": 1,
        "password_guessable": 1,
        "password_too_short": 1,
        "proposal_has_shortages": 1,
        "proposal_outdated": 1,
        "publicity_running": 2,
        "required": 1,
        "reviews_missing": 1,
        "score_out_of_range": 1,
        "seal_missing": 2,
        "sign-in-refused": 1,
        "stale-version": 1,
        "summary_missing": 1,
        "too_few_applications": 3,
        "too_few_images": 2,
        "too_few_ranked": 1,
        "too_many_images": 1,
        "unsupported_image": 1,
        "wrong-state": 1,
        "wrong_state": 2,
    }
    assert any("图片至少 5 幅，现有 4 幅。" in line for line in said)
    assert any(stage.door.password in line for line in said)
    assert outcome == {
        "rounds": [("初评", "closed", 8, True), ("终评", "closed", 5, True)],
        "publicised": [("advanced_committee", None)] * 3,
        "published": [("excellent_case", f"路北文明创建〔2015〕第{number}号") for number in (1, 2, 3)],
        "document_number": "路北文明办〔2015〕1号",
        "publicity": ("2015-04-22", "2015-04-28", 5),
    }
    assert any("anybody reads the same as before the objection: True" in line for line in said)
    assert any("before submitting their own: 0; now: 2" in line for line in said)


def test_without_a_server_it_says_so_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(CannotPlay, match=f"No answer from http://127.0.0.1:{port}"):
        Door(f"http://127.0.0.1:{port}", "", Narrator(lambda _: None)).stranger().ask("GET", "/session")


def test_production_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINPAI_ENVIRONMENT", "production")
    refused = CliRunner().invoke(cli.cli, ["demo"])
    assert isinstance(refused.exception, cli.Refusal)
