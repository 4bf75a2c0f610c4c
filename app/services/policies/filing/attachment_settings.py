"""The part of a campaign's settings that asks for supporting documents (佐证材料), kind by kind."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from app.inputs import Code, Input, Name, Prose
from app.models.enums import AttachmentFormat, Language

MOST_KINDS, MOST_OF_KIND = 10, 10
MOST_ATTACHMENTS = MOST_KINDS * MOST_OF_KIND
MAX_BYTES = 25 * 2**20
"""The largest that an upload may be."""


class AttachmentKind(Input):
    """A kind of supporting documents that go with an application."""

    code: Code = Field(description="Stable code, sent as the `kind` of an attachment.", examples=["media_reports"])
    name: Name = Field(description="名称", examples=["媒体报道"])
    name_en: Annotated[Prose, Field(max_length=100)] = Field(
        "", description="Name in English; empty for none.", examples=["Media reports"]
    )
    formats: Annotated[list[AttachmentFormat], Field(json_schema_extra={"uniqueItems": True})] = Field(
        description="Formats that are taken; the content of a file decides, not its name.", min_length=1, max_length=3
    )
    minimum: Annotated[int, Field(strict=True, ge=0, le=MOST_OF_KIND)] = Field(description="At least.", examples=[1])
    maximum: Annotated[int, Field(strict=True, ge=1, le=MOST_OF_KIND)] = Field(description="At most.", examples=[3])
    required: Annotated[bool, Field(strict=True)] = Field(
        True, description="True if fewer than `minimum` refuse the submission; false: they are advice.", examples=[True]
    )
    blind: Annotated[bool, Field(strict=True)] = Field(
        True, description="True if it is hidden from the judges of a blind round.", examples=[True]
    )
    max_bytes: Annotated[int, Field(strict=True, ge=2**10, le=MAX_BYTES)] = Field(
        MAX_BYTES, description="Bytes of the largest file that is taken.", examples=[10 * 2**20]
    )
    help: Annotated[Prose, Field(max_length=500)] = Field("", description="填写说明", examples=["市级以上媒体的报道。"])

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.maximum < self.minimum:
            raise self.contradiction("attachments: maximum is below minimum", "maximum")
        if len(set(self.formats)) < len(self.formats):
            raise self.contradiction("a format occurs twice", "formats")
        if AttachmentFormat.WORD in self.formats and not self.blind:
            raise self.contradiction("a Word document names its author: the kind must be blind", "blind")
        return self

    def said(self, language: Language) -> str:
        return self.name_en if self.name_en and language is Language.EN else self.name
