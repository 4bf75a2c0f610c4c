"""The regulation of passwords: a minimum length, and not guessable. No rules of composition, no rotation."""

from app.findings import Finding, Rule

MINIMUM = 12

PASSWORD_TOO_SHORT = Rule(
    "password_too_short",
    "密码至少 {minimum} 个字符，现有 {count} 个。",
    "A password has at least {minimum} characters; this one has {count}.",
)
PASSWORD_CONTAINS_USERNAME = Rule(
    "password_contains_username", "密码不能包含用户名。", "The password must not contain the username."
)
PASSWORD_GUESSABLE = Rule(
    "password_guessable",
    "密码太容易被猜到：请避免常见词语、姓名、电话、日期和键盘顺序，可以用几个互不相关的词组成。",
    "The password is too easy to guess: avoid common words, names, phone numbers, dates and rows of the keyboard.",
)
PASSWORD_UNCHANGED = Rule("password_unchanged", "新密码与原密码相同。", "The new password is the old one.")
WRONG_PASSWORD = Rule("wrong_password", "原密码不正确。", "The current password is wrong.")


def password_findings(password: str, pointer: str, *, username: str, guessable: bool) -> list[Finding]:
    """Findings against a new password, all at once."""
    findings = []
    if len(password) < MINIMUM:
        findings.append(PASSWORD_TOO_SHORT(pointer, minimum=MINIMUM, count=len(password)))
    if username.lower() in password.lower():
        findings.append(PASSWORD_CONTAINS_USERNAME(pointer))
    if guessable:
        findings.append(PASSWORD_GUESSABLE(pointer))
    return findings


def change_findings(current: str, new: str, *, right: bool) -> list[Finding]:
    """Findings against a change: the current password is wrong, or the new one is the same."""
    wrong = [] if right else [WRONG_PASSWORD("/current_password")]
    return wrong + ([PASSWORD_UNCHANGED("/new_password")] if new == current else [])
