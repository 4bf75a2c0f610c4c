"""An OpenID provider as its client sees it: authorization code flow with PKCE, and sign-out there (back-channel).

State, nonce and verifier follow from one secret that whoever begins a sign-on keeps: nothing of them need be stored.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from app.outgoing import URL, Outgoing

if TYPE_CHECKING:
    from app.id_tokens import Ended, Expected, Identified, Key

T = TypeVar("T")
LONGEST_SESSION = 12 * 3600
"""Seconds since a person signed in at the provider after which it asks them anew; to be asked makes it tell when."""
LIFE = 3600.0
"""Seconds that what the provider publishes is kept."""
PAUSE = 10.0
"""Seconds from one attempt to fetch it to the next, whoever asks, so that strangers cannot make us ask."""
AT_ONCE = 16
"""Codes that are exchanged at a time; others wait."""
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class ProviderFailed(Exception):
    """The provider does not answer, or not as its protocol has it; the text says what failed, and no more."""


class NotIdentified(Exception):
    """An answer of the provider that does not hold; the text is the first rule it breaks."""


@dataclass(frozen=True, slots=True)
class Client:
    """This deployment as its provider knows it."""

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ("openid",)


class Metadata(NamedTuple):
    """Pages and habits that the provider publishes (OpenID Connect Discovery §3)."""

    authorization: str
    token: str
    keys: str
    sign_out: str | None
    names_itself: bool
    takes_basic: bool


class Answer(NamedTuple):
    """The provider's answer, as the browser brings it back."""

    state: str
    code: str
    issuer: str | None = None


