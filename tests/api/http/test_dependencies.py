from types import SimpleNamespace

import pytest
from starlette.requests import Request

from app.api.http.dependencies import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, [], "10.0.0.9"),
        (0, ["1.2.3.4"], "10.0.0.9"),
        (1, ["1.2.3.4"], "1.2.3.4"),
        (1, ["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
        (2, ["6.6.6.6, 1.2.3.4, 10.0.0.8"], "1.2.3.4"),
        (2, ["6.6.6.6, 1.2.3.4", "10.0.0.8"], "1.2.3.4"),
        (2, ["1.2.3.4"], "10.0.0.9"),
        (1, ["unknown"], "10.0.0.9"),
        (1, ["2001:db8::1"], "2001:db8::1"),
    ],
)
async def test_only_our_own_proxies_are_believed(proxies: int, forwarded: list[str], address: str) -> None:
    settings = SimpleNamespace(trusted_proxies=proxies)
    scope = {
        "type": "http",
        "client": ("10.0.0.9", 5000),
        "headers": [(b"x-forwarded-for", line.encode()) for line in forwarded],
        "app": SimpleNamespace(state=SimpleNamespace(settings=settings)),
    }
    assert await client_address(Request(scope)) == address
