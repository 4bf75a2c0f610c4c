"""The finding of a rule: a stable code, a severity, parameters, a place, and a sentence in two languages.

The same finding refuses a command, fills `actions` before anyone presses a button, and documents the rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from app.models.enums import Labelled, Language, Severity, Term

CHINA = ZoneInfo("Asia/Shanghai")
CLOCKS = "%H:%M", "%H:%M:%S", "%H:%M:%S.%f"
_INNER_QUOTES = str.maketrans("“”", "‘’")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in Chinese and in English; braces name the parameters. Days and instants are put into words."""

    zh: str
    en: str

    def say(self, language: Language, **params: Any) -> str:
        words = self.zh if language is Language.ZH else self.en
        clock = _clock([value for value in params.values() if isinstance(value, datetime)], language)
        return words.format(
            **{name: _quoted(said(value, language, clock), f"“{{{name}}}”" in words) for name, value in params.items()}
        )


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is not as it should be, for whoever runs the deployment."""

    words: Sentence
    params: dict[str, Any]

    def say(self, language: Language) -> str:
        return self.words.say(language, **self.params)


@dataclass(frozen=True, slots=True)
class Rule:
    """The words of a rule. Called with its parameters, it makes a finding."""

    code: str
    zh: str
    en: str
    severity: Severity = Severity.ERROR

    def __call__(self, pointer: str | None = None, **params: Any) -> "Finding":
        return Finding(self, pointer, params)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was not met, here and now."""

    rule: Rule
    pointer: str | None = None
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        return self.rule.severity is Severity.ERROR

    def under(self, place: str) -> "Finding":
        """The same finding about a part of a larger request."""
        return replace(self, pointer=place + (self.pointer or ""))

    def worded(self, language: Language) -> "FindingOut":
        return FindingOut(
            code=self.rule.code,
            severity=self.rule.severity,
            message=Sentence(self.rule.zh, self.rule.en).say(language, **self.params),
            pointer=self.pointer,
            params={name: _on_the_wire(value) for name, value in self.params.items()},
        )


class FindingOut(BaseModel):
    """One reason why an act is refused (`error`), or should be thought over (`advice`)."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True, defer_build=True)

    code: str = Field(description="Stable code of the rule; branch on it.", examples=["too_few_images"])
    severity: Severity = Field(description="`error` refuses the act, `advice` only informs.")
    message: str = Field(
        description="The reason in the negotiated language; show it.",
        min_length=1,
        examples=["图片至少 5 幅，现有 3 幅。"],
    )
    pointer: str | None = Field(
        description="RFC 6901 pointer to the member of the resource it is about; null when it is about no single one.",
        pattern="^(/([^/~]|~[01])*)*$",
        examples=["/images"],
    )
    params: dict[str, Any] = Field(
        description="The figures in the message, for a frontend that words it itself.",
        examples=[{"minimum": 5, "count": 3}],
    )


def said(value: Any, language: Language, clock: str = CLOCKS[0]) -> Any:
    """Return an instant, a day, a decimal, a word or several as people say it; anything else as it is.

    Midnight is the end of the day before (24:00), since what closes then is open that whole day. An instant is said in
    the zone it comes in; one in UTC is a row's, which knows no campaign, and is said in Chinese time.
    """
    day = "%Y年%-m月%-d日" if language is Language.ZH else "%Y-%m-%d"
    between = "" if language is Language.ZH else " "
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ("、" if language is Language.ZH else ", ").join(said(each, language) for each in value)
    if isinstance(value, Labelled | Term):
        return value.label if language is Language.ZH else value.english
    if isinstance(value, datetime):
        local = value.astimezone(CHINA) if value.tzinfo is UTC else value
        if local.time() == time():
            return (local - timedelta(days=1)).strftime(f"{day}{between}24:00")
        return local.strftime(f"{day}{between}{clock}")
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    return value.strftime(day) if isinstance(value, date) else value


def _clock(instants: Sequence[datetime], language: Language) -> str:
    """Choose how far the clock is read, so that a sentence that compares instants does not say both in one way."""
    apart = len(set(instants))
    return next((each for each in CLOCKS if len({said(at, language, each) for at in instants}) == apart), CLOCKS[-1])


def refusing(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.refuses]


def _quoted(value: Any, within_quotes: bool) -> Any:
    """Give a value its own quotation marks, as in many a brand's name, as single ones where the sentence quotes it."""
    return value.translate(_INNER_QUOTES) if within_quotes and isinstance(value, str) else value


def _on_the_wire(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value
