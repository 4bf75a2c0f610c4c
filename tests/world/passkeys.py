"""A software authenticator (WebAuthn): the keys of a device, and the answers of a browser that speaks to it."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from httpx2 import Response

from app.models import Account
from tests.contract.client import ContractClient
from tests.world import World
from tests.world.factors import FACTORS
from tests.world.people import enter

DOMAIN, ORIGIN = "pinpai.example.org", "https://pinpai.example.org"
QUESTION, SIGN_IN = "/api/v1/sessions/passkey-challenge", "/api/v1/sessions/passkey"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Device:
    """One passkey of a person, who is verified unless the device was taken from them."""

    origin: str = ORIGIN
    domain: str = DOMAIN
    verifies: bool = True
    signatures: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: uuid4().bytes)

    def made(self, options: str, **more: str) -> dict[str, str]:
        """The answer to the options of a registration."""
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(self._public())
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        return more | {
            "credential_id": encoded(self.credential),
            "client_data": self._client_data("webauthn.create", options),
            "attestation_object": encoded(cbor2.dumps(attestation)),
        }

    def signed(self, options: str) -> dict[str, str]:
        """The answer to the options of a sign-in."""
        self.signatures += 1
        data, client_data = self._data(0), self._client_data("webauthn.get", options)
        over = data + hashlib.sha256(base64.urlsafe_b64decode(client_data + "==")).digest()
        return {
            "credential_id": encoded(self.credential),
            "client_data": client_data,
            "authenticator_data": encoded(data),
            "signature": encoded(self.key.sign(over, ec.ECDSA(hashes.SHA256()))),
        }

    def _client_data(self, kind: str, options: str) -> str:
        said = {"type": kind, "challenge": json.loads(options)["challenge"], "origin": self.origin}
        return encoded(json.dumps(said).encode())

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.domain.encode()).digest() + bytes([flags]) + self.signatures.to_bytes(4, "big")

    def _public(self) -> dict[int, Any]:
        """The public key as COSE has it: ES256."""
        numbers = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}


async def add_passkey(client: ContractClient, device: Device) -> Response:
    begun = await client.post(f"{FACTORS}/passkey-challenge")
    assert begun.status_code == 200, begun.text
    return await client.post(f"{FACTORS}/passkeys", json=device.made(begun.json()["options"], name="笔记本"))


async def with_passkey(world: World, account: Account) -> tuple[ContractClient, Device]:
    """A client of this account in the session in which it added a passkey."""
    client, device = await enter(world, account), Device()
    assert (await add_passkey(client, device)).status_code == 201
    return client, device


async def question(world: World) -> str:
    return str((await world.client().post(QUESTION)).json()["options"])


async def answer(world: World, device: Device) -> Response:
    return await world.client().post(SIGN_IN, json=device.signed(await question(world)))
