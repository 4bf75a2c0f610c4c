"""Words of papers, as a notice has them: the heads of forms, and the texts of certificates and notices."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from app.inputs import Input, Line, Name, one_line, plain

CertificateText = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=500, pattern=r"^([^{}]|\{(name|title|unit|committee|campaign|award)\})+$"
    ),
    BeforeValidator(plain),
]
PublicityText = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=2000, pattern=r"^([^{}]|\{(campaign|wording|count|days|office|contact|phone)\})+$"
    ),
    BeforeValidator(plain),
]


class FormHead(Input):
    """Head of a form on paper."""

    annex: Annotated[str, StringConstraints(max_length=20), BeforeValidator(one_line)] = Field(
        description="附件 of the notice; empty for none.", examples=["附件1"]
    )
    title: Annotated[Line, Field(max_length=210)] = Field(description="标题", examples=["优秀案例申报表"])


class FormHeads(Input):
    """Heads and words of the forms on paper; null: as in the notice of 2015."""

    senders: Name = Field(
        "各镇(乡)街道党（工）委、区直各党（工）委", description="Those who check, stamp and send the 申报表."
    )
    stamp: Name = Field("由所在党（工）委盖章", description="Words beside the stamp.")
    plan: FormHead | None = Field(None, description="实施计划登记表; null: 附件1, with the name of the campaign.")
    application: FormHead | None = Field(None, description="申报表; null: 附件2, 文明单位创新工作品牌申报表.")

    def of_plan(self, campaign: str) -> FormHead:
        return self.plan or FormHead(annex="附件1", title=f"{campaign}实施计划登记表")

    @property
    def of_application(self) -> FormHead:
        return self.application or FormHead(annex="附件2", title="文明单位创新工作品牌申报表")


class CertificateWords(Input):
    """Words of the certificates (荣誉证书) of a kind of award."""

    title: Annotated[Line, Field(max_length=20)] = Field("荣誉证书", description="标题")
    text: CertificateText = Field(
        description="正文, in paragraphs; the first is not indented if it ends with a full-width colon. "
        "`{name}` is the brand, the unit, the committee or the person, `{title}` the person's 职务, `{unit}` and "
        "`{committee}` whose it is, `{award}` the award with its grade.",
        examples=["{unit}：\n你单位申报的“{name}”在{campaign}中被评为{award}。\n特颁此证，以资鼓励。"],
    )


class NoticeWords(Input):
    """Words of the notices (公示、通报) on paper beside those of the commendation itself."""

    head: Annotated[Line, Field(max_length=60)] | None = Field(
        None, description="发文机关标志; null: the name of the organizer, and 文件.", examples=["路北区文明办文件"]
    )
    addressees: Annotated[Line, Field(max_length=200)] | None = Field(
        None, description="主送机关 of a 通报; null: `forms.senders`.", examples=["各镇街党（工）委"]
    )
    publicity: PublicityText | None = Field(
        None,
        description="公示正文, in paragraphs; null: the usual one. `{count}` is the number of awards, `{days}` from "
        "when to when, `{wording}` as in `commendation`, the others are those of the organizer.",
        examples=["经评选，拟对下列{count}个奖项予以{wording}，现公示{days}。\n电话：{phone}"],
    )
    copies: Annotated[Line, Field(max_length=200)] | None = Field(
        None, description="抄送 of a 通报; null: nobody.", examples=["区委办公室、区政府办公室。"]
    )
