"""Commendations for everybody over HTTP, without signing in: the same bytes for all, which any cache may keep."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Path, Request, Response
from pydantic import Field

from app.api.commending.awards import CommitteeName, CommitteeNameNow, PersonTitle, UnitName, UnitNameNow
from app.api.filing.applications import CellInWords
from app.api.filing.receipts import VerificationCode
from app.api.http.dependencies import Chosen, Paging, Reads, Viewer, filtered_by
from app.api.http.downloads import IfNoneMatch, bytes_of, deliver
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.models.enums import AwardStatus, CommendationStatus
from app.rows import values_of
from app.services.commending import commendations, public_awards
from app.services.commending.public_awards import Certificate, PublicAwardRecord
from app.services.policies.filing.award_settings import Sort
from app.services.policies.filing.own_cells import MOST_CELLS

router = Router("/public", tags=["public"])
Filters = Annotated[Chosen, filtered_by(public_awards.FILTERS)]
CommendationId = Annotated[UUID, Path(description="The commendation.")]
AwardId = Annotated[UUID, Path(description="The award.")]
Slot = Annotated[int, Path(ge=1, le=8, description="The number of the picture.")]
Label = Annotated[str, Field(max_length=200)]
ShortCode = Annotated[str, Field(max_length=40)]
Number = Annotated[str, Field(max_length=100)]


class PublicAward(Out):
    """An award (奖项) as anybody may read it."""

    id: ResourceId
    commendation_id: UUID = Field(description="The commendation.")
    kind: ShortCode = Field(description="奖项: its code.", examples=["excellent_case"])
    kind_name: Label = Field(description="奖项", examples=["优秀案例"])
    grade: ShortCode | None = Field(description="等次: its code; null when the kind has no grades.", examples=[None])
    grade_name: Label | None = Field(description="等次", examples=[None])
    recipient: Sort = Field(description="Of what sort the recipient is.")
    name: Label = Field(
        description="品牌名称, or the name of the committee, the unit or the person.",
        examples=["“红马甲”邻里互助站"],
    )
    person_title: PersonTitle
    unit_name: UnitName
    committee_name: CommitteeName
    unit_name_now: UnitNameNow
    committee_name_now: CommitteeNameNow
    category: ShortCode | None = Field(description="内容分类: its code; null of all but cases.", examples=["qingman"])
    category_name: Label | None = Field(description="内容分类", examples=["情满路北"])
    public_summary: Annotated[str, Field(max_length=500)] = Field(
        description="公开简介", examples=["组织党员志愿者结对帮扶，形成常态化邻里互助机制。"]
    )
    cells: list[CellInWords] = Field(
        description="The campaign's own cells that are public, as filed; none of all but cases.", max_length=MOST_CELLS
    )
    picture_hrefs: list[str] = Field(
        description="The approved pictures, JPEG.", max_length=8, examples=[["/api/v1/public/awards/…/images/1"]]
    )
    thumbnail_hrefs: list[str] = Field(
        description="The same pictures small, of at most 400 pixels a side, JPEG, in the same order.",
        max_length=8,
        examples=[["/api/v1/public/awards/…/images/1/thumbnail"]],
    )
    certificate_number: Number | None = Field(
        description="证书编号; null before it is published.", examples=["路北文明创建〔2015〕第7号"]
    )
    awarded_at: Instant | None = Field(description="Time of publication; null while it is publicised.")

    @classmethod
    def of(cls, award: PublicAwardRecord) -> Self:
        address = f"/api/v1/public/awards/{award.row.id}/images"
        hrefs = [f"{address}/{slot}" for slot in award.row.pictures]
        told = {"cells": [CellInWords.model_validate(cell) for cell in award.cells], "picture_hrefs": hrefs}
        told |= {"thumbnail_hrefs": [f"{href}/thumbnail" for href in hrefs]}
        return cls(**values_of(award.row) | values_of(award.names) | told)


class PublicAwardPage(Page[PublicAward]):
    """One page of awards."""


class PublicCommendation(Out):
    """A commendation (通报表彰) as anybody may read it, in a list."""

    id: ResourceId
    title: Label = Field(description="标题", examples=["关于表彰2015年创新工作品牌的通报"])
    status: CommendationStatus = Field(description="`publicised` or `published`.", examples=["published"])
    award_count: int = Field(description="Number of its awards.", ge=0, examples=[23])
    publicised_at: Instant = Field(description="Start of the public notice.")
    publicity_first_on: date | None = Field(
        description="公示 from this day; null when the campaign sets no days for it.", examples=["2015-11-09"]
    )
    publicity_last_on: date | None = Field(description="公示 to the end of this day; null likewise.")
    document_number: Number | None = Field(
        description="发文字号; null before it is published.", examples=["路北文明办〔2015〕12号"]
    )
    published_at: Instant | None = Field(description="Time of publication; null before.")


class PublicCommendationPage(Page[PublicCommendation]):
    """One page of commendations, oldest first."""


class PublicCommendationOut(PublicCommendation):
    """A commendation as anybody may read it, with all its awards."""

    preface: str = Field(description="正文引言", max_length=5000, examples=["经评选并公示，现将优秀案例予以通报表彰。"])
    wording: Label = Field(description="表彰的名义", examples=["通报表彰"])
    awards: list[PublicAward] = Field(description="The awards, in the order of the commendation.")


class GenuineCertificate(Out):
    """A genuine certificate (证书); of a revoked one only the time of its revocation is shown."""

    genuine: Literal[True] = Field(description="Always true: a code nobody was given is a 404.")
    status: Literal["awarded", "revoked"] = Field(
        description="`awarded` if the award is in force.",
        json_schema_extra=AwardStatus.only(AwardStatus.AWARDED, AwardStatus.REVOKED),
    )
    certificate_number: Number = Field(description="证书编号", examples=["路北文明创建〔2015〕第7号"])
    recipient: Sort | None = Field(description="Of what sort the recipient is; null once revoked.")
    name: Label | None = Field(
        description="品牌名称, or the name of the committee, the unit or the person; null once revoked.",
        examples=["“红马甲”邻里互助站"],
    )
    person_title: str | None = Field(
        description="职务 of a person; null where none was named, and once revoked.", max_length=100, examples=[None]
    )
    unit_name: Label | None = Field(
        description="申报单位, the unit itself, or that of the person; null for a committee and a person of one, and "
        "once revoked.",
        examples=["乔屯街道龙华社区"],
    )
    committee_name: Label | None = Field(
        description="推荐单位, the committee itself, or that of the unit or the person; null once revoked.",
        examples=["乔屯街道党工委"],
    )
    kind_name: Label | None = Field(description="奖项; null once revoked.", examples=["优秀案例"])
    grade_name: Label | None = Field(description="等次; null where there is none, and once revoked.", examples=[None])
    awarded_at: Instant | None = Field(description="Time of the award; null once revoked.")
    revoked_at: Instant | None = Field(description="Time of the revocation; null while it is in force.")

    @classmethod
    def of(cls, certificate: Certificate) -> Self:
        return cls(genuine=True, **values_of(certificate.row) | values_of(certificate.names))


@router.get("/commendations", made_once=True)
async def list_public_commendations(view: Reads, page: Paging) -> PublicCommendationPage:
    """List what is publicised or published, without signing in, oldest first."""
    found = await commendations.search(view, campaign_id=None, status=None, **page.binds)
    return PublicCommendationPage.of(found, [PublicCommendation.model_validate(row) for row in found.rows])


@router.get("/commendations/{commendation_id}", made_once=True)
async def read_public_commendation(commendation_id: CommendationId, view: Reads) -> PublicCommendationOut:
    """Read a commendation with all its awards, without signing in, while it is publicised and once it is published."""
    found = await public_awards.commendation(view, commendation_id)
    awards = [PublicAward.of(award) for award in found.awards]
    return PublicCommendationOut(**values_of(found.row) | {"wording": found.wording, "awards": awards})


@router.get("/awards", made_once=True)
async def list_public_awards(view: Reads, filters: Filters, page: Paging) -> PublicAwardPage:
    """List the awards that are publicised, or published and in force, without signing in, oldest first.

    Those of one programme (`programme_id`) are in the order of its entries, and in each as its list has them.
    """
    found = await public_awards.search(view, **filters, **page.binds)
    return PublicAwardPage.of(found, [PublicAward.of(award) for award in found.rows])


@router.get("/awards/{award_id}", made_once=True)
async def read_public_award(award_id: AwardId, view: Reads) -> PublicAward:
    """Read an award, without signing in, while it is publicised and — unless it is revoked — once it is published."""
    return PublicAward.of(await public_awards.award(view, award_id))


@router.get(
    "/awards/{award_id}/images/{slot}",
    response_class=Response,
    responses=bytes_of("image/jpeg"),
)
async def read_public_picture(
    award_id: AwardId, slot: Slot, view_of: Viewer, request: Request, known: IfNoneMatch = None
) -> Response:
    """Download a picture that the office has approved for the public, as JPEG, by exactly the rule of its award."""
    async with view_of() as view:
        stored = await public_awards.picture(view, award_id, slot)
    return await deliver(request, stored, known, is_public=True)


@router.get("/awards/{award_id}/images/{slot}/thumbnail", response_class=Response, responses=bytes_of("image/jpeg"))
async def read_public_thumbnail(
    award_id: AwardId, slot: Slot, view_of: Viewer, request: Request, known: IfNoneMatch = None
) -> Response:
    """Download a small picture of at most 400 pixels a side, as JPEG, by the same rule."""
    async with view_of() as view:
        stored = await public_awards.picture(view, award_id, slot, thumbnail=True)
    return await deliver(request, stored, known, is_public=True)


@router.get("/certificates/{verification_code}")
async def verify_certificate(verification_code: VerificationCode, view: Reads) -> GenuineCertificate:
    """Check a certificate, without signing in: its award, and whether that is in force.

    A code that was never issued is not found.
    """
    return GenuineCertificate.of(await public_awards.certificate(view, verification_code))
