"""Files as a browser loads them: at an address with a ticket, and without a header of ours."""

from typing import Any

from httpx2 import Response

from tests.contract.client import ContractClient

OURS = ("authorization", "act-for")


async def tickets(client: ContractClient, *hrefs: str, **options: Any) -> Response:
    return await client.post("/api/v1/tickets", json={"hrefs": list(hrefs)}, **options)


async def ticketed(client: ContractClient, href: str, **options: Any) -> str:
    """The address of a file, with a ticket for it."""
    answer = await tickets(client, href, **options)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["tickets"][0]["ticketed_href"])


async def load(client: ContractClient, href: str, method: str = "GET", **options: Any) -> Response:
    """Ask without anything that says who asks."""
    request = client.build_request(method, href, **options)
    for name in OURS:
        request.headers.pop(name, None)
    return await client.send(request)


async def loaded(client: ContractClient, href: str) -> Response:
    """The answer to a file that is asked for with a ticket, or the refusal of the ticket."""
    answer = await tickets(client, href)
    return await load(client, answer.json()["tickets"][0]["ticketed_href"]) if answer.status_code == 200 else answer
