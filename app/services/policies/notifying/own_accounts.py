"""Notices of what happens to an account, to the person it belongs to."""

from app.findings import Sentence
from app.services.policies.notifying.kinds import OFFICE, TO_WHOM_IT_NAMES, Telling


def _own(event: str, zh: str, en: str, *, once_a_day: bool = False) -> Telling:
    """Declare a notice to the owner of an account, who gets it whoever did it: it may have been somebody else."""
    return Telling(
        event, TO_WHOM_IT_NAMES, Sentence(zh, en), frozenset({event}), formal=True, receipt=True, once_a_day=once_a_day
    )


OF_ACCOUNTS = (
    _own(
        "account.code_issued",
        "{by}为您的账号发放了激活码，经确认即可重设密码。如非您本人要求，请作废该激活码并联系主办单位。",
        "{by} issued an activation code for your account; it may replace your password. Void it unless you asked.",
    ),
    _own(
        "account.factor_reset_begun",
        "{by}为您的账号发放了激活码，经确认即可重设密码并取消二次验证。如非您本人要求，请作废该激活码并联系主办单位。",
        "{by} issued a code that, confirmed, replaces your password and second factor. Void it unless you asked.",
    ),
    Telling(
        "confirm.code",
        (OFFICE,),
        Sentence(
            "{by}为“{name}”发放了激活码，待另一人确认。",
            "{by} issued a code for “{name}” that a second person confirms.",
        ),
        frozenset({"account.invited", "account.code_issued", "account.factor_reset_begun"}),
    ),
    _own("account.password_changed", "您的密码已修改。", "Your password was changed."),
    _own("account.password_reset", "您的密码已凭激活码重设。", "Your password was reset by an activation code."),
    _own("account.factor_added", "您的账号启用了一种验证方式。", "A second factor was added to your account."),
    _own("account.factor_removed", "您的账号删除了一种验证方式。", "A second factor of your account was removed."),
    _own("account.factors_reset", "您的账号的全部验证方式已取消。", "All second factors of your account were removed."),
    _own("account.recovery_codes_issued", "您的恢复码已更换。", "Your recovery codes were replaced."),
    _own("account.recovery_code_used", "有人使用恢复码登录了您的账号。", "A recovery code was used for your account."),
    _own("account.identity_bound", "您的账号已绑定统一身份。", "Your account was bound to an identity for signing on."),
    _own(
        "account.identity_unbound",
        "您的账号已解除统一身份绑定。",
        "Your account's identity for signing on was removed.",
    ),
    _own("account.exported", "{by}取得了您的个人信息副本。", "{by} got a copy of what is stored about you."),
    _own(
        "account.edited",
        "您的账号的电话或邮箱已由{by}修改。",
        "Your phone or address was changed by {by}.",
    ),
    _own("account.reassigned", "{by}变更了您的账号的角色或所属单位。", "{by} changed your role or unit."),
    _own(
        "account.promoted",
        "{by}将您的账号转入主办单位，须凭激活码重新启用。",
        "{by} made you a clerk of the office.",
    ),
    _own("account.suspended", "{by}停用了您的账号。", "{by} disabled your account."),
    _own("account.reinstated", "{by}恢复了您的账号。", "{by} enabled your account again."),
    _own(
        "account.new_address",
        "您的账号在一个新的网络地址（{address}）登录。如非您本人，请修改密码并退出所有登录。",
        "Your account signed in from a new address ({address}). Unless it was you, change the password.",
    ),
    _own(
        "account.second_step_refused",
        "有人用您的密码登录，但没有通过二次验证。如非您本人，请修改密码。",
        "Somebody knew your password but failed at the second factor. Unless it was you, change the password.",
        once_a_day=True,
    ),
)
