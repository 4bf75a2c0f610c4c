"""The regulation of second factors: the accounts that need one, the codes that count, how recent a sign-in must be."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.findings import Finding, Rule
from app.models.enums import Assurance, Role
from app.problems import ReauthenticationRequired
from app.services.policies import Event

if TYPE_CHECKING:
    import pyotp

STEP = 30
"""Seconds of one code of an authenticator app (RFC 6238)."""
DRIFT = 1
"""Steps that the clock of a telephone may be off, either way."""
MOST = 10
"""Factors of one account."""
RECOVERY_CODES = 10
CHALLENGE_LIFE = timedelta(minutes=5)
"""The time between the password and the second factor, and for a passkey to sign."""
RECENT = timedelta(minutes=10)
"""The time after a proof of identity in which an account's own protection may be changed."""

WRONG_CODE = Rule(
    "wrong_code",
    "验证码或恢复码不正确、已使用或已过期。",
    "The code is wrong, used or expired.",
)
WRONG_PASSKEY = Rule(
    "wrong_passkey",
    "通行密钥未通过验证，请重试。",
    "The passkey was not verified: begin again.",
)
PASSKEYS_NOT_SET_UP = Rule(
    "passkeys_not_set_up",
    "本系统未启用通行密钥，请使用动态口令。",
    "Passkeys are not set up here: use an authenticator app.",
)
ALREADY_CONFIRMED = Rule("already_confirmed", "该验证方式已经启用。", "This factor is confirmed already.")
TOO_MANY_FACTORS = Rule(
    "too_many_factors",
    "一个账号最多 {maximum} 种验证方式，请先删除一种。",
    "An account has at most {maximum} factors: remove one first.",
)
NO_FACTOR = Rule("no_factor", "该账号没有启用二次验证。", "The account has no second factor.")

FACTOR_BEGUN = Event("account.factor_begun", "登记验证方式", "Began to add a second factor")
FACTOR_ADDED = Event("account.factor_added", "启用验证方式", "Added a second factor")
FACTOR_RENAMED = Event("account.factor_renamed", "修改验证方式名称", "Renamed a second factor")
FACTOR_REMOVED = Event("account.factor_removed", "删除验证方式", "Removed a second factor")
FACTORS_RESET = Event("account.factors_reset", "重置全部验证方式", "Removed all second factors of a lost device")
RECOVERY_CODES_ISSUED = Event("account.recovery_codes_issued", "更换恢复码", "Issued recovery codes")
RECOVERY_CODE_USED = Event("account.recovery_code_used", "使用恢复码", "Used a recovery code")
SECOND_STEP_REFUSED = Event("account.second_step_refused", "二次验证被拒绝", "Was refused at the second step")
REAUTHENTICATED = Event("account.reauthenticated", "再次验证身份", "Proved the identity again")
REAUTHENTICATION_REFUSED = Event("account.reauthentication_refused", "再次验证被拒绝", "Was refused a second proof")


def must_enrol(role: Role, assurance: Assurance, required: Collection[str]) -> bool:
    """Return true for a session that may only add a factor: its role needs one, and it was opened without."""
    return role.value in required and assurance is Assurance.ONE_FACTOR


def require_recent(proved_at: datetime | None, now: datetime) -> None:
    """Raise ReauthenticationRequired (403) unless identity was proven a short while ago."""
    if proved_at is None or now - proved_at > RECENT:
        raise ReauthenticationRequired


def steps_at(now: datetime) -> range:
    """Return the time steps whose codes are taken at this instant."""
    step = int(now.timestamp()) // STEP
    return range(step - DRIFT, step + DRIFT + 1)


def authenticator(seed: str) -> "pyotp.TOTP":
    """Return the authenticator app of this seed, as its owner has it."""
    from pyotp import TOTP  # noqa: PLC0415  # only where one is used

    return TOTP(seed)


def is_totp(code: str) -> bool:
    """Return true for a code of an authenticator app; every other one is a recovery code."""
    return re.fullmatch(r"[0-9]{6}", code.replace(" ", "")) is not None


def room_findings(count: int) -> list[Finding]:
    """A finding if the account has as many factors as it may."""
    return [] if count < MOST else [TOO_MANY_FACTORS(maximum=MOST)]
