"""Records of units over HTTP: their cases and awards over the years."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.api.commending.awards import PersonTitle
from app.api.filing.applications import PartnerOut
from app.api.http.dependencies import Paging, Reads
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.api.people.units import UnitId
from app.models.enums import ApplicationStatus, AwardStatus
from app.services.commending import unit_records
from app.services.people import units
from app.services.policies.filing.award_settings import Sort

router = Router("/units/{unit_id}", tags=["units"], in_a_seat=True)
Label = Annotated[str, Field(max_length=200)]
Number = Annotated[str, Field(max_length=60)]


class RecordedAwardOut(Out):
    """An award of a case, of a unit or of a person, as the record of a unit has it."""

    id: ResourceId
    kind: Number = Field(description="Code of the kind.", examples=["excellent_case"])
    kind_name: Label = Field(description="奖项, in the campaign's words.", examples=["优秀案例"])
    grade: Number | None = Field(description="Code of the grade; null where the kind has none.", examples=[None])
    status: AwardStatus = Field(description="State.")
    certificate_number: Label | None = Field(
        description="证书编号; null before the commendation is published.", examples=["路北文明创建〔2015〕第1号"]
    )
    awarded_at: Instant | None = Field(description="Time of its publication; null before.")
    commendation_id: UUID = Field(description="The commendation.")
    commendation_title: Label = Field(description="通报标题", examples=["关于表彰优秀案例的通报"])
    document_number: Label | None = Field(
        description="发文字号; null before publication.", examples=["路北文明办〔2015〕12号"]
    )


class RecordedCaseOut(Out):
    """A case of the unit in one campaign, or one it is a partner of (联合申报), with its awards."""

    id: ResourceId
    number: Number = Field(description="申报编号", examples=["2015-QT-001"])
    campaign_id: UUID = Field(description="The campaign.")
    campaign_name: Label = Field(description="活动名称", examples=["文明单位工作品牌创建年活动"])
    year: int = Field(description="Year of the campaign.", ge=2000, le=2100, examples=[2015])
    status: ApplicationStatus = Field(description="State, as you may read it.")
    brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    category: Label | None = Field(description="内容分类: a category code of the campaign.", examples=["qingman"])
    filed_at: Instant | None = Field(description="Time of the last filing; null before.")
    unit_name: Label = Field(description="申报单位; of a joint application the one that leads.", examples=["龙华社区"])
    partners: list[PartnerOut] = Field(description="联合申报单位; none where it applied alone.", max_length=4)
    awards: list[RecordedAwardOut] = Field(description="Its awards that you may see.", max_length=100)


class RecordedCasePage(Page[RecordedCaseOut]):
    """One page of a unit's cases, the newest first."""


class UnitAwardOut(RecordedAwardOut):
    """An award to the unit itself, or to one of its people, in one campaign."""

    campaign_id: UUID = Field(description="The campaign.")
    campaign_name: Label = Field(description="活动名称", examples=["文明单位工作品牌创建年活动"])
    year: int = Field(description="Year of the campaign.", ge=2000, le=2100, examples=[2015])
    recipient: Sort = Field(description="Of what sort the recipient is: `unit` or `person`.", examples=["unit"])
    name: Label = Field(description="单位 or 姓名, as it was published.", examples=["龙华社区"])
    person_title: PersonTitle


class UnitAwardPage(Page[UnitAwardOut]):
    """One page of the awards to a unit and its people, the newest first."""


@router.get("/cases")
async def list_unit_cases(unit_id: UnitId, view: Reads, page: Paging) -> RecordedCasePage:
    """List a unit's cases over the years with their awards, the newest first; joint ones with all their units.

    Who reads the unit reads of each case and each award what they may read of it elsewhere.
    """
    await units.read(view, unit_id)
    found = await unit_records.search(view, unit_id, **page.binds)
    return RecordedCasePage.of(found, [RecordedCaseOut.model_validate(row) for row in found.rows])


@router.get("/awards")
async def list_unit_awards(unit_id: UnitId, view: Reads, page: Paging) -> UnitAwardPage:
    """List the awards to a unit itself (优秀组织单位) and to its people (先进个人) over the years, the newest first.

    Those of its cases are with the cases. Who reads the unit reads what they may read of each award elsewhere.
    """
    await units.read(view, unit_id)
    found = await unit_records.awards(view, unit_id, **page.binds)
    return UnitAwardPage.of(found, [UnitAwardOut.model_validate(row) for row in found.rows])
