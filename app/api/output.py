"""The base of every answer, the few types answers are made of, and the headers that go with them."""

from datetime import UTC
from typing import Annotated, Generic, Self, TypeVar
from uuid import UUID

from fastapi import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from app.services.pages import Page as Rows
from app.services.pages import cursor_of

T = TypeVar("T")


class Out(BaseModel):
    """An answer: every member is always present."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True, from_attributes=True)


Instant = Annotated[
    AwareDatetime,
    PlainSerializer(lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), return_type=str, when_used="json"),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "examples": ["2015-09-14T15:59:59Z"]}, mode="serialization"
    ),
]
ResourceId = Annotated[UUID, Field(description="Opaque identity.")]
ETag = Annotated[
    str,
    Field(
        description="Version of this resource, as in the `ETag` header; send it back in `If-Match` to change it.",
        examples=['"3"'],
        pattern=r'^"[0-9]+"$',
    ),
]
Digest = Annotated[str, Field(description="SHA-256, hexadecimal.", pattern="^[0-9a-f]{64}$", examples=["9f" * 32])]


class Page(Out, Generic[T]):
    """One page of a list, in a total order."""

    items: list[T] = Field(description="The page's rows.", max_length=100)
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", max_length=40, examples=[None]
    )
    total: int = Field(description="How many rows the whole list has for you.", ge=0, examples=[1])

    @classmethod
    def of(cls, page: Rows, items: list[T]) -> Self:
        return cls(items=items, next_cursor=cursor_of(page.next_id), total=page.total)


def etag(version: int) -> str:
    return f'"{version}"'


def tagged(response: Response, tag: str) -> None:
    """Say which version this is."""
    response.headers["ETag"] = tag


def created(response: Response, path: str, tag: str | None = None) -> None:
    """Say where the new resource is, and which version."""
    response.headers["Location"] = path
    if tag:
        tagged(response, tag)
