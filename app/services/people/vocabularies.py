"""Vocabularies that the office keeps: read by everybody, replaced whole by the office, under one lock.

The lock is the database's: its triggers share it while they look a word up, and a replacement has it alone. So a word
that is found to be used by nobody stays so until it is gone, and every listing has its rank in the present order.
"""

from collections.abc import Mapping

from pydantic import Field, model_validator
from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.context import Context, View
from app.database import Query
from app.findings import Finding
from app.inputs import AsRead, Input, repeated
from app.models import Campaign, Committee, Unit, Vocabulary
from app.models.enums import Role, Term
from app.problems import NotFound
from app.rows import row_type
from app.services.history import NOTHING_YET, change, create, expect
from app.services.policies import refuse, require_role
from app.services.policies.people import vocabularies as policy
from app.services.policies.people.vocabularies import (
    COMMITTEE_KIND,
    HONOUR_LEVEL,
    MOST_WORDS,
    NOTICE,
    StoredWords,
    Use,
    Word,
    Words,
)


@row_type
class VocabularyRow:
    """A vocabulary as it is stored, or as the notice has it while it is not."""

    name: str
    version: int
    words: StoredWords


@row_type
class UseRow:
    """The numbers of what has a word."""

    code: str
    holders: int
    campaigns: int


_NAME = bindparam("name", type_=Text)
_VOCABULARIES = Query(
    select(Vocabulary.name, Vocabulary.version, Vocabulary.words).where(_NAME.is_(None) | (Vocabulary.name == _NAME)),
    VocabularyRow,
)
_STORED = select(Vocabulary).where(Vocabulary.name == _NAME)
_LOCK = func.hashtextextended("vocabularies", 0)
_SHARED, _ALONE = select(func.pg_advisory_xact_lock_shared(_LOCK)), select(func.pg_advisory_xact_lock(_LOCK))
_code = func.unnest(bindparam("codes", type_=ARRAY(Text)), type_=Text).column_valued("code")
_limit = func.jsonb_build_object("kind", _code)
_USED_BY = {
    COMMITTEE_KIND: (Committee.kind, func.jsonb_build_object("filed_by_kind", func.jsonb_build_array(_limit))),
    HONOUR_LEVEL: (Unit.honour_level, func.jsonb_build_object("honour_levels", func.jsonb_build_array(_code))),
}
"""The column that has a word of each vocabulary, and what the settings of a campaign contain that names it."""
_USES = {
    name: Query(
        select(
            _code,
            select(func.count()).where(column == _code).scalar_subquery().label("holders"),
            select(func.count()).where(Campaign.settings.contains(named)).scalar_subquery().label("campaigns"),
        ),
        UseRow,
    )
    for name, (column, named) in _USED_BY.items()
}


class VocabularyReplacement(Input):
    """All words of a vocabulary, in their order."""

    name: AsRead = None
    etag: AsRead = None
    words: list[Word] = Field(
        min_length=1,
        max_length=MOST_WORDS,
        description="The words, the highest first: their order is their rank. One that is left out is removed.",
    )

    @model_validator(mode="after")
    def _each_once(self) -> "VocabularyReplacement":
        for member in ("code", "label"):
            for index in repeated([getattr(word, member) for word in self.words]):
                raise self.contradiction(f"a {member} occurs twice", "words", index, member)
        return self


async def replace(ctx: Context, name: str, body: VocabularyReplacement, version: int | None) -> None:
    """Replace a vocabulary: add, rename, reorder, retire; and remove what nothing has."""
    require_role(ctx.actor.role, Role.OFFICE)
    _known(name)
    await ctx.session.execute(_ALONE)
    kept = await ctx.find(_STORED, name=name) or Vocabulary(
        name=name, version=NOTHING_YET, words=policy.stored(NOTICE[name])
    )
    expect(kept, version)
    old, new = policy.parsed(kept.words, name), policy.stored(body.words)
    gone = sorted({word.code for word in old} - {word.code for word in body.words})
    uses = {row.code: Use(row.holders, row.campaigns) for row in await ctx.rows(_USES[name], codes=gone)}
    refuse(policy.removal_findings(name, old, body.words, uses))
    if kept.words == new:
        return
    if kept.version == NOTHING_YET:
        create(ctx, kept, policy.CREATED)
        await ctx.flush()
    change(ctx, kept, policy.CHANGED, words=new)


async def read(view: View, name: str) -> VocabularyRow:
    """One vocabulary; NotFound where the office keeps none of that name."""
    _known(name)
    stored = await view.one(_VOCABULARIES, name=name)
    return stored or VocabularyRow(name, NOTHING_YET, policy.stored(NOTICE[name]))


async def words(view: View, name: str) -> Words:
    """Return the words of a vocabulary in their order."""
    return policy.parsed((await read(view, name)).words, name)


async def everything(view: View) -> dict[str, Words]:
    """Return the words of every vocabulary, in one statement."""
    stored = {row.name: row.words for row in await view.rows(_VOCABULARIES, name=None)}
    return {name: policy.parsed(stored.get(name), name) for name in NOTICE}


async def terms(view: View, name: str) -> dict[str, Term]:
    """Return the words of a vocabulary by their codes, as sentences say them."""
    return policy.terms(await words(view, name))


async def findings(ctx: Context, chosen: Mapping[str, Mapping[str, str | None]]) -> list[Finding]:
    """Return why codes may not be given, by vocabulary and pointer; None is no code."""
    asked = {name: codes for name, codes in chosen.items() if any(codes.values())}
    known = await everything(ctx) if asked else {}
    return [finding for name, codes in asked.items() for finding in policy.choice_findings(known[name], codes)]


async def require(ctx: Context, name: str, chosen: Mapping[str, str | None]) -> None:
    """Refuse codes that may not be given, by their pointers; None is no code."""
    refuse(await findings(ctx, {name: chosen}))


async def unknown(ctx: Context, named: policy.Named) -> list[tuple[str, str]]:
    """Return which codes that a notice names there are none of, by pointer; the others stay until it is stored."""
    if not any(named.values()):
        return []
    await ctx.session.execute(_SHARED)
    return policy.unknown(await everything(ctx), named)


def _known(name: str) -> None:
    if name not in NOTICE:
        raise NotFound
