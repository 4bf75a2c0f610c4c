"""The payload of a nomination, member by member: versions 1 to 6 of its schema, which never change.

A change of a class here makes version 7: a payload must stay readable as long as it is kept. Version 1 has whole days
for 实施时间; version 2 also a month or a year, and an end that is not yet; version 3 has the campaign's own cells;
version 4 supporting documents and roles of pictures, and no member that a case does not use; version 5 the place in
the recommended order; version 6 kinds of committees and levels of titles that the notice does not have, with their
names. What is published of the others is in `payload_schemas`.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.periods import ENDS, STARTS
from app.services.policies.filing.attachment_settings import MOST_ATTACHMENTS, MOST_KINDS
from app.services.policies.filing.attachments import AttachmentType
from app.services.policies.filing.limit_settings import MOST_ROLES
from app.services.policies.filing.own_cells import CONTROLS, LONGEST_WORDS, MOST_CELLS, Control, Json, StoredValue

Version = Literal[1, 2, 3, 4, 5, 6]
WITH_CELLS: Literal[3] = 3
WITH_FILES: Literal[4] = 4
WITH_RANK: Literal[5] = 5
WITH_WORDS: Literal[6] = 6

Label = Annotated[str, Field(max_length=200)]
ShortCode = Annotated[str, Field(max_length=40)]
Prose = Annotated[str, Field(max_length=10_000)]
Sha256 = Annotated[
    str, Field(description="SHA-256, hexadecimal.", pattern="^[0-9a-f]{64}$", max_length=64, examples=["9f" * 32])
]
Moment = Annotated[
    str, Field(max_length=20, json_schema_extra={"format": "date-time"}, examples=["2015-11-02T02:00:00Z"])
]


class Part(BaseModel):
    """A part of the payload: exactly these members, all of them always present."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True, defer_build=True)


def _is_absent(value: object) -> bool:
    return value is None


def _never_null(schema: Json) -> None:
    """A member that is absent from the versions before it, and never null."""
    given, _ = schema.pop("anyOf")
    schema.pop("default")
    schema |= given


class PayloadNomination(Part):
    """Which nomination this is. Its place among the others is not fixed with it: read it with the nomination."""

    id: UUID = Field(description="The nomination.")
    revision: int = Field(description="Counted from 1 for each application.", ge=1, examples=[1])
    replaces: UUID | None = Field(description="The revision before it; null for the first.", examples=[None])
    reason: Annotated[str, Field(max_length=500)] = Field(
        description="推荐理由", examples=["做法成熟，群众认可度高，建议在全市推广。"]
    )
    prepared_at: Moment = Field(description="When all of this was fixed.")


class PayloadOrganizer(Part):
    """Who nominates, and whom to ring."""

    name: Label = Field(description="主办单位", examples=["路北区精神文明建设委员会办公室"])
    short_name: Label = Field(description="简称", examples=["路北文明办"])
    contact_name: Label = Field(description="联系人", examples=["张弓"])
    phone: Label = Field(description="联系电话", examples=["3724062"])
    email: Label = Field(description="邮箱", examples=["lbwmb@126.com"])


class PayloadCampaign(Part):
    """The campaign (活动) the case comes from."""

    id: UUID = Field(description="The campaign.")
    name: Label = Field(description="活动名称", examples=["文明单位工作品牌创建年活动"])
    year: int = Field(description="年度", ge=2000, le=2100, examples=[2015])
    timezone: ShortCode = Field(description="In which its dates are spoken.", examples=["Asia/Shanghai"])
    organizer: PayloadOrganizer = Field(description="主办单位与联系方式")


class PayloadAward(Part):
    """The award (奖项) it has, as published."""

    id: UUID = Field(description="The award.")
    kind: ShortCode = Field(description="奖项: its code.", examples=["excellent_case"])
    kind_name: Label = Field(description="奖项", examples=["优秀案例"])
    grade: ShortCode | None = Field(description="等次: its code; null without grades.", examples=[None])
    grade_name: Label | None = Field(description="等次", examples=[None])
    certificate_number: Label = Field(description="证书编号", examples=["路北文明创建〔2015〕第7号"])
    document_number: Label = Field(description="发文字号", examples=["路北文明办〔2015〕12号"])
    commendation_title: Label = Field(description="通报标题", examples=["关于表彰2015年创新工作品牌的通报"])
    public_summary: Annotated[str, Field(max_length=500)] = Field(
        description="公开简介", examples=["组织党员志愿者结对帮扶，形成常态化邻里互助机制。"]
    )
    awarded_at: Moment = Field(description="When it was published.")


class PayloadCommittee(Part):
    """推荐单位: the Party committee that filed it."""

    id: UUID = Field(description="The committee.")
    code: ShortCode = Field(description="Short code.", examples=["QT"])
    name: Label = Field(description="党（工）委", examples=["乔屯街道党工委"])
    kind: ShortCode = Field(description="Of what sort: a code.", examples=["district_direct"])
    kind_name: Label | None = Field(
        default=None,
        exclude_if=_is_absent,
        json_schema_extra=_never_null,
        description="类别: its name, from version 6 on.",
        examples=["高校党（工）委"],
    )


