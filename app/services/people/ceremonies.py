"""Ceremonies of WebAuthn: what a browser is asked, and whether its answer holds. Only this module knows the library.

It takes 20 MB, so it is imported by whoever first meets a passkey.
"""

from collections.abc import Sequence
from typing import NamedTuple

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.models import Account, Factor

MALFORMED = (WebAuthnException, ValueError)
VERIFIED = UserVerificationRequirement.REQUIRED


class Question(NamedTuple):
    """The options for the browser as JSON, and the challenge in them."""

    options: str
    challenge: bytes


class Registered(NamedTuple):
    """A passkey as its device made it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


class Ceremonies(NamedTuple):
    """The ceremonies of one relying party: its domain, its name, and the origins of its frontends."""

    domain: str
    name: str
    origins: Sequence[str]

    def ask_to_register(self, account: Account, known: Sequence[bytes]) -> Question:
        options = webauthn.generate_registration_options(
            rp_id=self.domain,
            rp_name=self.name,
            user_id=account.id.bytes,
            user_name=account.username,
            user_display_name=account.name,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        )
        return Question(options_to_json(options), options.challenge)

    def registered(self, credential_id: str, challenge: bytes, response: dict[str, str]) -> Registered | None:
        """The passkey that was made, if this challenge was answered by it."""
        try:
            made = webauthn.verify_registration_response(
                credential=_credential(credential_id, response),
                expected_challenge=challenge,
                expected_rp_id=self.domain,
                expected_origin=[*self.origins],
                require_user_verification=True,
            )
        except MALFORMED:
            return None
        found = Registered(made.credential_id, made.credential_public_key, made.sign_count)
        return found if found.credential_id == base64url_to_bytes(credential_id) else None

    def ask_to_sign_in(self) -> Question:
        options = webauthn.generate_authentication_options(rp_id=self.domain, user_verification=VERIFIED)
        return Question(options_to_json(options), options.challenge)

    def proven(self, passkey: Factor, challenge: bytes, response: dict[str, str]) -> int | None:
        """The new count of a passkey that signed this challenge; None if it did not."""
        assert passkey.credential_id, "no other factor has a credential"
        assert passkey.public_key, "nor a key"
        try:
            verified = webauthn.verify_authentication_response(
                credential=_credential(bytes_to_base64url(passkey.credential_id), response),
                expected_challenge=challenge,
                expected_rp_id=self.domain,
                expected_origin=[*self.origins],
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count or 0,
                require_user_verification=True,
            )
        except MALFORMED:
            return None
        return verified.new_sign_count

    @staticmethod
    def challenge_in(client_data: str) -> bytes | None:
        """The challenge that a browser's client data name; None if they cannot be read."""
        try:
            return parse_client_data_json(base64url_to_bytes(client_data)).challenge
        except MALFORMED:
            return None


def _credential(credential_id: str, response: dict[str, str]) -> dict[str, object]:
    """The browser's answer, as its standard writes it."""
    return {"id": credential_id, "rawId": credential_id, "type": "public-key", "response": response}
