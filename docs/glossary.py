"""Write the glossary of `docs/glossary.toml` as a page, with the codes of every vocabulary."""

import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, cast

from app.models import enums

WORDS = Path(__file__).with_suffix(".toml")
INTRODUCTION = """# Glossary

One word for a thing, in the code, the contract and the documents. The Chinese term is the notice's own, or the one
clerks read in the sentences of the API; a term of the code alone has none.
"""


class Term(NamedTuple):
    """A name in the code, the Chinese term, one sentence."""

    code: str
    zh: str
    meaning: str


def sections() -> dict[str, list[Term]]:
    """Terms by the title of their section, in the order of the file."""
    with WORDS.open("rb") as file:
        parts = tomllib.load(file).values()
    return {
        part["title"]: [Term(code, entry.get("zh", "–"), entry["is"]) for code, entry in part["terms"].items()]
        for part in parts
    }


def page() -> str:
    """The glossary in Markdown."""
    return INTRODUCTION + "".join(line + "\n" for title, terms in sections().items() for line in _section(title, terms))


def _section(title: str, terms: list[Term]) -> Iterator[str]:
    yield from ("", f"## {title}", "", "| 用语 | code | meaning |", "|---|---|---|")
    yield from (f"| {term.zh} | `{term.code}` | {term.meaning}{_codes(term.code)} |" for term in terms)


def _codes(name: str) -> str:
    """Codes of a vocabulary with their labels; nothing for any other term."""
    if name not in enums.__all__ or name in ("Labelled", "Term"):
        return ""
    vocabulary = cast("type[StrEnum]", getattr(enums, name))
    return " " + ", ".join(f"`{code}` {getattr(code, 'label', '')}".rstrip() for code in vocabulary)
