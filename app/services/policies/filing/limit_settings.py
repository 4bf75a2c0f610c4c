"""The part of a campaign's settings that limits numbers: of cases, of pictures, of characters."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from app.inputs import Code, Input, Name, Prose
from app.services.policies.people.vocabularies import CommitteeKind

Figure = Annotated[int, Field(strict=True, ge=0, le=100_000)]
Pictures = Annotated[int, Field(strict=True, ge=0, le=8)]
MOST_ROLES = 8
Cases = Annotated[int, Field(strict=True, ge=1, le=50)]


class FiledLimits(Input):
    """Number of cases that each committee of a kind files; the same twice: exactly so many."""

    kind: CommitteeKind
    minimum: Cases = Field(description="At least.", examples=[1])
    maximum: Cases | None = Field(description="At most; null: no limit.", examples=[3])


class ImageRole(Input):
    """A role that pictures of an application have, such as that of its cover."""

    code: Code = Field(description="Stable code, sent as the `role` of a picture.", examples=["cover"])
    name: Name = Field(description="名称", examples=["封面图片"])
    name_en: Annotated[Prose, Field(max_length=100)] = Field(
        "", description="Name in English; empty for none.", examples=["Cover"]
    )
    minimum: Pictures = Field(description="At least.", examples=[1])
    maximum: Annotated[Pictures, Field(ge=1)] = Field(description="At most.", examples=[1])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.maximum < self.minimum:
            raise self.contradiction("images: maximum is below minimum", "maximum")
        return self


class ImageLimits(Input):
    """Limits of the pictures of an application: their number, their roles, and what each must have to be taken."""

    minimum: Pictures = Field(description="At least.", examples=[5])
    maximum: Annotated[int, Field(strict=True, ge=1, le=8)] = Field(description="At most.", examples=[8])
    roles: list[ImageRole] = Field(
        [], description="Roles that pictures may have, and how many of each; empty: none.", max_length=MOST_ROLES
    )
    long_side: Annotated[int, Field(strict=True, ge=0, le=4096)] = Field(
        0, description="Pixels that the longer side has at least; 0: as many as any picture needs.", examples=[1920]
    )
    short_side: Annotated[int, Field(strict=True, ge=0, le=1080)] = Field(
        0, description="Pixels that the shorter side has at least; 0: as many as any picture needs.", examples=[1080]
    )
    smallest: Annotated[int, Field(strict=True, ge=0, le=5 * 2**20)] = Field(
        0, description="Bytes that a file has at least, as it is sent; 0: any.", examples=[2**20]
    )


class NarrativeLimits(Input):
    """Length of 创新特点+主要做法+社会效果 together, in 字: an advised range within refusing limits."""

    target: Figure = Field(description="约多少字", examples=[2000])
    advised_minimum: Figure = Field(description="Advice below it.", examples=[1600])
    advised_maximum: Figure = Field(description="Advice above it.", examples=[2400])
    minimum: Figure = Field(description="Refused below it.", examples=[1000])
    maximum: Figure = Field(description="Refused above it.", examples=[3000])
