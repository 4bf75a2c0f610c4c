"""Ceremonies with what no browser sends; what they do with a real answer is told by the tests of passkeys."""

from uuid import uuid4

import pytest

from app.models import Account, Factor
from app.models.enums import FactorKind, Role
from app.services.people.ceremonies import Ceremonies
from tests.world import NOW

HERE = Ceremonies("pinpai.example.org", "Pinpai", ["https://pinpai.example.org"])
ACCOUNT = Account(id=uuid4(), username="li", name="李文博", role=Role.OFFICE)


def test_a_question_excludes_the_passkeys_there_are_and_asks_for_a_verified_person() -> None:
    question = HERE.ask_to_register(ACCOUNT, [b"known"])
    assert '"userVerification": "required"' in question.options
    assert '"id": "a25vd24"' in question.options
    assert HERE.ask_to_sign_in().challenge != question.challenge


@pytest.mark.parametrize("response", [{}, {"clientDataJSON": "e30", "attestationObject": "oA", "signature": "AA"}])
def test_nonsense_registers_nothing_and_proves_nothing(response: dict[str, str]) -> None:
    passkey = Factor(
        account_id=ACCOUNT.id,
        kind=FactorKind.PASSKEY,
        name="",
        credential_id=b"known",
        public_key=b"\xa0",
        created_at=NOW,
        updated_at=NOW,
    )
    assert HERE.registered("a25vd24", b"challenge", response) is None
    assert HERE.proven(passkey, b"challenge", response) is None


@pytest.mark.parametrize("client_data", ["", "e30", "W10", "!"])
def test_client_data_that_are_none_name_no_challenge(client_data: str) -> None:
    assert HERE.challenge_in(client_data) is None
