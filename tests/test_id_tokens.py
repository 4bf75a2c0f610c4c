import base64
import hmac
import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from app.id_tokens import LOGOUT, Expected, Identified, TokenRefused, UnknownKey, ended, identified, keys_of

NOW = 1_790_000_000
ISSUER, CLIENT, NONCE = "https://login.example.gov.cn", "pinpai", "n-0S6_WzA2Mj"
EXPECTED = Expected(ISSUER, CLIENT, NOW)
KEY = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
CLAIMS = {"iss": ISSUER, "aud": CLIENT, "sub": "248289761001", "exp": NOW + 60, "iat": NOW, "nonce": NONCE}
ENDS = {
    "iss": ISSUER,
    "aud": CLIENT,
    "sub": "248289761001",
    "exp": NOW + 60,
    "iat": NOW,
    "jti": "1",
    "events": {LOGOUT: {}},
}


def document(*keys: Key, **more: Any) -> bytes:
    return json.dumps({"keys": [key.as_dict(private=False) | more for key in keys]}).encode()


PUBLISHED = keys_of(document(KEY, EC))


def signed(claims: dict[str, Any], key: Key = KEY, algorithm: str = "RS256", **header: Any) -> str:
    protected = {"alg": algorithm, "kid": key.kid} | header
    named = {name: value for name, value in protected.items() if value is not None}
    return jws.serialize_compact(named, json.dumps(claims).encode(), key, algorithms=[algorithm])


def test_an_id_token_that_holds_tells_the_subject_its_session_and_the_methods() -> None:
    claims = CLAIMS | {"sid": "s1", "amr": ["pwd", "otp"], "acr": "gold"}
    found = identified(signed(claims), PUBLISHED, EXPECTED, NONCE)
    assert found == Identified("248289761001", "s1", frozenset({"pwd", "otp", "gold"}))
    assert identified(signed(CLAIMS, EC, "ES256"), PUBLISHED, EXPECTED, NONCE).session is None


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": f"{ISSUER}/"}, "iss"),
        ({"iss": [ISSUER]}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": {CLIENT: 1}}, "aud"),
        ({"aud": [CLIENT, "another"]}, "azp"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "azp"),
        ({"azp": "another"}, "azp"),
        ({"exp": NOW - 61}, "exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": float("nan")}, "exp"),
        ({"iat": NOW + 61}, "iat"),
        ({"iat": None}, "iat"),
        ({"nbf": NOW + 61}, "nbf"),
        ({"auth_time": NOW + 3600}, "auth_time"),
        ({"auth_time": float("nan")}, "auth_time"),
        ({"auth_time": "yesterday"}, "auth_time"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "a\0b"}, "sub"),
        ({"sub": "\ud800"}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sid": ["s1"]}, "sid"),
    ],
)
def test_an_id_token_with_a_wrong_claim_is_refused(change: dict[str, Any], word: str) -> None:
    with pytest.raises(TokenRefused, match=f"^{word}$"):
        identified(signed(CLAIMS | change), PUBLISHED, EXPECTED, NONCE)


def test_claims_of_methods_that_are_no_methods_are_passed_over() -> None:
    for change in ({"amr": "mfa"}, {"amr": [1, None]}, {"acr": 2}, {"amr": {"mfa": True}}):
        assert identified(signed(CLAIMS | change), PUBLISHED, EXPECTED, NONCE).methods == frozenset()


def test_a_token_that_nobody_signed_is_refused() -> None:
    header, claims, _ = signed(CLAIMS).split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    for token in (f"{none}.{claims}.", f"{header}.{claims}.", f"{none}.{claims}.AAAA"):
        with pytest.raises(TokenRefused):
            identified(token, PUBLISHED, EXPECTED, NONCE)


