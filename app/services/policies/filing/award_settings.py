"""The part of a campaign's settings that its awards, their publication and their numbers are made of."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from app.inputs import Code, Day, Input, Name, NumberFormat, each_once
from app.models.enums import labels
from app.services.policies.filing.paper_settings import CertificateWords, NoticeWords

Sort = Annotated[
    Literal["application", "committee", "unit", "person"],
    Field(json_schema_extra=labels("单位申报的品牌", "党（工）委", "单位", "个人")),
]
"""The sorts of recipients."""
DaysEntered = Annotated[
    list[Day], Field(max_length=100, json_schema_extra={"uniqueItems": True}), AfterValidator(each_once)
]


Places = Annotated[int, Field(strict=True, ge=1, le=1000)]


class Grade(Input):
    """A grade (等次) of an award."""

    code: Code = Field(description="Stable code.", examples=["first"])
    name: Name = Field(description="名称", examples=["一等奖"])
    places: Places | None = Field(
        None, description="Number of awards that was announced (名额); null: none was.", examples=[2]
    )


class AwardKind(Input):
    """A kind of award (奖项)."""

    code: Code = Field(description="Stable code.", examples=["excellent_case"])
    name: Name = Field(description="名称", examples=["优秀案例"])
    recipient: Sort = Field(description="Recipient: a case, a committee, a unit, or a person of either.")
    grades: list[Grade] = Field(description="等次; empty when the award has none.", max_length=10)
    places: Places | None = Field(
        None, description="Number of awards that was announced (名额), of a kind without grades.", examples=[None]
    )
    tie_break: Literal["none", "recommended_order"] = Field(
        "none",
        description="Means to part cases of one rank before `ties` is asked: none, or the place that each has in the "
        "recommended order (推荐排序) of its committee.",
        json_schema_extra=labels("不另区分", "按推荐排序"),
    )
    ties: Literal["within_places", "beyond_places"] = Field(
        "within_places",
        description="Fate of those who share the last place: let in beyond the number, or the office's to part.",
        json_schema_extra=labels("不超名额，由主办单位另定", "并列者一并列入"),
    )
    certificate: CertificateWords | None = Field(
        None, description="Words of its certificates; null: the usual ones for its recipients."
    )

    @model_validator(mode="after")
    def _places_once(self) -> Self:
        if self.grades and self.places:
            raise self.contradiction("a kind with grades has its places there", "places")
        return self

    @model_validator(mode="after")
    def _of_cases(self) -> Self:
        if self.recipient != "application" and self.tie_break != "none":
            raise self.contradiction("only cases have a recommended order", "tie_break")
        return self

    @property
    def parts_by_order(self) -> bool:
        """Return true if the recommended order parts cases of one rank."""
        return self.tie_break == "recommended_order"

    def called(self, grade: str | None) -> str:
        """Name an award of it: the kind, and its grade where it has one."""
        holder = self.in_grade(grade)
        return self.name if holder is self else f"{self.name}{holder.name}"

    def in_grade(self, code: str | None) -> "Grade | AwardKind":
        """Return what has the places: the grade, or the kind where there is none."""
        return next((grade for grade in self.grades if grade.code == code), self)


class Indicator(Input):
    """Measure of a committee's organisation (组织工作指标), with its weight."""

    code: Literal[
        "plan_in_time", "filed_in_time", "planned_delivered", "filed_count", "accepted_at_first_check", "awards_won"
    ] = Field(
        description="Figure that is counted.",
        json_schema_extra=labels(
            "按时报送实施计划",
            "按时上报申报案例",
            "计划案例完成情况",
            "上报案例件数",
            "形式审查一次通过情况",
            "获优秀案例件数",
        ),
    )
    name: Name = Field(description="名称", examples=["按时报送实施计划"])
    weight: Annotated[int, Field(strict=True, ge=0, le=100)] = Field(
        description="Points for the full measure.", examples=[20]
    )
    full_measure: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        description="The count that earns all the points, for indicators that count; more earns no more.", examples=[5]
    )


def out_of_reach(indicators: Sequence[Indicator], maxima: Iterable[int | None]) -> list[int]:
    """Return the places of the indicators that count more cases than some committee may file."""
    most = min((each for each in maxima if each), default=None)
    counted = enumerate(indicators) if most else ()
    return [index for index, each in counted if each.code == "filed_count" and each.full_measure > (most or 0)]


OF_PLANS = frozenset({"plan_in_time", "planned_delivered"})
"""Indicators that measure plans."""


class CommendationSettings(Input):
    """Settings for the publication, wording and numbering of results, which differ from district to district."""

    wording: Name = Field(description="表彰的名义", examples=["通报表扬"])
    publicity_days: Annotated[int, Field(strict=True, ge=0, le=30)] = Field(
        description="公示期 in days, the day of publicising not counted; 0 switches it off.", examples=[5]
    )
    publicity_counts: Literal["working_days", "calendar_days"] = Field(
        "working_days", description="The days that count.", json_schema_extra=labels("工作日", "自然日")
    )
    days_off: DaysEntered = Field(
        default=[],
        description="放假日 that the calendar does not know: it follows the State Council's arrangements as far as "
        "they are published.",
        examples=[["2027-02-08"]],
    )
    days_worked: DaysEntered = Field(
        default=[], description="Likewise, Saturdays and Sundays that are worked (调休上班).", examples=[["2027-02-14"]]
    )
    document_number: NumberFormat = Field(
        description="发文字号: `{year}` and `{number}` stand for the year and the running number.",
        examples=["路北文明办〔{year}〕{number}号"],
    )
    certificate_number: NumberFormat = Field(
        description="证书编号: `{year}` and `{number}` stand for the year and the running number.",
        examples=["路北文明创建〔{year}〕第{number}号"],
    )
    notice: NoticeWords | None = Field(
        None, description="公示、通报 on paper: words that are not the usual ones; null: all are."
    )
    indicators: list[Indicator] = Field(description="组织工作先进单位的评价指标", max_length=6)
    nominate_accepted: Annotated[bool, Field(strict=True)] = Field(
        description="True if an accepted case without an award may be nominated (择优推荐).", examples=[False]
    )
