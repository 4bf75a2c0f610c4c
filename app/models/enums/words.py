"""Basis of every vocabulary, and the vocabularies used everywhere."""

from enum import StrEnum
from typing import Any, Self

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema


class Labelled(StrEnum):
    """A vocabulary whose every word carries its Chinese label, published as `x-enum-descriptions`."""

    label: str
    outward_code: str

    def __new__(cls, code: str, label: str = "", outward: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        member.outward_code = outward or code
        return member

    @property
    def english(self) -> str:
        """Its words in an English sentence: those of the code."""
        return self.value.replace("_", " ")

    def titled(self, language: "Language") -> str:
        """Its label by itself: the Chinese one, or the words of the code with a capital."""
        return self.label if language is Language.ZH else titled(self.value)

    @property
    def outward(self) -> Self:
        """The state that everybody but its owners reads in the place of this one; most often itself."""
        return type(self)(self.outward_code)

    @classmethod
    def only(cls, *words: Self) -> dict[str, Any]:
        """Label a literal that is a choice of these words."""
        return labels(*(word.label for word in words))

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core_schema)
        handler.resolve_ref_schema(schema)["x-enum-descriptions"] = [member.label for member in cls]
        return schema


class Term(str):
    """A code of a vocabulary that the office keeps, with its words: sentences say them, and the wire has the code."""

    label: str
    english: str
    __slots__ = ("english", "label")

    def __new__(cls, code: str, label: str = "", english: str = "") -> Self:
        term = super().__new__(cls, code)
        term.label = label or code
        term.english = english or code.replace("_", " ")
        return term

    def titled(self, language: "Language") -> str:
        """Its label by itself."""
        return self.label if language is Language.ZH else self.english[:1].upper() + self.english[1:]


def labels(*chinese: str) -> dict[str, Any]:
    """Label the codes of a literal, in their order, as those of a vocabulary are."""
    return {"x-enum-descriptions": list(chinese)}


def titled(code: str) -> str:
    """Label a code in English by itself: its words with a capital."""
    return code.replace("_", " ").capitalize()


class Language(StrEnum):
    """The languages of sentences."""

    ZH = "zh-CN"
    EN = "en"


class Severity(Labelled):
    """Severity of a finding: it refuses, or only informs."""

    ERROR = "error", "不符合要求"
    ADVICE = "advice", "提示"
