"""Nominations are visible to the two offices and to whose case it is, deliveries to the office: to no others."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from app.models.enums import Role
from tests.contract.client import Contract, ContractClient
from tests.scenarios.hidden import HANDOVER_HIDDEN_FROM
from tests.scenarios.probing import absent, probes
from tests.scenarios.steps import done, read, seen
from tests.world import World
from tests.world.deliveries import SECRET, owing
from tests.world.filing import district
from tests.world.handover import Nominating, nominating


@dataclass
class Secrets:
    """A nominated case that was answered and is to be pushed, and those who look."""

    place: Nominating
    ids: dict[str, str]
    eyes: dict[str, ContractClient]


@pytest.fixture
async def secrets(world: World) -> Secrets:
    place = await nominating(world)
    endpoint = await world.endpoint(url="https://wenming.tangshan.gov.cn/hooks", description="绝密", secret=SECRET)
    nomination = await place.nominated()
    answer = done(await place.answer(nomination, "received"), 201)
    await owing(world)
    payload = await read(place.by_municipal, f"/api/v1/nominations/{nomination['id']}/payload")
    ids = {
        "nomination_id": nomination["id"],
        "answer_id": answer["id"],
        "digest": payload["files"][0]["sha256"],
        "campaign_id": str(place.campaign.id),
        "endpoint_id": str(endpoint.id),
        "grant_id": await first(place, "grants"),
        "delivery_id": await first(place, "deliveries"),
        "job_id": await first(place, "jobs"),
    }
    return Secrets(place, ids, await everybody(place))


async def first(place: Nominating, concept: str) -> str:
    """The id of what the office finds first."""
    return str((await read(place.by_office, f"/api/v1/{concept}"))["items"][0]["id"])


async def everybody(place: Nominating) -> dict[str, ContractClient]:
    """Those whose case it is, those of another committee in the same campaign, and the rest."""
    elsewhere = await district(place.world, place.campaign)
    return {
        "unit": place.district.by_unit,
        "committee": place.district.by_committee,
        "other unit": elsewhere.by_unit,
        "other committee": elsewhere.by_committee,
        "reviewer": await place.world.client_of(Role.REVIEWER),
        "municipal": place.by_municipal,
        "another client": await place.world.client_of(Role.MUNICIPAL),
        "public": place.world.client(),
    }


async def test_the_hidden_is_answered_as_the_absent_is(contract: Contract, secrets: Secrets) -> None:
    nothing = absent(secrets.ids)
    for probe in probes(contract, HANDOVER_HIDDEN_FROM):
        for name in HANDOVER_HIDDEN_FROM[probe.concept]:
            client = secrets.eyes[name]
            hidden, missing = await probe.ask(client, secrets.ids), await probe.ask(client, nothing)
            assert seen(hidden) == seen(missing), f"{probe.method} {probe.template} by {name}"
            assert hidden.status_code in {401, 403, 404}, f"{probe.method} {probe.template} by {name}: {hidden.text}"


async def test_what_is_hidden_is_there(contract: Contract, secrets: Secrets) -> None:
    """Otherwise the test above would have shown nothing."""
    for probe in probes(contract, HANDOVER_HIDDEN_FROM):
        if probe.method == "get":
            for name, client in {"office": secrets.place.by_office, "municipal": secrets.place.by_municipal}.items():
                if name not in HANDOVER_HIDDEN_FROM[probe.concept]:
                    answer = await probe.ask(client, secrets.ids)
                    assert answer.status_code == 200, f"{probe.template} by {name}"


async def test_no_list_filter_or_count_shows_it(secrets: Secrets) -> None:
    for concept, query, existing, absent_value in questions(secrets):
        for name in HANDOVER_HIDDEN_FROM[concept]:
            client = secrets.eyes[name]
            answers = [await client.get(f"/api/v1/{concept}?{query}={value}") for value in (existing, absent_value)]
            assert seen(answers[0]) == seen(answers[1]), f"{concept}?{query} by {name}"
        found = await read(secrets.place.by_office, f"/api/v1/{concept}?{query}={existing}")
        assert found["total"] == 1, f"{concept}?{query}"


def questions(secrets: Secrets) -> Iterator[tuple[str, str, str, str]]:
    """Questions to a list: about existing values, and about absent ones."""
    ids, no_id = secrets.ids, str(uuid4())
    yield "nominations", "campaign_id", ids["campaign_id"], no_id
    yield "nominations", "status", "acknowledged", "decided"
    yield "grants", "campaign_id", ids["campaign_id"], no_id
    yield "deliveries", "nomination_id", ids["nomination_id"], no_id
    yield "deliveries", "endpoint_id", ids["endpoint_id"], no_id
    yield "deliveries", "status", "pending", "failed"
    yield "endpoints", "status", "active", "disabled"
    yield "jobs", "task", "deliver", "mail"
    yield "jobs", "status", "waiting", "failed"
