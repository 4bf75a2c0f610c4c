import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from app import openid
from app.openid import Answer, NotIdentified, Provider, ProviderFailed
from tests.world.provider import REDIRECT, SmallProvider, providing, signing_key
from tests.world.receiver import Behaviour, endless, hang_up, silence, status

ABOUT = "/.well-known/openid-configuration"
OURS = "the secret of whoever began"


@pytest_asyncio.fixture(loop_scope="session")
async def theirs() -> AsyncIterator[SmallProvider]:
    async with providing() as provider:
        yield provider


async def come_back(theirs: SmallProvider, ours: Provider, subject: str = "248289761001") -> Answer:
    return theirs.authorize(await ours.authorization_url(OURS, REDIRECT), subject)


async def test_whoever_signs_in_there_is_identified_here(theirs: SmallProvider) -> None:
    ours = theirs.seen_by_us()
    found = await ours.identify(OURS, REDIRECT, await come_back(theirs, ours))
    assert found.subject == "248289761001"
    assert await ours.sign_out_url() == f"{theirs.issuer}/sign-out?client_id=pinpai"
    assert sorted(each.path for each in theirs.asked) == [ABOUT, "/keys", "/token"]


async def test_a_code_is_good_once_and_for_who_began(theirs: SmallProvider) -> None:
    ours = theirs.seen_by_us()
    answer = await come_back(theirs, ours)
    with pytest.raises(NotIdentified, match=r"^state$"):
        await ours.identify("another secret", REDIRECT, answer)
    await ours.identify(OURS, REDIRECT, answer)
    with pytest.raises(NotIdentified, match=r"^code$"):
        await ours.identify(OURS, REDIRECT, answer)


async def test_a_code_of_another_sign_on_does_not_pass_with_ones_own_state(theirs: SmallProvider) -> None:
    ours = theirs.seen_by_us()
    stolen = theirs.authorize(await ours.authorization_url("of the victim", REDIRECT), "victim")
    mine = await come_back(theirs, ours)
    with pytest.raises(NotIdentified, match=r"^code$"):  # the verifier is another
        await ours.identify(OURS, REDIRECT, mine._replace(code=stolen.code))


@pytest.mark.parametrize("issuer", ["https://evil.example", "", None])
async def test_an_answer_of_another_provider_is_refused_before_its_code_is_sent(
    theirs: SmallProvider, issuer: str | None
) -> None:
    ours = theirs.seen_by_us()
    answer = (await come_back(theirs, ours))._replace(issuer=issuer)
    with pytest.raises(NotIdentified, match="iss of the answer"):
        await ours.identify(OURS, REDIRECT, answer)
    assert "/token" not in [each.path for each in theirs.asked]


async def test_a_provider_that_does_not_name_itself_need_not(theirs: SmallProvider) -> None:
    theirs.metadata = {"authorization_response_iss_parameter_supported": False}
    ours = theirs.seen_by_us()
    answer = (await come_back(theirs, ours))._replace(issuer=None)
    assert (await ours.identify(OURS, REDIRECT, answer)).subject == "248289761001"


async def test_a_new_key_is_fetched_and_strangers_cannot_make_us_fetch_on(
    theirs: SmallProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = theirs.seen_by_us()
    await ours.examine()
    theirs.key = signing_key("second")
    for _ in range(20):
        with pytest.raises(NotIdentified, match=r"^kid$"):
            await ours.ended(theirs.logout_token(sub="248289761001"))
    monkeypatch.setattr(openid, "PAUSE", 0.0)
    assert (await ours.ended(theirs.logout_token(sub="248289761001"))).subject == "248289761001"
    assert [each.path for each in theirs.asked].count("/keys") == 2


@pytest.mark.parametrize("path", [ABOUT, "/keys", "/token"])
@pytest.mark.parametrize(
    "behaviour",
    [
        status(500),
        status(302, Location="https://evil.example/"),
        status(200, b"no JSON"),
        status(200, b"[]"),
        status(200, b"{}"),
        status(200, b"[" * 100_000),
        status(200, b"\xff\xfe"),
        hang_up,
        silence,
        endless,
    ],
    ids=["500", "redirect", "text", "list", "empty", "deep", "bytes", "torn", "silent", "endless"],
)
async def test_a_provider_that_fails_is_no_failure_of_ours(
    theirs: SmallProvider, path: str, behaviour: Behaviour
) -> None:
    ours = Provider(theirs.client, replace(theirs.outgoing, answering=0.3))
    theirs.answers = {path: deque([behaviour])}
    with pytest.raises((ProviderFailed, NotIdentified)):
        await ours.identify(OURS, REDIRECT, await come_back(theirs, ours))


async def test_a_provider_that_is_away_is_asked_once_in_a_while(
    theirs: SmallProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = theirs.seen_by_us()
    theirs.answers = {ABOUT: deque([status(503)] * 9)}
    tried = await asyncio.gather(*(ours.sign_out_url() for _ in range(50)), return_exceptions=True)
    assert {type(each) for each in tried} == {ProviderFailed}
    assert len(theirs.asked) == 1
    theirs.answers.clear()
    monkeypatch.setattr(openid, "PAUSE", 0.0)
    assert await ours.sign_out_url() is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "https://evil.example/token"},
        {"jwks_uri": "http://169.254.169.254/latest/meta-data"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"end_session_endpoint": "https://evil.example/"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_a_provider_is_believed_on_its_own_hosts_alone(theirs: SmallProvider, wrong: dict[str, str]) -> None:
    theirs.metadata = wrong
    with pytest.raises(ProviderFailed):
        await theirs.seen_by_us().authorization_url(OURS, REDIRECT)


async def test_a_provider_without_a_page_to_sign_out_has_none(theirs: SmallProvider) -> None:
    theirs.metadata = {"end_session_endpoint": None}
    assert await theirs.seen_by_us().sign_out_url() is None


async def test_a_client_that_the_provider_does_not_know_is_a_matter_of_the_operator(theirs: SmallProvider) -> None:
    ours = Provider(replace(theirs.client, secret="wrong"), theirs.outgoing)
    with pytest.raises(ProviderFailed):
        await ours.identify(OURS, REDIRECT, await come_back(theirs, ours))


async def test_nothing_secret_is_shown(theirs: SmallProvider) -> None:
    assert "secret" not in repr(theirs.client).replace("secret=", "")