@pytest.mark.parametrize("algorithm", ["HS256", "HS512"])
@pytest.mark.parametrize("secret", [KEY.as_pem(private=False), KEY.as_der(private=False), document(KEY), b""])
def test_a_public_key_is_no_secret_to_sign_with(algorithm: str, secret: bytes) -> None:
    header = json.dumps({"alg": algorithm, "kid": "rsa"}).encode()
    over = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in (header, json.dumps(CLAIMS).encode()))
    signature = hmac.digest(secret, over, f"sha{algorithm[2:]}")
    forged = (over + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()
    with pytest.raises(TokenRefused, match="alg"):
        identified(forged, PUBLISHED, EXPECTED, NONCE)


def test_edwards_curves_sign_too() -> None:
    key = OKPKey.generate_key("Ed25519", {"kid": "ed"})
    assert identified(signed(CLAIMS, key, "Ed25519"), keys_of(document(key)), EXPECTED, NONCE).session is None


def test_a_key_is_used_for_its_own_algorithm_alone() -> None:
    ours = keys_of(document(KEY, alg="RS256"))
    with pytest.raises(TokenRefused):
        identified(signed(CLAIMS, KEY, "PS256"), ours, EXPECTED, NONCE)
    with pytest.raises(TokenRefused):
        identified(signed(CLAIMS, EC, "ES256", kid="rsa"), ours, EXPECTED, NONCE)


def test_another_key_of_the_same_name_does_not_sign_for_it() -> None:
    with pytest.raises(TokenRefused, match="BadSignature"):
        identified(signed(CLAIMS, RSAKey.generate_key(2048, {"kid": "rsa"})), PUBLISHED, EXPECTED, NONCE)


def test_a_key_is_named_unless_there_is_but_one() -> None:
    assert identified(signed(CLAIMS, kid=None), keys_of(document(KEY)), EXPECTED, NONCE).subject == CLAIMS["sub"]
    for token in (signed(CLAIMS, kid=None), signed(CLAIMS, kid="new")):
        with pytest.raises(TokenRefused):
            identified(token, PUBLISHED, EXPECTED, NONCE)
    with pytest.raises(UnknownKey):
        identified(signed(CLAIMS, kid="new"), PUBLISHED, EXPECTED, NONCE)
    with pytest.raises(UnknownKey):
        identified(signed(CLAIMS), [], EXPECTED, NONCE)


def test_keys_that_do_not_sign_or_that_we_cannot_read_are_passed_over() -> None:
    weak = {"kty": "RSA", "kid": "weak", "n": KEY.as_dict(private=False)["n"][:170], "e": "AQAB"}
    others = [weak, {"kty": "oct", "k": "c2VjcmV0"}, {"kty": "new"}, {"kty": "EC", "crv": "P-256"}, [], None, 7]
    ed = OKPKey.generate_key("Ed25519", {"kid": "ed"}).as_dict(private=False)
    for_secrets = KEY.as_dict(private=False) | {"use": "enc"}
    listed = json.dumps({"keys": [*others, for_secrets, ed, EC.as_dict(private=False)]}).encode()
    assert [key.kid for key in keys_of(listed)] == ["ed", "ec"]
    for nonsense in (b"", b"[]", b"{}", b'{"keys": 7}', b"\xff", b"[" * 100_000):
        assert keys_of(nonsense) == []


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "e30.e30.e30", "é.é.é", "a.b.c.d.e", "e30..", "\0"])
def test_nonsense_is_no_token(token: str) -> None:
    with pytest.raises(TokenRefused):
        identified(token, PUBLISHED, EXPECTED, NONCE)


@pytest.mark.parametrize("payload", [b"[]", b"7", b"{", b"[" * 100_000])
def test_what_is_signed_must_be_claims(payload: bytes) -> None:
    token = jws.serialize_compact({"alg": "RS256", "kid": "rsa"}, payload, KEY, algorithms=["RS256"])
    with pytest.raises(TokenRefused):
        identified(token, PUBLISHED, EXPECTED, NONCE)


def test_a_logout_token_ends_a_session_or_all_of_a_subject() -> None:
    assert ended(signed(ENDS), PUBLISHED, EXPECTED) == ("1", "248289761001", None)
    assert ended(signed(ENDS | {"sub": None, "sid": "s1"}), PUBLISHED, EXPECTED) == ("1", None, "s1")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"nonce": NONCE}, "nonce"),
        ({"events": {}}, "events"),
        ({"events": {LOGOUT: True}}, "events"),
        ({"events": [LOGOUT]}, "events"),
        ({"jti": None}, "jti"),
        ({"sub": None}, "sub"),
        ({"sub": ["all"]}, "sub"),
        ({"aud": "another"}, "aud"),
        ({"iss": "https://evil.example"}, "iss"),
        ({"exp": NOW - 61}, "exp"),
        ({"iat": NOW - 601, "exp": NOW + 10**9}, "iat"),
    ],
)
def test_a_logout_token_with_a_wrong_claim_is_refused(change: dict[str, Any], word: str) -> None:
    with pytest.raises(TokenRefused, match=f"^{word}$"):
        ended(signed(ENDS | change), PUBLISHED, EXPECTED)


def test_neither_token_passes_for_the_other() -> None:
    with pytest.raises(TokenRefused, match="events"):
        ended(signed(CLAIMS), PUBLISHED, EXPECTED)
    with pytest.raises(TokenRefused, match="nonce"):
        identified(signed(ENDS), PUBLISHED, EXPECTED, NONCE)
