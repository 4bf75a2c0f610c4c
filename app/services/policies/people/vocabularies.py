"""The regulation of vocabularies that the office keeps: kinds of committees, and levels of titles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from app.findings import Finding, Rule
from app.inputs import Code, Input, Line, Prose
from app.models.enums import Role, Term
from app.services.policies import UNKNOWN_REFERENCE, Event

COMMITTEE_KIND, HONOUR_LEVEL = "committee-kind", "honour-level"
DIRECT_KIND = "district_direct"
"""The kind of the committee that is none, and stands for units without one."""
MOST_WORDS = 50

WordCode = Annotated[Code, Field(max_length=32)]
"""The length of the columns that hold one."""
CommitteeKind = Annotated[
    WordCode,
    Field(
        description="类别: a code of the vocabulary `committee-kind`, which the office keeps.",
        json_schema_extra={"x-code-list": COMMITTEE_KIND},
        examples=["township_subdistrict"],
    ),
]
HonourLevel = Annotated[
    WordCode,
    Field(
        description="文明单位称号级别: a code of the vocabulary `honour-level`, which the office keeps.",
        json_schema_extra={"x-code-list": HONOUR_LEVEL},
        examples=["district"],
    ),
]

CREATED = Event("vocabulary.created", "开始维护代码表", "Took the vocabulary over as it was")
CHANGED = Event("vocabulary.changed", "修改代码表", "Changed the vocabulary")

WORD_RETIRED = Rule("word_retired", "“{word}”已停用，不能再选用。", "“{word}” is retired: choose another.")
WORD_USED = Rule(
    "word_used",
    "“{word}”仍在使用（{holder}：{count}；活动：{campaigns}），不能移除，可以停用。",
    "“{word}” is used ({holder}: {count}, campaign: {campaigns}) and cannot be removed: retire it instead.",
)
RETIRED_WORD_STAYS = Rule(
    "retired_word_stays",
    "“{word}”已停用，过去的记录仍需显示其名称，不能移除。",
    "“{word}” is retired and stays: what is past is shown with its label.",
)
WORDS_MISSING = Rule(
    "words_missing",
    "模板用到的代码不在代码表中：{codes}；请先由主办单位添加。",
    "The template names codes that no vocabulary has: {codes}. Add them first.",
)
WORD_NEEDED = Rule(
    "word_needed",
    "没有党（工）委的直属单位归入“{word}”，不能移除。",
    "Units without a committee are counted under “{word}”: it cannot be removed.",
)


class Word(Input):
    """A word of a vocabulary."""

    code: WordCode = Field(description="Stable code, sent in requests and answers.", examples=["university"])
    label: Annotated[Line, Field(max_length=40)] = Field(description="名称", examples=["高校党（工）委"])
    label_en: Annotated[Prose, Field(max_length=40)] = Field(
        "", description="Name in English; empty for the words of the code.", examples=["University"]
    )
    retired: Annotated[bool, Field(strict=True)] = Field(
        False,
        description="True: what has it keeps it, and nothing new gets it.",
        examples=[False],
    )

    @property
    def term(self) -> Term:
        return Term(self.code, self.label, self.label_en)


Words = Sequence[Word]
"""The words of a vocabulary in their order, which is their rank."""
StoredWords = list[dict[str, Any]]
"""The same as they are stored."""

Named = Mapping[str, Sequence[tuple[str, str]]]
"""The codes that a notice names, by vocabulary, each with its pointer."""


def _words(**labels: str) -> Words:
    return tuple(Word(code=code, label=label) for code, label in labels.items())


NOTICE: Mapping[str, Words] = {
    COMMITTEE_KIND: _words(township_subdistrict="镇(乡)街道党（工）委", district_direct="区直党（工）委"),
    HONOUR_LEVEL: _words(
        national="全国文明单位", provincial="省级文明单位", municipal="市级文明单位", district="区级文明单位"
    ),
}
"""The words of the notice, which hold until the office changes a vocabulary."""
HOLDERS: Mapping[str, Role] = {COMMITTEE_KIND: Role.COMMITTEE, HONOUR_LEVEL: Role.UNIT}
"""Those whose kind or level is of a vocabulary."""


@dataclass(frozen=True, slots=True)
class Use:
    """Numbers of what has a word: committees or units, and campaigns whose notice names it."""

    holders: int
    campaigns: int


def word_of(name: str, stored: StoredWords | None, code: str) -> Word:
    """Return a word by its code, of what is stored of its vocabulary: none that something has is ever missing."""
    return next(word for word in parsed(stored, name) if word.code == code)


def is_of_notice(name: str, word: Word) -> bool:
    """Return true if the notice has this word, by this code and under this label."""
    return any((each.code, each.label) == (word.code, word.label) for each in NOTICE[name])


def terms(words: Words) -> dict[str, Term]:
    """Return the words by their codes, as sentences say them."""
    return {word.code: word.term for word in words}


def choice_findings(words: Words, chosen: Mapping[str, str | None]) -> list[Finding]:
    """Return why codes may not be given, by the pointers of where they are to be: there are none, or they are retired.

    What is not named is not judged.
    """
    known = {word.code: word for word in words}
    found = [(pointer, known.get(code)) for pointer, code in chosen.items() if code is not None]
    return [
        WORD_RETIRED(pointer, word=word.term) if word else UNKNOWN_REFERENCE(pointer)
        for pointer, word in found
        if word is None or word.retired
    ]


def unknown(known: Mapping[str, Words], named: Named) -> list[tuple[str, str]]:
    """Return which codes that a notice names there are none of, each with its pointer; a retired one may be named."""
    codes = {name: {word.code for word in words} for name, words in known.items()}
    return [(pointer, code) for name, pairs in named.items() for pointer, code in pairs if code not in codes[name]]


def removal_findings(name: str, old: Words, new: Words, uses: Mapping[str, Use]) -> list[Finding]:
    """Return why words that are not among the new ones must stay."""
    kept = {word.code for word in new}
    gone = [word for word in old if word.code not in kept]
    return [finding for word in gone for finding in _stays(name, word, uses.get(word.code, Use(0, 0)))]


def _stays(name: str, word: Word, use: Use) -> list[Finding]:
    if name == COMMITTEE_KIND and word.code == DIRECT_KIND:
        return [WORD_NEEDED("/words", word=word.term)]
    if use.holders or use.campaigns:
        counts = {"count": use.holders, "campaigns": use.campaigns}
        return [WORD_USED("/words", word=word.term, holder=HOLDERS[name], **counts)]
    return [RETIRED_WORD_STAYS("/words", word=word.term)] if word.retired else []


def parsed(words: StoredWords | None, name: str) -> Words:
    """Return the words that are stored of a vocabulary, or those of the notice while none are."""
    return NOTICE[name] if words is None else [Word.model_validate(word) for word in words]


def stored(words: Words) -> StoredWords:
    """Return the words as they are stored."""
    return [word.model_dump(mode="json") for word in words]
