"""The quick play, on the product as it is served."""

import asyncio
import re
import socket
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.keyring import new_key
from app.models import Notification
from app.models.enums import Language
from app.refusal import Refusal
from app.services.policies.notifying.notifications import worded
from app.settings import Settings
from demo.__main__ import play_campaign
from demo.cast import Door
from demo.errors import CannotPlay
from demo.narrator import Narrator
from demo.pushing import listens
from demo.stage import Stage
from tests.demo.served import beside, in_the_morning, played, served
from tests.handover.processes import running
from tests.world import World
from tests.world.ports import free_port


def outcome_of(stage: Stage) -> dict[str, Any]:
    """Result of the judging and the commending."""
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


def hand_over_of(stage: Stage) -> dict[str, Any]:
    """Result of the nominations."""
    office, nominations = stage.office, {}
    for each in office.client.pages(f"/nominations?campaign_id={stage.campaign_id}"):
        answers = [one["kind"] for one in office.client.pages(f"/nominations/{each['id']}/answers")]
        nominations[each["position"], each["revision"]] = (each["status"], answers, each["result"])
    deliveries = [(each["type"], each["status"]) for each in office.client.pages("/deliveries")]
    endpoints = [(each["url"], each["status"]) for each in office.client.pages("/endpoints")]
    return {"nominations": nominations, "deliveries": deliveries, "endpoints": endpoints}


