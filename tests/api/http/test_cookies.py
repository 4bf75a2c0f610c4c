"""A session in a cookie: what a browser is told, and what a page of somebody else's could make it send."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from httpx2 import Response
from starlette.datastructures import Headers

from app.api.http.cookies import EXPOSED, Cookies
from app.main import create_app
from app.models.enums import AccountStatus, Role
from app.problems import CookieRefused
from app.settings import Environment, Settings
from tests.contract.client import ContractClient
from tests.contract.operations import DOCUMENT, OPERATIONS
from tests.world import NOW, World
from tests.world.cookies import MARKED, OURS, OWN_PAGE

TOKENS_ONLY, EVIL = "https://tokens.example.org", "https://evil.example.org"
ACCOUNT, LIST, KEPT = "/api/v1/account", "/api/v1/campaigns", "/api/v1/session/cookie"
DRAFT = {"template": "lubei-2015", "year": 2015}
TYPE = "urn:problem-type:pinpai:"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def with_cookies(settings: Settings) -> AsyncIterator[FastAPI]:
    """The application in production, with one origin that may keep cookies and one that may not."""
    changed = {"cookie_origins": (OURS,), "cors_origins": (TOKENS_ONLY,), "environment": Environment.PRODUCTION}
    app = create_app(settings.model_copy(update=changed | {"second_factor_roles": ()}))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def here(world: World, with_cookies: FastAPI) -> World:
    with_cookies.state.database.clock.stopped_at = NOW
    return World(with_cookies, world.contract)


async def kept(here: World, role: Role = Role.OFFICE, **headers: str) -> tuple[ContractClient, str, Response]:
    """A client with a token, the cookie that it got for it, and the answer with it."""
    client = await here.client_of(role)
    answer = await client.post(KEPT, headers=OWN_PAGE | headers)
    return client, answer.headers.get("set-cookie", "").partition(";")[0], answer


async def browser(here: World, role: Role = Role.OFFICE) -> ContractClient:
    """A browser that has the cookie, and says nothing else."""
    _, cookie, _ = await kept(here, role)
    return here.client(Cookie=cookie)


async def test_what_a_cookie_asks_for_is_not_compressed(here: World) -> None:
    """Else a page of the same site could send it again and again, and read in its length what it may not read."""
    for _ in range(8):
        await here.committee()
    asking = (await here.client_of(Role.OFFICE), await browser(here))
    answers = [await each.get("/api/v1/committees", headers=OWN_PAGE) for each in asking]
    assert [each.headers.get("content-encoding") for each in answers] == ["gzip", None]
    assert answers[0].json() == answers[1].json()


def refused(response: Response, status: int = 403, code: str = "cookie-refused") -> None:
    assert (response.status_code, response.json()["type"]) == (status, TYPE + code)


async def test_no_script_reads_the_cookie_and_no_other_site_sends_it(here: World) -> None:
    _, cookie, answer = await kept(here)
    assert answer.status_code == 204
    assert cookie.startswith("__Host-pinpai=")
    assert answer.headers["set-cookie"] == f"{cookie}; Path=/; HttpOnly; SameSite=Strict; Secure"


async def test_on_loopback_in_development_it_needs_no_tls(world: World, settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"cookie_origins": ("http://localhost:5173",)}))
    set_cookie = app.state.cookies.kept("x")
    assert set_cookie == "pinpai=x; Path=/; HttpOnly; SameSite=Strict"


async def test_the_token_ends_where_the_cookie_begins_and_each_counts_in_its_own_place_alone(here: World) -> None:
    client, cookie, _ = await kept(here)
    refused(await client.get(ACCOUNT), 401, "unauthenticated")
    secret = cookie.partition("=")[2]
    refused(await here.client(Authorization=f"Bearer {secret}").get(ACCOUNT), 401, "unauthenticated")
    other = await here.client_of(Role.OFFICE)
    token = other.headers["Authorization"].removeprefix("Bearer ")
    refused(await here.client(Cookie=f"__Host-pinpai={token}").get(ACCOUNT), 401, "unauthenticated")


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": OURS}, OWN_PAGE]
)
async def test_a_read_counts_from_a_page_of_ours(here: World, headers: dict[str, str]) -> None:
    answer = await (await browser(here)).get(ACCOUNT, headers=headers)
    assert answer.status_code == 200


FOREIGN_READS: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "same-site"},  # <img> of another host below the domain: the browser sends the cookie
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": EVIL},
    {"Origin": TOKENS_ONLY},
    {"Origin": "null"},
    {"Origin": OURS, "Sec-Fetch-Site": "cross-site"},
    {"Origin": EVIL, "Sec-Fetch-Site": "same-origin"},
]


@pytest.mark.parametrize("headers", FOREIGN_READS)
async def test_a_read_from_elsewhere_is_refused(here: World, headers: dict[str, str]) -> None:
    refused(await (await browser(here)).get(ACCOUNT, headers=headers))


async def test_a_change_counts_from_a_page_of_ours_with_the_header(here: World) -> None:
    answer = await (await browser(here)).post(LIST, json=DRAFT, headers=OWN_PAGE)
    assert answer.status_code == 201


FOREIGN_CHANGES: list[dict[str, str]] = [
    {},
    {"Origin": OURS},
    MARKED,
    MARKED | {"Sec-Fetch-Site": "same-origin"},
    MARKED | {"Origin": EVIL},
    MARKED | {"Origin": TOKENS_ONLY},
    MARKED | {"Origin": "null"},
    MARKED | {"Origin": OURS, "Sec-Fetch-Site": "cross-site"},
    {"Origin": OURS, "X-Session": "token"},
]


@pytest.mark.parametrize("headers", FOREIGN_CHANGES)
async def test_a_change_from_elsewhere_or_without_the_header_is_refused(here: World, headers: dict[str, str]) -> None:
    client = await browser(here)
    refused(await client.post(LIST, json=DRAFT, headers=headers))
    assert (await client.get(LIST)).json()["items"] == []


async def test_no_operation_escapes(here: World) -> None:
    """Each that changes something is refused before it is looked at; what is public knows no cookie."""
    client = await browser(here)
    id_ = "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"
    for operation in OPERATIONS:
        if operation.method == "get" or not operation.spec["security"]:
            continue
        path = "/".join(id_ if part.startswith("{") else part for part in operation.path.split("/"))
        answer = await client.request(operation.method.upper(), path, headers={"Origin": EVIL})
        assert answer.json()["type"] == TYPE + "cookie-refused", path


@pytest.mark.parametrize("cookies", ["{0}; {0}", "{0}; __Host-pinpai=other"])
async def test_two_cookies_of_the_name_are_none(here: World, cookies: str) -> None:
    _, cookie, _ = await kept(here)
    refused(await here.client(Cookie=cookies.format(cookie)).get(ACCOUNT))


async def test_beside_a_token_the_cookie_counts_for_nothing(here: World) -> None:
    _, cookie, _ = await kept(here, Role.OFFICE)
    account = await here.account(Role.REVIEWER)
    client = await here.sign_in(account)
    assert (await client.get(ACCOUNT, headers={"Cookie": cookie})).json()["id"] == str(account.id)
    wrong = {"Cookie": cookie, "Authorization": "Bearer wrong"}
    refused(await here.client().get(ACCOUNT, headers=wrong | OWN_PAGE), 401, "unauthenticated")


async def test_a_machine_client_has_no_cookie(here: World) -> None:
    _, cookie, answer = await kept(here, Role.MUNICIPAL)
    refused(answer, 403, "forbidden")
    assert cookie == ""


@pytest.mark.parametrize("headers", [{"Origin": EVIL}, {"Origin": TOKENS_ONLY}, {"X-Session": "token"}])
async def test_only_a_page_of_ours_gets_a_cookie(here: World, headers: dict[str, str]) -> None:
    client, cookie, answer = await kept(here, Role.OFFICE, **headers)
    refused(answer)
    assert cookie == ""
    assert (await client.get(ACCOUNT)).status_code == 200


def test_without_origins_there_are_no_cookies() -> None:
    none = Cookies((), secure=False)
    assert none.token(Headers(OWN_PAGE | {"Cookie": f"{none.name}=x"}), "GET") is None
    with pytest.raises(CookieRefused):
        none.require_origin(Headers(OWN_PAGE))


@pytest.mark.parametrize("path", ["/api/v1/session", "/api/v1/sessions", "/api/v1/sessions/{id}"])
async def test_signing_out_clears_the_cookie(here: World, path: str) -> None:
    client = await browser(here)
    own = (await client.get("/api/v1/session")).json()["id"]
    answer = await client.delete(path.format(id=own), headers=OWN_PAGE)
    assert answer.status_code == 204
    cleared = "__Host-pinpai=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0"
    assert answer.headers["set-cookie"] == cleared
    refused(await client.get(ACCOUNT), 401, "unauthenticated")


async def test_who_signs_out_with_a_token_clears_nobodys_cookie(here: World) -> None:
    answer = await (await here.client_of(Role.OFFICE)).delete("/api/v1/session")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("after", [timedelta(days=3650), timedelta(days=4000)])
async def test_a_session_in_a_cookie_ends_as_any_other(here: World, after: timedelta) -> None:
    client = await browser(here)
    here.database.clock.stopped_at = NOW + after
    refused(await client.get(ACCOUNT), 401, "unauthenticated")


async def test_a_disabled_account_has_no_cookie_session(here: World) -> None:
    account = await here.account(Role.OFFICE)
    client = await here.sign_in(account)
    cookie = (await client.post(KEPT, headers=OWN_PAGE)).headers["set-cookie"].partition(";")[0]
    await here.put(account, status=AccountStatus.DISABLED)
    refused(await here.client(Cookie=cookie).get(ACCOUNT), 401, "unauthenticated")


PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-session, content-type"}


@pytest.mark.parametrize(
    ("origin", "allowed", "credentials"), [(OURS, OURS, "true"), (TOKENS_ONLY, TOKENS_ONLY, None), (EVIL, None, None)]
)
async def test_browsers_are_told_which_origins_may_send_it(
    here: World, origin: str, allowed: str | None, credentials: str | None
) -> None:
    client = here.client(Origin=origin)
    for answer in (await client.options(LIST, headers=PREFLIGHT), await client.get(LIST)):
        assert answer.headers.get("access-control-allow-origin") == allowed
        assert answer.headers.get("access-control-allow-credentials") == credentials
        assert "Origin" in answer.headers["vary"]
    if allowed:
        assert (await client.get(LIST)).headers["access-control-expose-headers"].split(", ") == EXPOSED


@pytest.mark.parametrize(
    ("origin", "asked"),
    [
        (EVIL, {}),
        (OURS, {"Access-Control-Request-Method": "TRACE"}),
        (OURS, {"Access-Control-Request-Headers": "x-forwarded-for"}),
        (TOKENS_ONLY, {"Access-Control-Request-Headers": "authorization, x-other"}),
    ],
)
async def test_a_preflight_is_refused_by_a_problem_that_says_what_is_allowed(
    here: World, origin: str, asked: dict[str, str]
) -> None:
    answer = await here.client(Origin=origin).options(LIST, headers=PREFLIGHT | asked)
    refused(answer, 403, "preflight-refused")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["vary"] == "Accept-Language, Origin"
    assert answer.json()["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert all(each in answer.json()["detail"] for each in ("PATCH", "If-Match"))


def test_the_contract_offers_both_for_every_operation_of_a_person() -> None:
    """Of what changes something, the cookie goes with its header; a machine client's operations know no cookie."""
    for operation in OPERATIONS:
        ways: list[Any] = operation.spec["security"]
        of_cookie = [each for each in ways if "cookie" in each]
        if not ways or operation.spec["x-roles"] == ["municipal"]:
            assert of_cookie == [], operation
        else:
            way: dict[str, list[str]] = (
                {"cookie": []} if operation.method == "get" else {"cookie": [], "cookieMeant": []}
            )
            assert of_cookie == [way], operation
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert (schemes["cookie"]["in"], schemes["cookie"]["name"]) == ("cookie", "__Host-pinpai")
    assert (schemes["cookieMeant"]["in"], schemes["cookieMeant"]["name"]) == ("header", "X-Session")
