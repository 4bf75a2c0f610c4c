"""Vocabularies that the office keeps, over HTTP."""

from typing import Annotated, Self

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Ctx, IfMatch, Reads
from app.api.http.output import Out, VersionTag
from app.api.http.routing import Router
from app.context import View
from app.problems import RulesViolated
from app.rows import values_of
from app.services.people import vocabularies
from app.services.people.vocabularies import VocabularyReplacement
from app.services.policies.people.vocabularies import MOST_WORDS, NOTICE, WordCode

router = Router("/vocabularies", tags=["reference"], in_a_seat=True)
VocabularyName = Annotated[
    str, Path(description=f"Name of the vocabulary: {' or '.join(f'`{name}`' for name in NOTICE)}.", max_length=40)
]


class WordOut(Out):
    """A word of a vocabulary that the office keeps."""

    code: WordCode = Field(description="Stable code, sent in requests and answers.", examples=["university"])
    label: str = Field(description="名称", max_length=40, examples=["高校党（工）委"])
    label_en: str = Field(
        description="Name in English; empty for the words of the code.", max_length=40, examples=["University"]
    )
    retired: bool = Field(
        description="True: what has it keeps it, and nothing new gets it.",
        examples=[False],
    )


class VocabularyOut(Out):
    """A vocabulary that the office keeps (代码表): kinds of committees, or levels of titles."""

    name: str = Field(description="Its name, here and among the code lists.", max_length=40, examples=["honour-level"])
    etag: VersionTag
    words: list[WordOut] = Field(
        description="The words, the highest first: their order is their rank.", max_length=MOST_WORDS
    )

    @classmethod
    async def read(cls, view: View, name: str) -> Self:
        return cls.model_validate(values_of(await vocabularies.read(view, name)))


@router.get("/{name}")
async def read_vocabulary(name: VocabularyName, view: Reads) -> VocabularyOut:
    """Read a vocabulary that the office keeps, with both labels of each word; `GET /code-lists` has one by language."""
    return await VocabularyOut.read(view, name)


@router.put("/{name}", raises=[RulesViolated])
async def replace_vocabulary(
    name: VocabularyName, body: VocabularyReplacement, version: IfMatch, ctx: Ctx
) -> VocabularyOut:
    """Replace a vocabulary: send all its words in their order. Office only.

    A new code adds a word, another label renames it everywhere, another order is another rank, and `retired` ends its
    use for what is new. A word that is left out is removed, which is refused while a committee, a unit or a campaign's
    notice has it (`word_used`), and for good where it is retired.
    """
    await vocabularies.replace(ctx, name, body, version)
    return await VocabularyOut.read(ctx, name)
