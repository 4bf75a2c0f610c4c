"""Figures for a monitor: read as Prometheus reads them, true, of no person, and all that the alert rules name."""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from httpx2 import AsyncClient
from prometheus_client.parser import text_string_to_metric_families

from app.database import Database
from app.models.enums import Role
from app.monitoring import DEADLINE, FIGURES, monitored
from app.services import jobs
from tests.world import World
from tests.world.ports import free_port

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
DEPLOY = Path(__file__).parents[1] / "deploy" / "monitoring"
OF_PROMETHEUS = {"up"}
"""What Prometheus itself has of everything that it asks."""


@pytest.fixture
async def address(world: World) -> AsyncIterator[str]:
    port = free_port()
    async with monitored(world.app.state, "127.0.0.1", port):
        yield f"http://127.0.0.1:{port}/metrics"
    world.app.state.watch = None


async def scraped(address: str) -> Samples:
    async with AsyncClient() as client:
        read = (await client.get(address)).text
    samples = [each for family in text_string_to_metric_families(read) for each in family.samples]
    return {(each.name, tuple(sorted(each.labels.items()))): each.value for each in samples}


async def test_what_happened_is_counted_and_what_waits_is_told(world: World, address: str) -> None:
    campaign, office = await world.campaign(), await world.client_of(Role.OFFICE)
    assert (await office.get("/api/v1/campaigns")).status_code == 200
    assert (await office.get(f"/api/v1/applications/{campaign.id}")).status_code == 404
    async with jobs.acting(world.database) as ctx:
        await jobs.enqueue(ctx, "leave_a_mark", subject_id=campaign.id)
    samples = await scraped(address)
    deadline = timedelta(days=146, hours=14)
    told = {
        ("pinpai_database_up", ()): 1,
        ("pinpai_requests_total", (("operation", "listCampaigns"), ("status", "200"))): 1,
        ("pinpai_requests_total", (("operation", "readApplication"), ("status", "404"))): 1,
        ("pinpai_request_seconds_count", (("operation", "listCampaigns"),)): 1,
        ("pinpai_waiting", (("for", "reads"),)): 0,
        ("pinpai_streams", ()): 0,
        ("pinpai_jobs", (("state", "todo"), ("task", "leave_a_mark"))): 1,
        ("pinpai_workers", ()): 0,
        ("pinpai_failed_backups", ()): 0,
        ("pinpai_deadline_seconds", (("campaign", str(campaign.id)),)): deadline.total_seconds(),
    }
    assert {name: samples[name] for name in told} == told
    assert samples["process_resident_memory_bytes", ()] > 0
    assert samples["pinpai_oldest_job_seconds", ()] >= 0


async def test_while_the_database_is_away_that_alone_is_said(world: World) -> None:
    parts = world.app.state
    nobody = Database(f"postgresql://somebody@127.0.0.1:{free_port()}/pinpai")
    state = SimpleNamespace(database=nobody, imaging=parts.imaging, live=parts.live)
    port = free_port()
    async with monitored(state, "127.0.0.1", port):
        samples = await scraped(f"http://127.0.0.1:{port}/metrics")
    assert samples["pinpai_database_up", ()] == 0
    assert ("pinpai_workers", ()) not in samples


def named(expression: str) -> set[str]:
    """Return the names of the metrics in an expression of PromQL."""
    return set(re.findall(r"\b(?:pinpai|process)_[a-z_]+|\bup\b", expression))


async def test_the_rules_and_the_dashboard_ask_for_what_there_is(address: str) -> None:
    rules: Any = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))
    dashboard: Any = json.loads((DEPLOY / "dashboard.json").read_text("utf-8"))
    asked = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    asked += [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    figures = {figure.name for figure in (*FIGURES, DEADLINE)}
    there = {name for name, _ in await scraped(address)} | figures | OF_PROMETHEUS
    there |= {f"pinpai_request{rest}" for rest in ("s_total", "_seconds_bucket")}
    assert set().union(*map(named, asked)) - there == set()