class PayloadUnit(Part):
    """申报单位: the unit whose case it is."""

    id: UUID = Field(description="The unit.")
    name: Label = Field(description="单位名称", examples=["乔屯街道龙华社区"])
    honour_level: ShortCode = Field(description="文明单位级别: its code.", examples=["district"])
    honour_level_name: Label | None = Field(
        default=None,
        exclude_if=_is_absent,
        json_schema_extra=_never_null,
        description="文明单位级别: its name, from version 6 on.",
        examples=["文明校园"],
    )
    credit_code: ShortCode | None = Field(description="统一社会信用代码", examples=[None])


class PayloadCell(Part):
    """A cell of the campaign's own with its words, as the campaign has them at the nomination."""

    code: ShortCode = Field(description="Its member of the form's `cells`.", examples=["team"])
    name: Label = Field(description="名称", examples=["创建团队"])
    name_en: Label = Field(description="Name in English; empty for none.", examples=["Team"])
    control: Control = Field(
        description="The way in which it was filled.", json_schema_extra=CONTROLS, examples=["persons"]
    )
    text: Annotated[str, Field(max_length=LONGEST_WORDS)] = Field(
        description="Its value in words, a list row by row.", examples=["李文博，执笔人"]
    )


class PayloadWord(Part):
    """A code of the campaign with its name, as the campaign has it at the nomination."""

    code: ShortCode = Field(description="Its code.", examples=["media_reports"])
    name: Label = Field(description="名称", examples=["媒体报道"])
    name_en: Label = Field(description="Name in English; empty for none.", examples=["Media reports"])


class PayloadForm(Part):
    """附件2, cell by cell, as it was filed and sealed."""

    brand_name: Label = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    leader_name: Label = Field(description="负责人", examples=["李文博"])
    leader_title: Label = Field(description="职务", examples=["党支部书记"])
    phone: Label = Field(description="联系电话", examples=["0315-3724062"])
    category: ShortCode = Field(description="内容分类: its code.", examples=["qingman"])
    started_on: Annotated[str, Field(pattern=f"^{STARTS}$", max_length=10)] = Field(
        description="实施时间: when it began: a day, a month or a year.", examples=["2015-04-21"]
    )
    ended_on: Annotated[str, Field(pattern=f"^{ENDS}$", max_length=10)] = Field(
        description="实施时间: when it ended: a day, a month or a year; `ongoing` if it has not.",
        examples=["2015-08-31"],
    )
    innovation: Prose = Field(description="创新特点", examples=["把志愿服务做到楼门口。"])
    practices: Prose = Field(description="主要做法", examples=["建立结对帮扶制度。"])
    effects: Prose = Field(description="社会效果", examples=["居民满意度明显提高。"])
    cells: dict[ShortCode, StoredValue] | None = Field(
        default=None,
        exclude_if=_is_absent,
        json_schema_extra=_never_null,
        description="The campaign's own cells by code, from version 3 on; numbers have at most four decimals.",
        max_length=MOST_CELLS,
        examples=[{"team": [{"name": "李文博", "role": "author"}]}],
    )


class PayloadImage(Part):
    """A picture as the form shows it; its bytes are among the files."""

    id: UUID = Field(description="The picture.")
    slot: int = Field(description="Its place.", ge=1, le=8, examples=[1])
    caption: Label = Field(description="图片说明", examples=["志愿者为独居老人义诊"])
    sha256: Sha256
    width: int = Field(description="Pixels.", ge=1, examples=[1600])
    height: int = Field(description="Pixels.", ge=1, examples=[1200])
    size: int = Field(description="Bytes.", ge=1, examples=[345_678])
    role: ShortCode | None = Field(
        default=None,
        exclude_if=_is_absent,
        json_schema_extra=_never_null,
        description="Its role: a code of the campaign, from version 4 on.",
        examples=["cover"],
    )


class PayloadAttachment(Part):
    """A supporting document (佐证材料) as it was filed and sealed; its bytes are among the files."""

    id: UUID = Field(description="The supporting document.")
    kind: ShortCode = Field(description="Kind: a code of the campaign.", examples=["media_reports"])
    title: Label = Field(description="标题", examples=["《唐山劳动日报》2015年6月3日报道"])
    media_type: AttachmentType = Field(description="What it is.")
    sha256: Sha256
    size: int = Field(description="Bytes.", ge=1, examples=[345_678])


