"""Resemblances of cases (查重) over HTTP."""

from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from app.api.filing.applications import Label
from app.api.http.dependencies import Chosen, Paging, Reads, filtered_by
from app.api.http.output import Out, Page, ResourceId
from app.api.http.routing import Router
from app.context import View
from app.rows import values_of
from app.services.filing import resemblances

router = Router("/resemblances", tags=["resemblances"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(resemblances.FILTERS)]
ResemblanceId = Annotated[UUID, Path(description="The resemblance.")]
Sort = Annotated[
    Literal["share", "pictures"] | None, Query(description="Those with the greatest part, or the most pictures, first.")
]
Share = Annotated[int, Field(ge=0, le=100)]
Cell = Annotated[str, Field(max_length=40)]
Run = Annotated[str, Field(max_length=100_000)]
Place = Annotated[int, Field(ge=1)]


class ResemblanceSummary(Out):
    """A case and another one that it resembles, in a list; the same two are there the other way round, too."""

    id: ResourceId
    campaign_id: UUID = Field(description="Campaign of the case.")
    application_id: UUID = Field(description="The case.")
    number: Label = Field(description="申报编号 of the case.", examples=["2015-QT-001"])
    brand_name: Label | None = Field(description="品牌名称 of the case.", examples=["“红马甲”邻里互助站"])
    unit_name: Label = Field(description="申报单位 of the case.", examples=["乔屯街道龙华社区"])
    share: Share = Field(
        description="重复率: per cent of the text that stand in the other one, word for word; spaces and marks do not "
        "count.",
        examples=[46],
    )
    pictures: int = Field(description="相似图片数: pictures that look like one of the other's.", ge=0, examples=[1])
    other_application_id: UUID = Field(description="The other case.")
    other_number: Label = Field(description="对方申报编号", examples=["2015-QT-003"])
    other_brand_name: Label | None = Field(description="对方品牌名称", examples=["红马甲志愿服务站"])
    other_unit_name: Label = Field(description="对方申报单位", examples=["乔屯街道裕华社区"])
    other_committee_name: Label = Field(description="对方推荐单位", examples=["乔屯街道党工委"])
    other_campaign_id: UUID = Field(description="Campaign of the other case; it may be of another year.")
    other_year: int = Field(description="对方年度", examples=[2015])
    other_share: Share = Field(
        description="对方重复率: per cent of the other's text that stand in the case.", examples=[52]
    )


class PassageOut(Out):
    """A run of text that both cases have, as it stands in each."""

    length: int = Field(description="Its letters and figures.", ge=1, examples=[19])
    cell: Cell = Field(description="Cell of the case: a member of the form, or a code.", examples=["practices"])
    text: Run = Field(description="Wording in the case.", examples=["组织党员志愿者与楼院独居老人结成帮扶对子。"])
    other_cell: Cell = Field(description="Cell of the other case.", examples=["practices"])
    other_text: Run = Field(
        description="Wording in the other case.", examples=["组织党员志愿者与楼院独居老人，结成帮扶对子"]
    )


class AlikePictures(Out):
    """Two pictures that look alike: one was made of the other, or both of one."""

    slot: Place = Field(description="Number of the case's picture.", examples=[1])
    other_slot: Place = Field(description="Number of the other's picture.", examples=[3])


class ResemblanceOut(ResemblanceSummary):
    """Two cases that resemble each other, side by side."""

    passages: list[PassageOut] = Field(description="Passages of both, in the order of the case.", max_length=10_000)
    pictures_alike: list[AlikePictures] = Field(description="Pictures that look alike.", max_length=64)

    @classmethod
    async def read(cls, view: View, resemblance_id: UUID) -> Self:
        record = await resemblances.read(view, resemblance_id)
        return cls(
            passages=[PassageOut.model_validate(each) for each in record.passages],
            pictures_alike=[AlikePictures(slot=one, other_slot=other) for one, other in record.pictures_alike],
            **values_of(record.row),
        )


class ResemblancePage(Page[ResemblanceSummary]):
    """One page of resemblances."""


@router.get("")
async def list_resemblances(view: Reads, filters: Filters, page: Paging, sort: Sort = None) -> ResemblancePage:
    """List the cases you may see that resemble each other (查重): in a fifth of a text, or in a picture.

    It is advice, and refuses nothing: who reads it looks at both. Every content is compared shortly after its
    submission with all that were submitted before it, also of other committees and other years. The office sees the
    filed ones, a committee those of its units, a unit those of its own cases. Judges see none.
    """
    found = await resemblances.search(view, sort=sort, **filters, **page.binds)
    return ResemblancePage.of(found, [ResemblanceSummary.model_validate(row) for row in found.rows])


@router.get("/{resemblance_id}")
async def read_resemblance(resemblance_id: ResemblanceId, view: Reads) -> ResemblanceOut:
    """Read two cases that resemble each other: the passages that stand in both, and the pictures that look alike."""
    return await ResemblanceOut.read(view, resemblance_id)
