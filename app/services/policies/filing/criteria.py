"""Review criteria (评选标准): the part of a campaign's settings that its judges score by."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from app.inputs import Code, Input, Name, Prose
from app.models.enums import labels

Text = Annotated[Prose, Field(max_length=5000)]
Score = Annotated[int, Field(strict=True, ge=0, le=1000)]


def _as_typed(score: float) -> float:
    """Keep a whole score as a whole number, as those of before are kept and digested."""
    return int(score) if score.is_integer() else score


GivenScore = Annotated[float, Field(strict=True, ge=0, le=1000), AfterValidator(_as_typed)]
"""A score as its decimal was typed; its criterion says which decimals there are."""
Step = Annotated[Literal["1", "0.5", "0.1"], Field(json_schema_extra=labels("整数分", "可打半分", "可打一位小数"))]
WHOLE: Step = "1"
"""The step of criteria that name none, as all did at first."""


class Anchor(Input):
    """Meaning of a score, the same for all judges."""

    from_score: Score = Field(description="From this score on, up to the next anchor.", examples=[90])
    description: Text = Field(description="说明", examples=["成效突出，在全区可直接推广。"])


class Criterion(Input):
    """A review criterion (评选标准): its weight, the range of its scores, and their meaning."""

    code: Code = Field(description="Stable code.", examples=["influence"])
    name: Name = Field(description="名称", examples=["影响力"])
    description: Text = Field(description="说明", examples=["在本单位或本部门文明创建中具有一定的影响力。"])
    weight: Annotated[int, Field(strict=True, ge=1, le=100)] = Field(
        description="Weight beside the other criteria's.", examples=[25]
    )
    minimum: Score = Field(description="The lowest score.", examples=[0])
    maximum: Score = Field(description="The highest score.", examples=[100])
    step: Step = Field(
        default_factory=lambda: WHOLE, description="Scores are multiples of it: a decimal.", examples=["0.5"]
    )
    anchors: list[Anchor] = Field(description="评分参照", max_length=20)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minimum >= self.maximum:
            raise self.contradiction("the lowest score is not below the highest", "minimum")
        for index, anchor in enumerate(self.anchors):
            if not self.minimum <= anchor.from_score <= self.maximum:
                raise self.contradiction("an anchor lies outside the scores", "anchors", index, "from_score")
        return self


def stored(criteria: Sequence[Criterion]) -> list[dict[str, Any]]:
    """Return the stored documents: a step of whole points is absent, so that those of before keep their digest."""
    return [each.model_dump(mode="json", exclude={"step"} if each.step == WHOLE else None) for each in criteria]
