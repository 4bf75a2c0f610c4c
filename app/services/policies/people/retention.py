"""The table of personal data that is deleted by itself: after what time, and why; all else stays with its subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.findings import CHINA, Sentence
from app.services.policies.people import factors, identities, throttling

ANSWERS = timedelta(days=7)
"""The time for which the answer to an idempotency key is stored: longer than any client retries."""
UNFINISHED = timedelta(days=1)
"""The time for which a second factor may wait to be confirmed."""
GRACE = timedelta(days=2)
"""The time after which something that should be deleted is missed: a night without a worker, and one more."""
NIGHT = range(1, 5)
"""Hours in which the worker deletes by periods that the operator sets."""


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods that the operator sets."""

    trace: timedelta
    notice: timedelta
    value: timedelta

    @classmethod
    def of_days(cls, trace: int, notice: int, value: int) -> "Periods":
        return cls(timedelta(days=trace), timedelta(days=notice), timedelta(days=value))


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that is deleted by itself: after a fixed time, or the name of one of the periods."""

    words: Sentence
    why: Sentence
    after: timedelta | str


KEPT: Mapping[str, Kept] = {
    "sessions": Kept(
        Sentence("已结束的登录", "A session, once it ended"),
        Sentence("结束即无用；登录记录在历史中。", "It opens nothing any more; the sign-in is in the history."),
        timedelta(),
    ),
    "passkey_challenges": Kept(
        Sentence("通行密钥的验证请求", "What a passkey was to sign"),
        Sentence("仅可使用一次。", "It is used once."),
        factors.CHALLENGE_LIFE,
    ),
    "sign_on_challenges": Kept(
        Sentence("统一身份认证的登录请求", "A sign-on under way"),
        Sentence("仅可使用一次。", "It is used once."),
        identities.CHALLENGE_LIFE,
    ),
    "logout_tokens": Kept(
        Sentence("统一身份认证的退出消息", "A sign-out that the provider has told"),
        Sentence("同一消息只计一次。", "The same one counts once."),
        identities.LOGOUT_REMEMBERED,
    ),
    "factors": Kept(
        Sentence("未确认的第二验证方式", "A second factor that was never confirmed"),
        Sentence("未确认则不生效。", "It counts only once it is confirmed."),
        UNFINISHED,
    ),
    "sign_in_attempts": Kept(
        Sentence("登录尝试：失败的一天，成功的一个月", "An attempt to sign in: a failed one a day, another a month"),
        Sentence("用于限制猜测密码的次数。", "Guesses are slowed down by them, and known addresses are not."),
        throttling.KNOWN,
    ),
    "idempotency_keys": Kept(
        Sentence("请求的应答（加密保存）", "The answer to a request, encrypted"),
        Sentence("供同一请求重发时再次返回。", "A request that is sent again is answered by it."),
        ANSWERS,
    ),
    "traces": Kept(
        Sentence("历史记录中的网络地址和客户端", "Addresses and clients of sign-ins in the history"),
        Sentence("用于查明账号被冒用；网络日志依法至少留存六个月。", "Misuse of an account is found by them."),
        "trace",
    ),
    "notifications": Kept(
        Sentence("通知", "A notification"),
        Sentence(
            "供收件人查阅；所告知的事项本身另有记录。", "Its recipient reads it; what it tells of is kept elsewhere."
        ),
        "notice",
    ),
    "values": Kept(
        Sentence("历史记录中修改前后的内容", "Values before and after a change, in the history"),
        Sentence("用于核对修改；修改本身仍在历史中。", "Changes are looked up by them; that they happened stays."),
        "value",
    ),
}
"""Each by its name; those with a period of the operator are deleted at night, the others within a minute or a night."""


def is_night(now: datetime) -> bool:
    """Return true in the hours in which the worker deletes."""
    return now.astimezone(CHINA).hour in NIGHT


def due_before(name: str, periods: Periods, now: datetime) -> datetime:
    """Return the instant before which something of this name is deleted."""
    after = KEPT[name].after
    return now - (getattr(periods, after) if isinstance(after, str) else after)


def is_missed(name: str, periods: Periods, oldest: datetime, now: datetime) -> bool:
    """Return true if the oldest thing of this name should have been deleted nights ago."""
    return oldest < due_before(name, periods, now) - GRACE