class Questions(NamedTuple):
    """Values that a sign-on sends to the provider, by the secret of whoever began it."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def of(cls, secret: str) -> "Questions":
        return cls(*(_encoded(hmac.digest(secret.encode(), name.encode(), "sha256")) for name in cls._fields))


class _Kept(Generic[T]):
    """A document fetched once for all requests of a process."""

    def __init__(self, fetch: Callable[[], Awaitable[T]]) -> None:
        self._fetch, self._lock = fetch, asyncio.Lock()
        self._value: T | None = None
        self._fetched = self._tried = float("-inf")

    async def get(self, *, renewed: bool = False) -> T:
        """Return it, fetched anew if it is old or `renewed` is asked for, but not more often than after a pause."""
        async with self._lock:
            now = time.monotonic()
            if (renewed or now - self._fetched > LIFE) and now - self._tried > PAUSE:
                self._tried = now
                self._value, self._fetched = await self._fetch(), now
            if self._value is None or now - self._fetched > LIFE:
                raise ProviderFailed("no answer a moment ago")
            return self._value


class Provider:
    """One provider, with what it published last."""

    def __init__(self, client: Client, outgoing: Outgoing) -> None:
        self.client, self._outgoing = client, outgoing
        self._metadata, self._keys = _Kept(self._discover), _Kept(self._fetch_keys)
        self._exchanging = asyncio.Semaphore(AT_ONCE)

    async def sign_out_url(self) -> str | None:
        """The page that ends the session at the provider (OpenID Connect RP-Initiated Logout); None if there is none.

        It names the client and no person: the provider asks whoever comes.
        """
        page = (await self._metadata.get()).sign_out
        return _with(page, {"client_id": self.client.client_id}) if page else None

    async def authorization_url(self, secret: str, redirect_uri: str) -> str:
        """The page that a browser is sent to."""
        asked = Questions.of(secret)
        query = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.client.scopes),
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": _encoded(hashlib.sha256(asked.verifier.encode()).digest()),
            "code_challenge_method": "S256",
            "max_age": str(LONGEST_SESSION),
        }
        return _with((await self._metadata.get()).authorization, query)

    async def identify(self, secret: str, redirect_uri: str, answer: Answer) -> "Identified":
        """Return whom the provider has identified; NotIdentified if the answer does not hold in any part."""
        from app.id_tokens import identified

        asked, metadata = Questions.of(secret), await self._metadata.get()
        if not hmac.compare_digest(asked.state.encode(), answer.state.encode()):
            raise NotIdentified("state")
        if answer.issuer != self.client.issuer and (metadata.names_itself or answer.issuer is not None):
            raise NotIdentified("iss of the answer")
        async with self._exchanging:
            token = await self._exchange(metadata, asked.verifier, redirect_uri, answer.code)
        return await self._judged(lambda keys, expected: identified(token, keys, expected, asked.nonce))

    async def ended(self, token: str) -> "Ended":
        """Return what a logout token of the provider ends; NotIdentified unless it holds."""
        from app.id_tokens import ended

        return await self._judged(lambda keys, expected: ended(token, keys, expected))

    async def examine(self) -> None:
        """Raise ProviderFailed unless the provider can be used now, keys and all."""
        if not await self._keys.get():
            raise ProviderFailed("no key that we can use")

    async def _judged(self, judge: "Callable[[list[Key], Expected], T]") -> T:
        """Judge a token; by keys that are fetched anew if it was signed with one that we do not know."""
        from app.id_tokens import Expected, TokenRefused, UnknownKey

        expected = Expected(self.client.issuer, self.client.client_id, time.time())
        try:
            try:
                return judge(await self._keys.get(), expected)
            except UnknownKey:
                return judge(await self._keys.get(renewed=True), expected)
        except TokenRefused as refused:
            raise NotIdentified(str(refused)) from None

    async def _exchange(self, metadata: Metadata, verifier: str, redirect_uri: str, code: str) -> str:
        """The ID token for a code; NotIdentified if the provider does not know it."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        form, headers = form | {"code_verifier": verifier}, FORM
        if self.client.secret and metadata.takes_basic:
            headers = FORM | {"Authorization": _basic(self.client)}
        else:
            form |= {"client_id": self.client.client_id}
            form |= {"client_secret": self.client.secret} if self.client.secret else {}
        reply = await self._outgoing.ask(metadata.token, urlencode(form).encode(), headers)
        if reply.status == HTTPStatus.BAD_REQUEST and _is_about_the_code(reply.body):
            raise NotIdentified("code")
        token = _json_of(reply.body, reply.failure, "token endpoint").get("id_token")
        if not isinstance(token, str):
            raise ProviderFailed("token endpoint: no ID token")
        return token

    async def _discover(self) -> Metadata:
        url = f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration"
        reply = await self._outgoing.ask(url)
        said = _json_of(reply.body, reply.failure, "discovery")
        if said.get("issuer") != self.client.issuer:
            raise ProviderFailed("discovery: another issuer")
        methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return Metadata(
            self._page(said, "authorization_endpoint"),
            self._page(said, "token_endpoint"),
            self._page(said, "jwks_uri"),
            self._page(said, "end_session_endpoint") if said.get("end_session_endpoint") else None,
            said.get("authorization_response_iss_parameter_supported") is True,
            isinstance(methods, list) and "client_secret_basic" in methods,
        )

    async def _fetch_keys(self) -> "list[Key]":
        from app.id_tokens import keys_of

        reply = await self._outgoing.ask((await self._metadata.get()).keys)
        _json_of(reply.body, reply.failure, "keys")
        return keys_of(reply.body)

    def _page(self, said: Mapping[str, Any], name: str) -> str:
        """An address that the provider publishes, on one of the hosts that the operator has named."""
        page = said.get(name)
        if not isinstance(page, str) or not URL.fullmatch(page) or self._outgoing.refusal(page):
            raise ProviderFailed(f"discovery: {name} is missing, or on a host that is not in PINPAI_SIGN_ON_HOSTS")
        return page


def _json_of(body: bytes, failure: object, place: str) -> dict[str, Any]:
    if failure is not None:
        raise ProviderFailed(f"{place}: {failure}")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise ProviderFailed(f"{place}: not the JSON that was expected")
    return said


def _is_about_the_code(body: bytes) -> bool:
    """RFC 6749 §5.2: other errors are about how this client is set up."""
    try:
        return _json_of(body, None, "token endpoint").get("error") == "invalid_grant"
    except ProviderFailed:
        return False


def _with(page: str, query: Mapping[str, str]) -> str:
    return f"{page}{'&' if '?' in page else '?'}{urlencode(query)}"


def _basic(client: Client) -> str:
    """RFC 6749 §2.3.1: both parts form-encoded."""
    pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
