"""A campaign whose composite result has a public vote beside two rounds, with figures of its cases and their proof."""

from typing import Any

from httpx2 import Response

from tests.contract.client import ContractClient
from tests.scenarios.steps import done
from tests.world import key
from tests.world.composites import LIVE, OVERALL, PAPER, Composing
from tests.world.judging import Judging
from tests.world.uploads import scan

VOTES: dict[str, Any] = {"code": "votes", "name": "网络投票", "unit": "票", "scale": "share_of_best"}
POLL = {"code": "poll", "name": "网络投票", "weight": 10, "figures": "votes"}
WEIGHED = [PAPER | {"weight": 30}, LIVE, POLL]


def voted(**changes: Any) -> dict[str, Any]:
    """The settings of a campaign with a composite result of three parts, one of which is a vote."""
    return {"figures": [VOTES | changes], "composites": [OVERALL | {"parts": WEIGHED}]}


async def evidence(by_office: ContractClient, campaign_id: object, seed: int = 70, **changes: Any) -> Response:
    """Add a document that proves figures."""
    about = {"kind": "evidence", "title": "投票平台后台截图", "public": "false"} | changes
    files = {"file": ("votes.pdf", scan(seed), "application/pdf")}
    return await by_office.post(f"/api/v1/campaigns/{campaign_id}/documents", files=files, data=about)


def table(figures: list[dict[str, Any]], *proof: str, **changes: Any) -> dict[str, Any]:
    """The body of an import."""
    plain = {"source": "votes", "source_name": "“文明路北”微信公众号投票", "evidence": list(proof), "figures": figures}
    return plain | {"starts_on": "2015-10-08", "ends_on": "2015-10-15"} | changes


def of(judged: Judging, *figures: float) -> list[dict[str, Any]]:
    """Rows with the figures of the first cases, by their ids."""
    cases = judged.cases[: len(figures)]
    return [{"application_id": str(case.id), "figure": each} for case, each in zip(cases, figures, strict=True)]


async def send(by_office: ContractClient, campaign_id: object, body: dict[str, Any]) -> Response:
    return await by_office.post(f"/api/v1/campaigns/{campaign_id}/figure-tables", json=body, headers=key())


async def send_figures(
    by_office: ContractClient, campaign_id: object, data: bytes, *proof: str, to: str = "", **changes: Any
) -> Response:
    """Send the rows as a table, with the other members of an import beside it."""
    said = table([], *proof, **changes)
    del said["figures"]
    href = f"/api/v1/campaigns/{campaign_id}/figure-lists{to}"
    return await by_office.post(href, data=said, files={"file": ("得分.xlsx", data)}, headers=key())


async def imported(judged: Judging, *figures: float, seed: int = 70, **changes: Any) -> dict[str, Any]:
    """Import figures of the first cases, with their proof."""
    proof = done(await evidence(judged.by_office, judged.campaign.id, seed), 201)["id"]
    body = table(of(judged, *figures), proof, **changes)
    answer: dict[str, Any] = done(await send(judged.by_office, judged.campaign.id, body), 201)
    return answer


def sources(made: Composing, table_id: str) -> list[dict[str, str]]:
    """The sources of the composite result: both rounds, and the vote."""
    return [*made.sources, {"part": "poll", "figure_table_id": table_id}]
