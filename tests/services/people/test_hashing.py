from collections.abc import Mapping
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters

from app.services.people import hashing


@pytest.fixture(autouse=True)
def in_earnest(earnest_hashes: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in earnest_hashes.items():
        monkeypatch.setattr(hashing, name, value)


async def test_only_the_password_matches_its_hash() -> None:
    stored = await hashing.hashed("竹筏 暖壶 第七页")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await hashing.matches(stored, "竹筏 暖壶 第七页")
    assert not await hashing.matches(stored, "竹筏 暖壶 第八页")
    assert not await hashing.matches(None, "竹筏 暖壶 第七页")
    assert not await hashing.matches(hashing.secret_hash("a client's secret"), "a client's secret")


async def test_a_check_costs_the_same_where_there_is_no_hash() -> None:
    assert extract_parameters(hashing._NOBODY) == extract_parameters(await hashing.hashed("x"))  # noqa: SLF001


async def test_a_hash_of_other_parameters_is_outdated() -> None:
    assert hashing.is_outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))
    assert not hashing.is_outdated(await hashing.hashed("x"))


def test_a_code_may_be_typed_as_it_was_heard() -> None:
    code = hashing.random_code()
    assert len(code.replace("-", "")) * 5 == 120
    assert hashing.code_hash(code) == hashing.code_hash(" " + code.lower().replace("-", " "))
    assert hashing.code_hash(code) != hashing.code_hash(hashing.random_code())
