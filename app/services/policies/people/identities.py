"""The regulation of single sign-on: an account is bound to one identity at the provider, and never made by it.

Role, organisation and rights are those of the account: nothing that the provider says of a person changes them.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from app.findings import Rule
from app.models.enums import Assurance
from app.services.policies import Event
from app.services.policies.people import factors

CHALLENGE_LIFE = timedelta(minutes=10)
"""The time from the beginning of a sign-on until its answer: a person types a password there, and a code."""
STALE = factors.RECENT + timedelta(minutes=1)
"""An age at which a proof of identity does not count any more."""
LOGOUT_REMEMBERED = timedelta(minutes=15)
"""Longer than a logout token counts."""

SIGN_ON_NOT_SET_UP = Rule(
    "sign_on_not_set_up",
    "本系统未启用统一身份认证，请使用用户名和密码。",
    "Single sign-on is not set up here: use your name and password.",
)
UNKNOWN_REDIRECT = Rule(
    "unknown_redirect",
    "该返回地址未登记，请使用公布的地址。",
    "This address to come back to is not one of those that are published.",
)
NOT_IDENTIFIED = Rule(
    "not_identified",
    "统一身份认证未通过，请重新开始。",
    "The provider's answer did not hold: begin again.",
)
NOT_BOUND = Rule(
    "identity_not_bound",
    "该统一身份尚未绑定账号，请先用用户名和密码登录，再绑定。",
    "This identity is bound to no account: sign in with your name and password first, and bind it.",
)
ALREADY_BOUND = Rule(
    "already_bound",
    "该账号已绑定统一身份，请先解除绑定。",
    "The account is bound to an identity already: remove that one first.",
)

BEGUN = Event("account.identity_begun", "开始绑定统一身份", "Began to bind an identity of the provider")
BOUND = Event("account.identity_bound", "绑定统一身份", "Bound an identity of the provider")
UNBOUND = Event("account.identity_unbound", "解除统一身份绑定", "Removed the binding to an identity of the provider")
SIGNED_OUT_THERE = Event("account.signed_out_by_provider", "统一身份认证退出", "Was signed out at the provider")


def assurance_of(methods: Collection[str], two_factors: Collection[str]) -> Assurance:
    """Two factors if the provider names a method that the operator trusts to be two; otherwise as with a password."""
    return Assurance.TWO_FACTORS if set(methods) & set(two_factors) else Assurance.ONE_FACTOR


def proved_at(told: float | None, now: datetime) -> datetime:
    """Return when the person proved who they are: a session at the provider may be older than the sign-on here.

    A provider that does not tell, though it was asked, proves nothing of now. Of a proof that does not count any more
    it is no longer ago than that: the database takes no instant of old.
    """
    stale = now - STALE
    return stale if told is None else min(now, max(datetime.fromtimestamp(told, UTC), stale))
