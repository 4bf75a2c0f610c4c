"""Tokens of an OpenID provider: whether their signature and their claims hold. Only this module knows the library.

Only public keys verify here, so nobody who knows one can sign with it; what is refused is told by a word for the log.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519"),
]
LEEWAY = 60
"""Seconds that the provider's clock may be off."""
LOGOUT_LIFE = 600
"""Seconds that a logout token counts after it was issued; so long its identity is remembered."""
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
LONGEST = 255
RSA_2048 = 342
"""Characters of a modulus of 2048 bits."""
MALFORMED = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)

Claims = Mapping[str, Any]
Key = RSAKey | ECKey | OKPKey


class TokenRefused(Exception):
    """A token that does not hold; its text is the first rule it breaks."""


class UnknownKey(TokenRefused):
    """Signed with a key that is not among those that were published."""


class Expected(NamedTuple):
    """The issuer and the client of a token, and the time by which it is judged, in seconds."""

    issuer: str
    client_id: str
    now: float


class Identified(NamedTuple):
    """Somebody whom the provider has identified: by which session of its own, by which methods, and when if it says."""

    subject: str
    session: str | None
    methods: frozenset[str]
    at: float | None = None


class Ended(NamedTuple):
    """A sign-out at the provider: of one of its sessions, or of all of a subject."""

    token_id: str
    subject: str | None
    session: str | None


def keys_of(document: bytes) -> list[Key]:
    """The public keys of a JWKS that may sign; what we cannot use is passed over, as RFC 7517 §5 has it."""
    try:
        listed = json.loads(document)["keys"]
        return [key for each in listed if (key := _key_of(each))]
    except MALFORMED:
        return []


def identified(token: str, keys: Iterable[Key], expected: Expected, nonce: str) -> Identified:
    """Return whom an ID token identifies (OpenID Connect Core §3.1.3.7); TokenRefused unless it holds."""
    claims = _verified(token, keys)
    _check_common(claims, expected)
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    _require(claims.get("azp", None if several else expected.client_id) == expected.client_id, "azp")
    _require(claims.get("nonce") == nonce, "nonce")
    subject = _text(claims, "sub")
    if subject is None:
        raise TokenRefused("sub")
    methods = claims.get("amr") if isinstance(claims.get("amr"), list) else []
    said = [*(methods or []), claims.get("acr")]
    at = _number(claims, "auth_time") if "auth_time" in claims else None
    _require(at is None or 0 <= at < expected.now + LEEWAY, "auth_time")
    return Identified(subject, _text(claims, "sid"), frozenset(each for each in said if isinstance(each, str)), at)


def ended(token: str, keys: Iterable[Key], expected: Expected) -> Ended:
    """Return what a logout token ends (OpenID Connect Back-Channel Logout §2.6); TokenRefused unless it holds."""
    claims = _verified(token, keys)
    _check_common(claims, expected)
    _require(claims["iat"] > expected.now - LOGOUT_LIFE, "iat")
    events = claims.get("events")
    _require(isinstance(events, dict) and isinstance(events.get(LOGOUT), dict), "events")
    _require("nonce" not in claims, "nonce")
    token_id, subject, session = (_text(claims, name) for name in ("jti", "sub", "sid"))
    if token_id is None:
        raise TokenRefused("jti")
    _require(subject is not None or session is not None, "sub")
    return Ended(token_id, subject, session)


def _key_of(member: Any) -> Key | None:
    try:
        if member.get("use", "sig") != "sig" or member["kty"] not in ("RSA", "EC", "OKP"):
            return None
        if member["kty"] == "RSA" and len(member["n"]) < RSA_2048:
            return None
        key = import_key(member)
    except MALFORMED:
        return None
    return key if isinstance(key, Key) else None


def _verified(token: str, keys: Iterable[Key]) -> Claims:
    try:
        header = jws.extract_compact(token.encode()).headers()
        _require(header.get("alg") in ALGORITHMS, "alg")
        return jwt.decode(token, _signer(header, keys), algorithms=ALGORITHMS).claims
    except MALFORMED as error:
        raise TokenRefused(type(error).__name__) from None


def _signer(header: Mapping[str, Any], keys: Iterable[Key]) -> Key:
    """The key that a token names; it may name none if there is but one."""
    named = [key for key in keys if "kid" not in header or key.kid == header["kid"]]
    if len(named) != 1:
        raise UnknownKey("kid")
    return named[0]


def _check_common(claims: Claims, expected: Expected) -> None:
    audience = claims.get("aud")
    _require(claims.get("iss") == expected.issuer, "iss")
    _require(expected.client_id in (audience if isinstance(audience, list) else [audience]), "aud")
    _require(_number(claims, "exp") > expected.now - LEEWAY, "exp")
    _require(_number(claims, "iat") < expected.now + LEEWAY, "iat")
    _require(_number(claims, "nbf", 0) < expected.now + LEEWAY, "nbf")


def _require(holds: bool, word: str) -> None:
    if not holds:
        raise TokenRefused(word)


def _number(claims: Claims, name: str, default: float | None = None) -> float:
    value = claims.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused(name)
    return value


def _text(claims: Claims, name: str) -> str | None:
    """A name as it can be stored; None if there is none, TokenRefused for what is not one."""
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= LONGEST:
        raise TokenRefused(name)
    return value
