import time

import pytest
from argon2 import PasswordHasher

from app.services.people import hashing


async def test_only_the_password_matches_its_hash() -> None:
    stored = await hashing.hashed("竹筏 暖壶 第七页")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await hashing.matches(stored, "竹筏 暖壶 第七页")
    assert not await hashing.matches(stored, "竹筏 暖壶 第八页")
    assert not await hashing.matches(None, "竹筏 暖壶 第七页")
    assert not await hashing.matches(hashing.secret_hash("a client's secret"), "a client's secret")


async def test_a_hash_of_other_parameters_is_outdated() -> None:
    assert hashing.is_outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))
    assert not hashing.is_outdated(await hashing.hashed("x"))


@pytest.mark.parametrize(
    "password", ["password1234", "qwertyuiop123456", "1q2w3e4r5t6y", "13803151234", "李文博李文博李文博"]
)
async def test_what_is_tried_first_is_guessable(password: str) -> None:
    assert await hashing.is_guessable(password, ["longhua.li", "李文博", "13803151234", None])


@pytest.mark.parametrize(
    "password", ["竹筏 暖壶 第七页 山雀 borrowed-lamp", "x9Kq-2mWz-77Lp", "老太太过马路要人扶一把哦"]
)
async def test_what_nobody_would_try_is_not(password: str) -> None:
    assert not await hashing.is_guessable(password, ["longhua.li", "李文博", None])


async def test_a_password_made_to_keep_the_estimator_busy_is_judged_soon() -> None:
    started = time.process_time()
    await hashing.is_guessable("4@8({[<369!1|0$5+7%2x" * 6, [])
    assert time.process_time() - started < 3


def test_a_code_may_be_typed_as_it_was_heard() -> None:
    code = hashing.random_code()
    assert len(code.replace("-", "")) * 5 == 120
    assert hashing.code_hash(code) == hashing.code_hash(" " + code.lower().replace("-", " "))
    assert hashing.code_hash(code) != hashing.code_hash(hashing.random_code())
