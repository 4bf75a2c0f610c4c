"""An OpenID provider in small: a real server on loopback that signs what a test asks for, and a browser that meets it.

It checks what a provider has to: the client, the redirect address, the code and its verifier, each code once.
"""

import asyncio
import base64
import hashlib
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, Key
from pydantic import SecretStr

from app.openid import Answer, Client, Provider
from app.outgoing import Outgoing
from tests.world.ports import free_port
from tests.world.receiver import Behaviour, Received, read_message, status

CLIENT, SECRET = "pinpai", "not: a % secret"
REDIRECT = "https://pinpai.example.org/signed-on"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


def signing_key(kid: str) -> Key:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


@dataclass
class SmallProvider:
    """Signs in whoever a test names; `claims` and `header` change the next tokens, `answers` replaces answers."""

    port: int = 0
    key: Key = field(default_factory=lambda: signing_key("first"))
    published: list[Key] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    answers: dict[str, deque[Behaviour]] = field(default_factory=dict)
    asked: list[Received] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self) -> Client:
        return Client(self.issuer, CLIENT, SECRET, ("openid", "profile"))

    @property
    def outgoing(self) -> Outgoing:
        hosts = frozenset({f"127.0.0.1:{self.port}"})
        return Outgoing(hosts, loopback=True, connecting=1.0, answering=1.0)

    def seen_by_us(self) -> Provider:
        return Provider(self.client, self.outgoing)

    def authorize(self, url: str, subject: str, session: str | None = None) -> Answer:
        """Do as a browser whose person is this subject: go to the page, sign in, come back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert query["response_type"] == "code"
        code = uuid4().hex
        self.codes[code] = {**query, "sub": subject, **({"sid": session} if session else {})}
        return Answer(query["state"], code, self.issuer)

    def id_token(self, asked: dict[str, str]) -> str:
        told = {"auth_time": int(time.time())} if "max_age" in asked else {}
        named = {"sid": asked["sid"]} if "sid" in asked else {}
        return self.signed({"sub": asked["sub"], "nonce": asked["nonce"]} | named | told)

    def logout_token(self, **claims: Any) -> str:
        return self.signed({"jti": uuid4().hex, "events": {LOGOUT: {}}} | claims)

    def signed(self, claims: dict[str, Any]) -> str:
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 120} | claims | self.claims
        named = {name: value for name, value in said.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, named, self.key, algorithms=["ES256"])

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            message = await read_message(reader)
            self.asked.append(message)
            instead = self.answers.get(message.path)
            await (instead.popleft() if instead else self._answer(message))(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # who asked has had enough
        finally:
            writer.close()

    def _answer(self, message: Received) -> Behaviour:
        if message.path == "/.well-known/openid-configuration":
            return _said(200, self._about())
        if message.path == "/keys":
            return _said(200, {"keys": [key.as_dict(private=False) for key in self.published or [self.key]]})
        if message.path == "/token":
            return self._exchange(message)
        return status(404)

    def _about(self) -> dict[str, Any]:
        pages = {"authorization_endpoint": "sign-in", "token_endpoint": "token", "jwks_uri": "keys"}
        about = {"issuer": self.issuer, **{name: f"{self.issuer}/{page}" for name, page in pages.items()}}
        about |= {"end_session_endpoint": f"{self.issuer}/sign-out"}
        return {**about, "authorization_response_iss_parameter_supported": True, **self.metadata}

    def _exchange(self, message: Received) -> Behaviour:
        form = {name: values[0] for name, values in parse_qs(message.body.decode()).items()}
        pair = base64.b64decode(message.headers["authorization"].removeprefix("Basic ")).decode().split(":")
        if [unquote(part) for part in pair] != [CLIENT, SECRET]:
            return _said(401, {"error": "invalid_client"})
        asked = self.codes.pop(form["code"], None)
        verified = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if asked is None or asked["redirect_uri"] != form["redirect_uri"]:
            return _said(400, {"error": "invalid_grant"})
        if asked["code_challenge"] != verified.rstrip("=") or asked["code_challenge_method"] != "S256":
            return _said(400, {"error": "invalid_grant"})
        return _said(200, {"access_token": "opaque", "token_type": "Bearer", "id_token": self.id_token(asked)})


def of_provider() -> dict[str, Any]:
    """The settings of a deployment whose provider is not there until a test starts it."""
    return {
        "sign_on_issuer": f"http://127.0.0.1:{free_port()}",
        "sign_on_client_id": CLIENT,
        "sign_on_client_secret": SecretStr(SECRET),
        "sign_on_redirect_uris": (REDIRECT,),
        "sign_on_name": "唐山市统一身份认证",
        "sign_on_two_factors": ("mfa",),
    }


@asynccontextmanager
async def providing(port: int = 0) -> AsyncIterator[SmallProvider]:
    """A provider at this port, or at any."""
    provider = SmallProvider()
    server = await asyncio.start_server(provider.talk, "127.0.0.1", port)
    provider.port = server.sockets[0].getsockname()[1]
    try:
        yield provider
    finally:
        server.close()


def _said(code: int, body: dict[str, Any]) -> Behaviour:
    return status(code, json.dumps(body).encode(), Content_Type="application/json")