class PayloadContent(Part):
    """What was filed. The SHA-256 of these members in canonical JSON (RFC 8785) is the version's `digest`."""

    unit_name: Label = Field(description="申报单位 as filed.", examples=["乔屯街道龙华社区"])
    committee_name: Label = Field(description="推荐单位 as filed.", examples=["乔屯街道党工委"])
    form: PayloadForm = Field(description="The cells.")
    narrative_length: int = Field(description="字数 of the three texts together.", ge=0, examples=[1986])
    image_count: int = Field(description="How many pictures.", ge=0, le=8, examples=[6])
    images: list[PayloadImage] = Field(description="附相关图片, in their order.", max_length=8)
    attachments: list[PayloadAttachment] | None = Field(
        default=None,
        exclude_if=_is_absent,
        json_schema_extra=_never_null,
        description="佐证材料, in their order, from version 4 on.",
        max_length=MOST_ATTACHMENTS,
    )


class PayloadApplication(Part):
    """The application (申报表): the version that was filed, complete."""

    id: UUID = Field(description="The application.")
    number: ShortCode = Field(description="申报编号", examples=["2015-QT-001"])
    version: int = Field(description="Which of its versions was filed.", ge=1, examples=[2])
    filed_at: Moment = Field(description="When it was filed.")
    category_name: Label = Field(description="内容分类", examples=["情满路北"])
    digest: Sha256
    content: PayloadContent = Field(description="What it says.")
    cells: list[PayloadCell] | None = Field(
        default=None,
        exclude_if=_is_absent,
        json_schema_extra=_never_null,
        description="Words of the campaign's own cells, from version 3 on.",
        max_length=MOST_CELLS,
    )
    attachment_kinds: list[PayloadWord] | None = Field(
        default=None,
        exclude_if=_is_absent,
        json_schema_extra=_never_null,
        description="Words of the kinds of its supporting documents, from version 4 on.",
        max_length=MOST_KINDS,
    )
    image_roles: list[PayloadWord] | None = Field(
        default=None,
        exclude_if=_is_absent,
        json_schema_extra=_never_null,
        description="Words of the roles of its pictures, from version 4 on.",
        max_length=MOST_ROLES,
    )
    recommended_rank: int | None = Field(
        default=None,
        exclude_if=_is_absent,
        json_schema_extra=_never_null,
        description="推荐排序: its place in the order of its committee at the nomination, from version 5 on.",
        ge=1,
        examples=[1],
    )


class PayloadEndorsement(Part):
    """审核盖章: the seal under which it was filed; the scan of the stamped form is among the files."""

    id: UUID = Field(description="The seal.")
    digest: Sha256 = Field(description="The content it covers: the version's `digest`.")
    endorsed_at: Moment = Field(description="When it was handed in.")
    sha256: Sha256 = Field(description="The scan.")


class PayloadFile(Part):
    """Bytes that belong to it, to be fetched by their digest."""

    path: Label = Field(description="Its name in a package.", examples=["images/1.jpg"])
    kind: Literal["image", "endorsement", "attachment"] = Field(
        description="A picture, the scan of the stamped form, or a supporting document."
    )
    file_id: UUID = Field(description="Opaque.")
    sha256: Sha256
    size: int = Field(description="Bytes.", ge=1, examples=[345_678])
    media_type: AttachmentType = Field(description="What it is.")


class NominationPayload(Part):
    """A nominated case, complete and for ever the same (payload schema, versions 1 to 6).

    It is sent as canonical JSON (RFC 8785: UTF-8, members in order, no spaces; all numbers but those of the campaign's
    own cells are integers), and the SHA-256 of exactly these bytes is the nomination's `payload_digest`.
    """

    schema_version: Version = Field(
        description="The version of this schema: 6 where the kind of the committee or the level of the unit is none "
        "of the notice's; else 5 where there is a place in a recommended order; else 4 where there "
        "are supporting documents or roles of pictures; else 3 where there are cells of the campaign's own; else 1 "
        "where 实施时间 has whole days, which is valid by 2, too."
    )
    nomination: PayloadNomination = Field(description="Which nomination.")
    campaign: PayloadCampaign = Field(description="The campaign.")
    award: PayloadAward | None = Field(description="The award; null where it was nominated without one.")
    committee: PayloadCommittee = Field(description="推荐单位")
    unit: PayloadUnit = Field(description="申报单位")
    application: PayloadApplication = Field(description="The form, as filed.")
    endorsement: PayloadEndorsement = Field(description="审核盖章")
    files: list[PayloadFile] = Field(
        description="Pictures in their order, then the scan, then supporting documents in their order.",
        max_length=9 + MOST_ATTACHMENTS,
    )


def schema_version(content: PayloadContent, *, ranked: bool, of_notice: bool) -> Version:
    """Return the first version that describes the case, so that those who know no other read what they can.

    `of_notice`: the committee's kind and the unit's level are words of the notice, as the earlier versions have them.
    """
    form = content.form
    if not of_notice:
        return WITH_WORDS
    if ranked:
        return WITH_RANK
    if content.attachments or any(image.role for image in content.images):
        return WITH_FILES
    if form.cells is not None:
        return WITH_CELLS
    whole_days = all(len(day) == len("2015-04-21") for day in (form.started_on, form.ended_on))
    return 1 if whole_days else 2
