"""Codes that a person types, over the contract: however they are written, they are the same."""

from collections.abc import Callable

import pytest
from pydantic import TypeAdapter

from app.api.filing.receipts import VerificationCode
from app.api.http.document import nodes
from app.services.people.committees import CommitteeCode
from app.services.people.hashing import code_hash
from app.services.people.units import CreditCode
from tests.contract.operations import DOCUMENT, OPERATIONS, SCHEMAS

OF_PROGRAMS = "^[a-z][a-z0-9_]*$"
"""The form of codes that no person types: they are chosen from what the notice defines."""
OF_PROVIDERS = {"SignOnAnswer/code"}
"""Codes that a browser brings back: no person types them, and they are the provider's to read."""
Same = Callable[[str], object]
TYPED: dict[str, tuple[str, Same]] = {
    "verification_code": ("7K4M-Q2XA-9TCE-H5WP", TypeAdapter[str](VerificationCode).validate_python),
    "Activation/code": ("MFRA-2Q7B-KNSX-7ZHO", code_hash),
    "Reauthentication/code": ("MFRA-2Q7B-KNSX-7ZHO", code_hash),
    "SecondStep/code": ("MFRA-2Q7B-KNSX-7ZHO", code_hash),
    "TotpConfirmation/code": ("492039", code_hash),
    "CommitteeCreate/code": ("QT01", TypeAdapter[str](CommitteeCode).validate_python),
    "CommitteeEntry/code": ("QT01", TypeAdapter[str](CommitteeCode).validate_python),
    "UnitChange/credit_code": ("91350100M000100Y43", TypeAdapter[str](CreditCode).validate_python),
    "UnitCreate/credit_code": ("91350100M000100Y43", TypeAdapter[str](CreditCode).validate_python),
    "UnitEntry/credit_code": ("91350100M000100Y43", TypeAdapter[str](CreditCode).validate_python),
}


def sent() -> set[str]:
    """The codes in requests that are neither of programs nor a choice."""
    bodies = {part["$ref"].rpartition("/")[2] for each in OPERATIONS for part in nodes(each.request) if "$ref" in part}
    reached = set[str]()
    while bodies - reached:
        reached |= bodies
        inner = [part for name in bodies for part in nodes(SCHEMAS[name]) if "$ref" in part]
        bodies = {part["$ref"].rpartition("/")[2] for part in inner}
    members = {
        f"{name}/{member}"
        for name in reached
        for member, schema in SCHEMAS[name].get("properties", {}).items()
        if member.endswith("code") and schema.get("pattern") != OF_PROGRAMS and "enum" not in schema
    }
    parameters = [each for operation in OPERATIONS for each in operation.parameters]
    texts = {each["name"] for each in parameters if each["schema"].get("type") == "string"}
    return members | {name for name in texts if name.endswith("_code")}


def test_every_code_that_is_sent_is_tried() -> None:
    assert DOCUMENT["paths"]
    assert sent() - OF_PROVIDERS == TYPED.keys()


@pytest.mark.parametrize("name", TYPED)
def test_a_code_is_the_same_however_it_is_typed(name: str) -> None:
    code, same = TYPED[name]
    full = "".join(chr(ord(each) + 0xFEE0) for each in code)
    spaced = " ".join(code.replace("-", ""))
    spellings = [code.lower(), code.replace("-", ""), code.replace("-", "—"), f" {code}\u200b", full, spaced]
    assert [same(each) for each in spellings] == [same(code)] * len(spellings)
