"""The part of a campaign's settings that says how results of rounds, and figures, make one result (综合成绩)."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from app.inputs import Code, Input, Name, each_once
from app.models.enums import labels

Missing = Annotated[
    Literal["unranked", "zero", "left_out"],
    Field(json_schema_extra=labels("不参加综合排名", "该项计 0 分", "该项不计，其余各项按比例折算")),
]
WHOLE = 100
"""The sum of the weights of all parts."""


class PartSettings(Input):
    """A part of a composite result, with its weight."""

    code: Code = Field(description="Stable code.", examples=["live"])
    name: Name = Field(description="名称", examples=["现场展示"])
    weight: Annotated[int, Field(strict=True, ge=1, le=99)] = Field(
        description="权重: points of a hundred; those of all parts are 100 together.", examples=[60]
    )
    missing: Missing = Field(
        "unranked",
        description="Fate of a case without a figure in this part: it has no rank in the result; the part counts 0; or "
        "its weight falls to the others in proportion.",
    )
    figures: Code | None = Field(
        None,
        description="The source of imported `figures` that it is made of, by its code; null: of a round.",
        examples=[None],
    )


class CompositeSettings(Input):
    """A result made of several (综合成绩): its parts, and what parts equal scores."""

    code: Code = Field(description="Stable code.", examples=["overall"])
    name: Name = Field(description="名称", examples=["综合成绩"])
    parts: list[PartSettings] = Field(description="各项及权重", min_length=2, max_length=10)
    tie_breaks: Annotated[
        list[Code], Field(max_length=10, json_schema_extra={"uniqueItems": True}), AfterValidator(each_once)
    ] = Field([], description="Parts whose higher figure parts equal scores, the first first.", examples=[["live"]])

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if sum(part.weight for part in self.parts) != WHOLE:
            raise self.contradiction("the weights are not 100 together", "parts")
        known = {part.code for part in self.parts}
        for index, code in enumerate(self.tie_breaks):
            if code not in known:
                raise self.contradiction("a tie-break is no part", "tie_breaks", index)
        return self

    def stored(self) -> dict[str, Any]:
        """Return the stored document: a part of a round says nothing of figures, as none did at first."""
        return self.model_dump(mode="json", exclude_none=True)