@pytest.mark.thorough
async def test_the_play_ends_as_it_is_written_and_shows_every_refusal(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    lines: list[str] = []
    push_to = f"127.0.0.1:{free_port()}"
    settings = in_the_morning(settings, webhook_hosts=(push_to,))
    async with served(settings) as url, running(beside(settings, tmp_path)):
        stage = await played(world, url, push_to, lines, tmp_path / "papers")
        path = f"/progress?campaign_id={stage.campaign_id}"
        progress = (await asyncio.to_thread(stage.office.ask, "GET", path)).body
        outcome = await asyncio.to_thread(outcome_of, stage)
        handed_over = await asyncio.to_thread(hand_over_of, stage)
    assert {name: count for name, count in progress["totals"].items() if count} == {
        "planned": 40,
        "drafted": 1,
        "submitted": 1,
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
    assert {each["committee_code"] for each in progress["committees"] if each["plan_overdue"]} == {"MZ", "XIN"}
    assert stage.narrator.refusals == {
        "already_nominated": 1,
        "another_paper": 1,
        "awards_held": 2,
        "broken_image": 1,
        "conflict_of_interest": 1,
        "criterion_not_scored": 3,
        "deadline_passed": 2,
        "duplicate_image": 1,
        "empty_plan": 1,
        "invalid_credit_code": 1,
        "narrative_too_short": 1,
        "not-found": 14,
        "not_awarded": 1,
        "objections_open": 2,
        "panel_too_small": 1,
        "partner_not_agreed": 1,
        "password_contains_username": 1,
        "password_guessable": 1,
        "password_too_short": 1,
        "proposal_has_shortages": 1,
        "proposal_outdated": 1,
        "publicity_running": 2,
        "required": 1,
        "reviews_missing": 1,
        "score_off_step": 1,
        "score_out_of_range": 1,
        "seal_missing": 2,
        "seat-not-open": 1,
        "sign-in-refused": 1,
        "stale-version": 1,
        "summary_missing": 1,
        "too_few_applications": 3,
        "too_few_images": 2,
        "too_few_ranked": 1,
        "too_many_images": 1,
        "unsupported_form": 1,
        "unsupported_image": 1,
        "wrong-state": 1,
        "wrong_state": 2,
    }
    assert any("图片至少 5 幅，现有 4 幅。" in line for line in lines)
    assert any("filed as it was, under the new scan" in line for line in lines)
    assert any("for 老城街道党工委, on paper" in line for line in lines)
    assert any("1 unit, 1 application and 1 plan went along; 1 seal is void" in line for line in lines)
    assert any(stage.door.password in line for line in lines)
    assert outcome == {
        "rounds": [("初评", "closed", 8, True), ("终评", "closed", 5, True)],
        "publicised": [("advanced_committee", None)] * 3,
        "published": [("excellent_case", f"路北文明创建〔2015〕第{number}号") for number in (1, 2, 3)],
        "document_number": "路北文明办〔2015〕1号",
        "publicity": ("2015-04-22", "2015-04-28", 5),
    }
    assert handed_over == {
        "nominations": {
            (1, 1): ("accepted", ["received", "accepted"], None),
            (2, 1): ("replaced", ["received", "returned"], None),
            (2, 2): ("decided", ["received", "accepted", "decided"], "市级优秀品牌"),
        },
        "deliveries": [("nomination.prepared", "delivered"), ("nomination.replaced", "delivered")],
        "endpoints": [(f"http://{push_to}/hooks", "disabled")],
    }
    assert not listens(push_to)
    assert any("agrees True; missing 0, unknown 0, different 0" in line for line in lines)
    assert any("every checksum of manifest-sha256.txt is right" in line for line in lines)
    unread = [tuple(map(int, re.findall(r"\d+", line))) for line in lines if "not read: " in line]
    assert unread == [(count, count - 1, 0) for count, *_ in unread]
    assert len(unread) == 2
    assert any("anybody reads the same as before the objection: True" in line for line in lines)
    assert any("before submitting their own: 0; now: 2" in line for line in lines)
    assert any("the code on the paper is that of this content: True" in line for line in lines)
    assert (
        sorted(each.suffix for each in (tmp_path / "papers").iterdir()) == [".docx"] * 13 + [".pdf"] * 10 + [".png"] * 2
    )


async def told(world: World) -> list[str]:
    """Every notice in words."""
    async with world.database.transaction() as session:
        rows = (await session.execute(select(Notification.kind, Notification.particulars))).all()
    return [worded(row.kind, row.particulars, Language.ZH).text for row in rows]


@pytest.mark.thorough
async def test_the_sample_that_asks_for_other_things_is_played_too(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    lines: list[str] = []
    push_to = f"127.0.0.1:{free_port()}"
    settings = in_the_morning(settings, webhook_hosts=(push_to,))
    async with served(settings) as url, running(beside(settings, tmp_path)):
        stage = await played(world, url, push_to, lines, tmp_path / "papers", template="sample-2025")
        handed_over = await asyncio.to_thread(hand_over_of, stage)
    shown = [line for line in lines if "✗ " in line or "! " in line] + await told(world)
    assert [line for line in shown if re.search("[区市]文明办", line)] == [], "its own names stand everywhere"
    assert [any(name in line for line in shown) for name in ("云山文明办", "云岭文明办")] == [True, True]
    assert stage.plans == {}
    live = ("live_not_blind", "second_person_needed", "sheet_differs")
    attached = ("unsupported_attachment", "wrong_format", "too_many_of_role")
    known = ("no_plan_stage", "score_off_step", *live, *attached)
    assert [stage.narrator.refusals[code] for code in known] == [1] * len(known)
    assert any("✗ order_needed" in line and "基层文明实践优秀案例征集活动" in line for line in lines)
    assert stage.narrator.refusals["places_taken"] == 2
    assert any("! won_before" in line and "已获“优秀案例一等奖”，在近2届之内" in line for line in lines)
    assert stage.narrator.refusals["part_without_source"] == 1
    assert any("申报表“村（社区）或基层党组织意见”一栏应有“村（社区）或基层党组织盖章”" in line for line in lines)
    assert any("请填写“村（社区）或基层党组织意见”" in line for line in lines)
    assert [stage.narrator.refusals[code] for code in ("evidence_not_public", "negative_figure")] == [1, 1]
    assert any(re.search(r"× 30% = .* × 60% = .* × 10% = ", line) for line in lines), "the arithmetic is shown"
    assert stage.composite_id
    assert stage.narrator.refusals["same_name"] == 1
    assert any("genuine: True, awarded: 王芳, " in line for line in lines)
    assert [stage.narrator.refusals[code] for code in ("same_labels", "word_used")] == [1, 1]
    assert any("schema 6, " in line for line in lines), "a case with a title of the district's own is handed over"
    assert any("微视频 第二批: 微视频征集活动（第二批）" in line for line in lines)
    assert any(re.search(r"优秀案例[1-9]件；微视频·第一批0件；微视频·第二批0件", line) for line in lines)
    assert handed_over["nominations"][2, 2][0] == "decided"


def test_without_a_server_it_says_so_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(CannotPlay, match=f"No answer from http://127.0.0.1:{port}"):
        Door(f"http://127.0.0.1:{port}", "", Narrator(lambda _: None)).stranger().ask("GET", "/session")


def test_production_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINPAI_ENVIRONMENT", "production")
    monkeypatch.setenv("PINPAI_SECRET_KEYS", new_key())
    with pytest.raises(Refusal, match="refused there"):
        play_campaign()
