"""Look-ups that save a frontend writing things twice: the refusals, and the words of every vocabulary."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Self

from fastapi import Path, Response
from pydantic import Field

from app.api.http.dependencies import Reads
from app.api.http.output import Out
from app.api.http.routing import Router
from app.models import enums
from app.models.enums import Labelled, Language, Term
from app.problems import URN, Problem, UnknownCodeList, catalogue
from app.services.people import vocabularies
from app.services.policies.handover.payload_schemas import MEDIA_TYPE, payload_schema
from app.services.policies.handover.payloads import Version
from app.services.policies.people.vocabularies import MOST_WORDS, NOTICE, Words

router = Router(tags=["reference"])
ProblemKind = type[Problem]


def hyphened(name: str) -> str:
    """Return the name of a schema as it is in addresses."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


CODE_LISTS = {
    hyphened(kind.__name__): kind
    for kind in vars(enums).values()
    if isinstance(kind, type) and issubclass(kind, Labelled) and kind is not Labelled
}
"""Every closed vocabulary by its name in addresses: `application-status` is the contract's `ApplicationStatus`."""
NAMES = sorted({*CODE_LISTS, *NOTICE})
"""With those that the office keeps."""


class ProblemTypeOut(Out):
    """A refusal this API may answer."""

    type: str = Field(description="Stable identifier.", max_length=100, examples=["urn:problem-type:pinpai:not-found"])
    status: int = Field(description="HTTP status.", ge=400, le=599, examples=[404])
    title: str = Field(description="Short summary.", max_length=100, examples=["Not found"])
    description: str = Field(
        description="Condition under which it is answered.", max_length=500, examples=["You may not see it."]
    )

    @classmethod
    def of(cls, kind: ProblemKind) -> Self:
        return cls(type=URN + kind.code(), status=kind.status, title=kind.title, description=kind.__doc__ or "")


class ProblemTypesOut(Out):
    """Every refusal this API may answer."""

    items: list[ProblemTypeOut] = Field(description="By status and name.", max_length=100)


class CodeOut(Out):
    """One word of a vocabulary."""

    code: str = Field(description="Code as sent in requests and answers.", max_length=40, examples=["draft"])
    label: str = Field(
        description="Label for people: Chinese, or English if asked for.", max_length=40, examples=["草稿"]
    )


class CodeListOut(Out):
    """A vocabulary; new codes may be added."""

    name: str = Field(description="Its name in addresses.", max_length=40, examples=["application-status"])
    schema_name: str = Field(
        description="Its name among the schemas of the contract; one that the office keeps (`x-code-list`) has none.",
        max_length=40,
        examples=["ApplicationStatus"],
    )
    items: list[CodeOut] = Field(
        description="In the order of the process, or in that of the office.", max_length=MOST_WORDS
    )


class CodeListsOut(Out):
    """Every vocabulary."""

    items: list[CodeListOut] = Field(description="By name.", max_length=100)


@router.get("/problem-types")
async def read_problem_types() -> ProblemTypesOut:
    """Read the catalogue of refusals: each `type` a problem document may carry, with its meaning."""
    return ProblemTypesOut(items=[ProblemTypeOut.of(kind) for kind in catalogue()])


@router.get("/code-lists")
async def read_code_lists(view: Reads) -> CodeListsOut:
    """Read the labels of all vocabularies at once, by their names: in Chinese, or in English if asked for.

    Those of `GET /vocabularies/{name}` are among them, as the office keeps them at present.
    """
    kept = await vocabularies.everything(view)
    return CodeListsOut(items=[_list_of(name, kept, view.language) for name in NAMES])


@router.get("/code-lists/{name}", raises=[UnknownCodeList])
async def read_code_list(
    name: Annotated[
        str,
        Path(
            description="Name of the vocabulary: `application-status`, or its schema's, `ApplicationStatus`.",
            max_length=40,
        ),
    ],
    view: Reads,
) -> CodeListOut:
    """Read the labels of a vocabulary, for a frontend that does not want to write them twice."""
    meant = hyphened(name) if name[:1].isupper() else name.replace("_", "-")
    if meant not in NAMES:
        raise UnknownCodeList(names=", ".join(NAMES))
    kept = {meant: await vocabularies.words(view, meant)} if meant in NOTICE else {}
    return _list_of(meant, kept, view.language)


def _list_of(name: str, kept: Mapping[str, Words], language: Language) -> CodeListOut:
    terms: Iterable[Labelled | Term] = (word.term for word in kept[name]) if name in kept else CODE_LISTS[name]
    words = [CodeOut(code=term, label=term.titled(language)) for term in terms]
    schema = name.title().replace("-", "") if name in kept else CODE_LISTS[name].__name__
    return CodeListOut(name=name, schema_name=schema, items=words)


_SCHEMA: dict[int | str, dict[str, Any]] = {
    200: {"description": "A JSON Schema (2020-12).", "content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}
}


@router.get("/payload-schemas/nomination-1", response_class=Response, responses=_SCHEMA)
async def read_nomination_payload_schema() -> Response:
    """Read the schema of what a nomination hands over, version 1, to validate by it. It never changes."""
    return _schema(1)


@router.get("/payload-schemas/nomination-2", response_class=Response, responses=_SCHEMA)
async def read_second_nomination_payload_schema() -> Response:
    """Read version 2 of the same: 实施时间 may be a month or a year, and its end `ongoing`. It never changes."""
    return _schema(2)


@router.get("/payload-schemas/nomination-3", response_class=Response, responses=_SCHEMA)
async def read_third_nomination_payload_schema() -> Response:
    """Read version 3 of the same: with cells of the campaign's own, their values and their words. It never changes."""
    return _schema(3)


@router.get("/payload-schemas/nomination-4", response_class=Response, responses=_SCHEMA)
async def read_fourth_nomination_payload_schema() -> Response:
    """Read version 4: with supporting documents and roles of pictures; what a case does not use is absent.

    It never changes.
    """
    return _schema(4)


@router.get("/payload-schemas/nomination-5", response_class=Response, responses=_SCHEMA)
async def read_fifth_nomination_payload_schema() -> Response:
    """Read version 5: with the place of the case in its committee's recommended order (推荐排序). It never changes."""
    return _schema(5)


@router.get("/payload-schemas/nomination-6", response_class=Response, responses=_SCHEMA)
async def read_sixth_nomination_payload_schema() -> Response:
    """Read version 6: with the names of the committee's kind and the unit's level. It never changes."""
    return _schema(6)


def _schema(version: Version) -> Response:
    return Response(_written(version), media_type=MEDIA_TYPE)


@cache
def _written(version: Version) -> str:
    """Text of a schema: to make it of the models takes as long as fifty other answers."""
    return json.dumps(payload_schema(version), ensure_ascii=False)
