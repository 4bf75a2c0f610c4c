"""The regulation of load: how much one account may use and make, so that there is enough for the others.

An allowance is used up and restored with time: LimitReached (429), with the wait. A quota is of what stands until
somebody deletes it: InsufficientStorage (507). Quotas bind everybody but the office.
"""

from dataclasses import dataclass
from math import ceil

from app.findings import Rule
from app.problems import InsufficientStorage, LimitReached

UPLOADS_USED_UP = Rule(
    "uploads_used_up",
    "上传额度已用完：每个账号 {maximum} GiB，在 {hours} 小时内逐步恢复；删除文件不退还额度。",
    "The allowance of uploads is used up: {maximum} GiB for each account, restored steadily over {hours} h; "
    "what is deleted counts too.",
)
PROCESSING_USED_UP = Rule(
    "processing_used_up",
    "图片处理额度已用完：每个账号 {maximum} 秒，在 {hours} 小时内逐步恢复。",
    "The allowance of picture processing is used up: {maximum} s for each account, restored steadily over {hours} h.",
)
CHANGES_USED_UP = Rule(
    "changes_used_up",
    "操作过于频繁：每个账号可连续操作 {maximum} 次，额度在 {hours} 小时内逐步恢复。",
    "Too many changes: {maximum} for each account, restored steadily over {hours} h.",
)
TOO_MANY_AT_ONCE = Rule(
    "too_many_at_once",
    "该账号同时进行的请求过多，最多 {maximum} 个。",
    "Too many requests of this account at once: at most {maximum}.",
)
TOO_MANY_UPLOADS_AT_ONCE = Rule(
    "too_many_uploads_at_once",
    "该账号同时进行的上传过多，最多 {maximum} 个。",
    "Too many uploads of this account at once: at most {maximum}.",
)
TOO_MANY_STREAMS = Rule(
    "too_many_streams",
    "该账号同时打开的实时连接过多，最多 {maximum} 个；请关闭不用的页面。",
    "Too many streams of this account at once: at most {maximum}. Close pages that are not used.",
)
TOO_MANY_APPLICATIONS = Rule(
    "too_many_applications",
    "每个单位在一个活动中最多 {maximum} 件申报（含已撤回的），不能再新建；可先删除未提交的草稿。",
    "A unit may have {maximum} applications in a campaign, withdrawn ones included: delete drafts first.",
)
TOO_MANY_UNITS = Rule(
    "too_many_units",
    "每个党（工）委最多自行登记 {maximum} 个单位，更多单位请由主办单位登记。",
    "A committee registers {maximum} units at most: ask the office to register more.",
)
TOO_MANY_ACCOUNTS = Rule(
    "too_many_accounts",
    "每个党（工）委连同所属单位最多创建 {maximum} 个账号，更多账号请由主办单位创建。",
    "A committee makes {maximum} accounts for itself and its units at most: ask the office to make more.",
)
TOO_MANY_OBJECTIONS = Rule(
    "too_many_objections",
    "每个账号对一份通报最多提出 {maximum} 项异议，其余请直接与主办单位联系。",
    "An account raises {maximum} objections to a commendation at most: turn to the office with more.",
)
DISK_ALMOST_FULL = Rule(
    "disk_almost_full",
    "存储空间即将用尽，暂不接收文件，其他操作不受影响；请联系管理员。",
    "There is hardly any room left: no files are taken for now, everything else works. Turn to the administrator.",
)
STORAGE_FULL = Rule(
    "storage_full",
    "存储空间已满，未保存任何内容；请联系管理员。",
    "There is no room left, and nothing was kept. Turn to the administrator.",
)

RETRY_AT_ONCE = 1
"""Seconds until one of the account's own requests may have ended."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """An amount that an account may use up at once, restored steadily within some hours.

    `unit` is the size of one as the rule words it. Instants are in seconds, on whatever clock the caller has.
    """

    rule: Rule
    maximum: int
    hours: int
    unit: int = 1

    def restored_at(self, cost: float, restored_at: float, now: float) -> float:
        """Return when it will be whole again if this much is used now; `restored_at` is the present answer to that.

        Raises LimitReached (429) when there is not so much left.
        """
        whole = self.hours * 3600
        then = min(max(restored_at, now), now + whole) + cost * self._pace  # a clock set back costs no more than all
        wait = then - now - whole
        if wait > 0:
            finding = self.rule(maximum=self.maximum, hours=self.hours)
            raise LimitReached(finding, retry_after=ceil(wait))
        return then

    def given_back(self, cost: float, restored_at: float) -> float:
        """Return when it will be whole again if this much was not needed after all."""
        return restored_at - cost * self._pace

    @property
    def _pace(self) -> float:
        """Seconds in which one is restored."""
        return self.hours * 3600 / (self.maximum * self.unit)


def require_place(running: int, uploads: int, *, most: int, most_uploads: int) -> None:
    """Raise LimitReached (429) unless an account may have so many requests, and so many uploads among them, at once."""
    if running > most:
        raise LimitReached(TOO_MANY_AT_ONCE(maximum=most), retry_after=RETRY_AT_ONCE)
    if uploads > most_uploads:
        raise LimitReached(TOO_MANY_UPLOADS_AT_ONCE(maximum=most_uploads), retry_after=RETRY_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Quotas:
    """The numbers of things that may stand at a time."""

    applications_per_unit: int
    units_per_committee: int
    accounts_per_committee: int
    objections_per_account: int


def require_room(rule: Rule, standing: int, maximum: int) -> None:
    """Raise InsufficientStorage (507) unless one more may stand beside so many."""
    if standing >= maximum:
        raise InsufficientStorage(rule(maximum=maximum))


def require_free(free: int, floor: int) -> None:
    """Raise InsufficientStorage (507) when so few bytes are free that no files may be taken."""
    if free < floor:
        raise InsufficientStorage(DISK_ALMOST_FULL())
