"""The part of a campaign's settings that limits numbers: of cases, of pictures, of characters."""

from typing import Annotated

from pydantic import Field

from app.inputs import Input
from app.models.enums import CommitteeKind

Figure = Annotated[int, Field(strict=True, ge=0, le=100_000)]
Cases = Annotated[int, Field(strict=True, ge=1, le=50)]


class FiledLimits(Input):
    """Number of cases that each committee of a kind files; the same twice: exactly so many."""

    kind: CommitteeKind = Field(description="Kind of committee.")
    minimum: Cases = Field(description="At least.", examples=[1])
    maximum: Cases | None = Field(description="At most; null: no limit.", examples=[3])


class ImageLimits(Input):
    """Limits of the number of pictures of an application."""

    minimum: Annotated[int, Field(strict=True, ge=0, le=8)] = Field(description="At least.", examples=[5])
    maximum: Annotated[int, Field(strict=True, ge=1, le=8)] = Field(description="At most.", examples=[8])


class NarrativeLimits(Input):
    """Length of 创新特点+主要做法+社会效果 together, in 字: an advised range within refusing limits."""

    target: Figure = Field(description="约多少字", examples=[2000])
    advised_minimum: Figure = Field(description="Advice below it.", examples=[1600])
    advised_maximum: Figure = Field(description="Advice above it.", examples=[2400])
    minimum: Figure = Field(description="Refused below it.", examples=[1000])
    maximum: Figure = Field(description="Refused above it.", examples=[3000])
