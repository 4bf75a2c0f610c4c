"""The part of a campaign's settings that names sources of imported figures (网络投票), and how these become points."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.inputs import Code, Input, Line, Name
from app.models.enums import labels

MOST_SOURCES = 5
MOST = 1_000_000_000
"""The largest figure, above which decimals of a JSON number are lost."""
Scale = Annotated[
    Literal["share_of_best", "linear", "points"],
    Field(json_schema_extra=labels("按最高者折算", "按满分数折算", "已是百分制得分")),
]


class FigureSource(Input):
    """A source of figures from outside the system (外部得分), such as a public vote, for a composite result."""

    code: Code = Field(description="Stable code.", examples=["votes"])
    name: Name = Field(description="名称", examples=["网络投票"])
    unit: Annotated[Line, Field(max_length=10)] = Field(description="单位 of a figure.", examples=["票"])
    scale: Scale = Field(
        description="Points of a figure, out of 100 and exact: its share of the best figure; its share of "
        "`full_marks`, of which more is no more; or the figure itself.",
    )
    full_marks: Annotated[int, Field(strict=True, ge=1, le=MOST)] | None = Field(
        None, description="Figure that is 100 points on a linear scale; null for the others.", examples=[10_000]
    )
    evidence_required: Annotated[bool, Field(strict=True)] = Field(
        True, description="True if a table of figures needs a document that proves it (佐证).", examples=[True]
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.scale == "linear") is (self.full_marks is None):
            raise self.contradiction("a linear scale has full_marks, and no other has it", "full_marks")
        return self
