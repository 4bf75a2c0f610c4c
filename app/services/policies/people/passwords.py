"""The regulation of passwords: a minimum length, and not guessable. No rules of composition, no rotation.

Words that others know add nothing: the person's own, those of the place and the office, those that are tried first,
numbers such as years and telephones. A password holds by what is left without them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.findings import Finding, Rule

MINIMUM = 12
ANYWHERE = 4
"""Latin letters from which on a known word counts inside others; a shorter one must stand alone."""

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
PASSWORD_OF_KNOWN_WORDS = Rule(
    "password_of_known_words",
    "密码主要由他人知道的内容组成：您的姓名、单位、地名、单位常用语、常见词语或其拼音、年份、号码。请另加几个互不相关的词。",
    "The password consists of what others know: names, the place, the office, common words or their pinyin, years, "
    "numbers. Add a few words that have nothing to do with each other.",
)
PASSWORD_UNCHANGED = Rule("password_unchanged", "新密码与原密码相同。", "The new password is the old one.")
WRONG_PASSWORD = Rule("wrong_password", "原密码不正确。", "The current password is wrong.")


@dataclass(frozen=True, slots=True)
class Judgement:
    """An estimator's judgement on a password, and on its remainder without known words."""

    guessable: bool
    known_words: bool


def password_findings(password: str, pointer: str, *, username: str, judged: Judgement) -> list[Finding]:
    """Findings against a new password, all at once."""
    findings = []
    if len(password) < MINIMUM:
        findings.append(PASSWORD_TOO_SHORT(pointer, minimum=MINIMUM, count=len(password)))
    if username.lower() in password.lower():
        findings.append(PASSWORD_CONTAINS_USERNAME(pointer))
    if judged.guessable:
        findings.append(PASSWORD_GUESSABLE(pointer))
    elif judged.known_words:
        findings.append(PASSWORD_OF_KNOWN_WORDS(pointer))
    return findings


def remainder(password: str, known: Iterable[str]) -> str:
    """The characters of a password that neither a known word nor a number explains, however they are written."""
    text = unicodedata.normalize("NFKC", password).casefold()
    words = {unicodedata.normalize("NFKC", word).casefold() for word in known}
    explained = {place for word in words if _counts_anywhere(word) for place in _places(text, word)}
    explained |= {place for number in re.finditer(r"[0-9]{4,}", text) for place in range(*number.span())}
    rest = "".join(_GAP if place in explained else character for place, character in enumerate(text))
    return re.sub(r"[a-z]+", lambda run: "" if run[0] in words else run[0], rest).replace(_GAP, "")


def change_findings(current: str, new: str, *, right: bool) -> list[Finding]:
    """Findings against a change: the current password is wrong, or the new one is the same."""
    wrong = [] if right else [WRONG_PASSWORD("/current_password")]
    return wrong + ([PASSWORD_UNCHANGED("/new_password")] if new == current else [])


_GAP = "\0"
_DISGUISES = str.maketrans("@4013$5!", "aaoiessi")


def _counts_anywhere(word: str) -> bool:
    return len(word) >= (ANYWHERE if word.isascii() else 2)


def _places(text: str, word: str) -> Iterator[int]:
    """The places of a text where the word stands, openly or in disguise (`T@ngsh4n`)."""
    for spelling in {text, text.translate(_DISGUISES)}:
        start = spelling.find(word)
        while start >= 0:
            yield from range(start, start + len(word))
            start = spelling.find(word, start + 1)
