"""The placeholders that a template of each paper may have: a closed list, each with a Chinese and an English name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.models.enums import Labelled, PaperKind
from app.printing.filled import spelled
from app.services.policies.filing.notice import CampaignSettings


class PlaceholderSort(Labelled):
    """Sort of a placeholder, by what it becomes."""

    TEXT = "text", "文字"
    BLOCK = "block", "重复的段落或表格行"
    CODE = "code", "二维码"
    PICTURE = "picture", "图片"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder: its two names, and the blocks of which it must be in one; in any place without them."""

    name: str
    label: str
    required: bool = False
    sort: PlaceholderSort = PlaceholderSort.TEXT
    within: Sequence[str] = ()

    @property
    def said(self) -> str:
        """The placeholder as it is written in Chinese."""
        return f"{{{{{'#' if self.sort is PlaceholderSort.BLOCK else ''}{self.label}}}}}"


def _texts(required: Mapping[str, str], optional: Mapping[str, str], *within: str) -> list[Placeholder]:
    return [
        *(Placeholder(name, label, True, within=within) for name, label in required.items()),
        *(Placeholder(name, label, within=within) for name, label in optional.items()),
    ]


def _block(
    name: str, label: str, required: Mapping[str, str], optional: Mapping[str, str], *, needed: bool = True
) -> list[Placeholder]:
    inner = [replace(each, required=each.required and needed) for each in _texts(required, optional, name)]
    return [Placeholder(name, label, needed, PlaceholderSort.BLOCK), *inner]


CERTIFICATES = "certificates"
"""The block that the whole template of a certificate is."""
_CODE = Placeholder("code", "二维码", True, PlaceholderSort.CODE)
_FOOT = {"title": "标题", "foot": "页脚"}
_SIGNED = {"signer": "落款单位", "date": "落款日期"}
_NOTHING: Mapping[str, str] = {}
_REMARKS = ("remarks", "说明", {"remark": "说明内容"}, _NOTHING)
_CASE = {"application_number": "申报编号", "unit_name": "申报单位", "brand_name": "品牌名称"}
_INDEX = {"index": "序号"}
_TEXTS = {"innovation": "创新性", "practices": "主要做法", "effects": "取得成效"}
_CELLS = {
    "committee_name": "推荐单位",
    "unit_name": "申报单位",
    "brand_name": "品牌名称",
    "leader_name": "负责人",
    "leader_title": "职务",
    "phone": "联系电话",
    "category": "内容分类",
    "period": "实施时间",
    **_TEXTS,
}
_AWARDS = [
    *_texts({}, {"annex_title": "附件名称"}, "annexes", "awards"),
    *_block(
        "awards",
        "名单",
        {"name": "名称"},
        _INDEX | {"grade": "等次", "person_title": "职务", "unit_name": "单位", "committee_name": "推荐单位"},
    ),
    Placeholder("annexes", "附件组", sort=PlaceholderSort.BLOCK),
]
_NOTICE = {"head": "发文机关标志", "addressees": "主送", "copies": "抄送", "printed_by": "印发机关"}
_OF: Mapping[PaperKind, Sequence[Placeholder]] = {
    PaperKind.PLAN_FORM: [
        *_texts({"committee_name": "推荐单位"}, _FOOT | {"annex": "附件号", "note": "注"}),
        *_block("cases", "案例", {"name": "案例名称", "unit_name": "实施单位"}, _INDEX),
    ],
    PaperKind.APPLICATION_FORM: [
        *_texts(_CELLS, _FOOT | {"annex": "附件号", "note": "注", "topic": "子项", "attachments": "佐证材料"}),
        _CODE,
        *_block("own_cells", "自设栏", {"label": "栏名", "value": "栏值"}, {}, needed=False),
        Placeholder("figures", "图片组", sort=PlaceholderSort.BLOCK),
        Placeholder("picture", "图片", sort=PlaceholderSort.PICTURE, within=["figures"]),
        *_texts({}, {"caption": "图片说明"}, "figures"),
    ],
    PaperKind.RECEIPT: [
        *_texts({"number": "编号", "salutation": "称呼", "body": "正文"} | _SIGNED, _FOOT | {"note": "注"}),
        *_block("cases", "案例", _CASE | {"version": "版本", "digest": "内容摘要"}, _INDEX),
        *_block(*_REMARKS),
        *_texts({}, {"verification_code": "核验码"}),
        _CODE,
    ],
    PaperKind.DECISION: [
        *_texts({"title": "标题", "number": "编号", "salutation": "称呼", "body": "正文"} | _SIGNED, {"foot": "页脚"}),
        *_block("reasons", "原因组", {"reason": "原因"}, _INDEX),
        *_block(*_REMARKS),
    ],
    PaperKind.SUMMARY: [
        *_texts({"whose": "填报单位", "total": "合计"}, _FOOT | {"signatures": "签字栏"}),
        *_block(
            "cases",
            "案例",
            _CASE,
            _INDEX | {"committee_name": "推荐单位", "category": "内容分类", "leader_name": "负责人", "status": "状态"},
        ),
    ],
    PaperKind.PUBLICITY: [*_texts({"title": "标题", "body": "正文"} | _SIGNED, _NOTICE), *_AWARDS],
    PaperKind.PUBLICATION: [
        *_texts(
            {"title": "标题", "number": "发文字号", "body": "正文"} | _SIGNED, _NOTICE | {"printed_on": "印发日期"}
        ),
        *_AWARDS,
    ],
    PaperKind.CERTIFICATE: [
        *_texts({"body": "证书正文", "number": "证书编号"} | _SIGNED, {"title": "证书标题"}, CERTIFICATES),
        *_texts({}, {"proof": "核验说明"}, CERTIFICATES),
        replace(_CODE, within=[CERTIFICATES]),
    ],
}


def placeholders(paper: PaperKind, settings: CampaignSettings) -> list[Placeholder]:
    """Return the placeholders of a paper; of an application's form those are required that its campaign asks for."""
    if paper is not PaperKind.APPLICATION_FORM:
        return [*_OF[paper]]
    asked = {
        "topic": settings.topic_required,
        "attachments": bool(settings.attachments),
        **dict.fromkeys(("own_cells", "label", "value"), bool(settings.cells)),
    }
    return [replace(each, required=asked.get(each.name, each.required)) for each in _OF[paper]]


def names(paper: PaperKind) -> dict[str, str]:
    """Return the name of each placeholder by each of its spellings."""
    return {spelling: each.name for each in _OF[paper] for spelling in (spelled(each.label), spelled(each.name))}


def drawn(paper: PaperKind) -> dict[str, str]:
    """Return which placeholders are drawn, and as what."""
    return {
        each.name: each.sort.value
        for each in _OF[paper]
        if each.sort in {PlaceholderSort.CODE, PlaceholderSort.PICTURE}
    }
