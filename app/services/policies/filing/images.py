"""The refusals of a picture or scan, and the slot of the next picture."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

from app.findings import Finding, Rule
from app.services.policies import Event
from app.services.policies.constraints import DUPLICATE_IMAGE
from app.services.policies.filing.forms import TOO_MANY_IMAGES
from app.services.policies.filing.limit_settings import ImageLimits
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.people.listed_files import TABLE_REFUSALS, UNKNOWN_TABLE

EMPTY_FILE = Rule(
    "empty_file",
    "文件是空的（{size} 字节），可能未保存完整或传输中断。请打开原文件确认后重新上传。",
    "The file is empty ({size} bytes): it was not saved or not copied. Open the original, then send it again.",
)
UNSUPPORTED_IMAGE = Rule(
    "unsupported_image",
    "不支持该图片格式（{format}）。请使用 JPEG、PNG、WebP 或 HEIC；其他格式请先另存为 JPEG。",
    "This format ({format}) is not supported: use JPEG, PNG, WebP or HEIC, or save it as JPEG first.",
)
ANIMATED_IMAGE = Rule(
    "animated_image",
    "这是有 {frames} 帧的动图。请改用静态图片，或截取其中一帧另存为 JPEG 后上传。",
    "This is an animation of {frames} frames: send a still picture, or save one of the frames as JPEG.",
)
IMAGE_TOO_LARGE = Rule(
    "image_too_large",
    "图片过大（{width}×{height} 像素）：{format} 图片最多 {max_megapixels} 百万像素，边长最多 {max_side} 像素。"
    "请缩小后再上传，照片也可另存为 JPEG。",
    "The picture is too large ({width}×{height} pixels): a {format} may have {max_megapixels} million pixels, and "
    "{max_side} a side. Make it smaller, or save a photograph as JPEG.",
)
IMAGE_TOO_SMALL = Rule(
    "image_too_small",
    "图片尺寸过小（{width}×{height} 像素），短边至少 {min_side} 像素。",
    "The picture is too small ({width}×{height}): its short side needs {min_side} pixels.",
)
BROKEN_IMAGE = Rule(
    "broken_image",
    "图片已损坏或不完整，无法读取。请用原图重新上传。",
    "The picture is damaged or incomplete: send the original again.",
)
UNKNOWN_IMAGE = Rule(
    "unsupported_image",
    "认不出该文件的格式。图片请使用 JPEG、PNG、WebP 或 HEIC；其他格式请先另存为 JPEG。",
    "The format of the file is not known: send a picture as JPEG, PNG, WebP or HEIC, or save it as JPEG first.",
)
UNSUPPORTED_SCAN = Rule(
    "unsupported_scan",
    "这是 {format} 文件，不能接收。请使用 PDF、JPEG、PNG、WebP 或 HEIC。",
    "This is a {format} file, which is not taken: send PDF, JPEG, PNG, WebP or HEIC.",
)
UNKNOWN_SCAN = Rule(
    "unsupported_scan",
    "认不出该文件的格式。请使用 PDF、JPEG、PNG、WebP 或 HEIC。",
    "The format of the file is not known: send PDF, JPEG, PNG, WebP or HEIC.",
)
OFFICE_SCAN = Rule(
    "unsupported_scan",
    "这是 {format} 文档，不能直接接收。请打开后另存为（导出为）PDF 再上传；盖过章的请扫描或拍照上传。",
    "This is a {format} document, which is not taken as it is: save or export it as PDF; what is stamped, scan or "
    "photograph.",
)
PACKED_SCAN = Rule(
    "unsupported_scan",
    "这是 {format} 压缩包，不能接收。请解压后，将其中的 PDF 或图片逐个上传。",
    "This is a {format} archive, which is not taken: unpack it, and send the PDFs or pictures in it one by one.",
)
PACKED_IMAGE = Rule(
    "unsupported_image",
    "这是 {format} 压缩包，不能接收。请解压后，将其中的图片逐个上传。",
    "This is a {format} archive, which is not taken: unpack it, and send the pictures in it one by one.",
)
LOCKED_SCAN = Rule(
    "locked_scan",
    "该 {format} 设有打开密码。请去掉密码后重新保存，再上传。",
    "This {format} opens with a password only: save it without one, then send it again.",
)
PAGE_COUNT = Rule(
    "page_count",
    "文件有 {pages} 页，须为 1 至 {max_pages} 页。盖章件请只扫描盖章的申报表；其他文件请分成几份上传。",
    "The file has {pages} pages, and may have 1 to {max_pages}: scan the stamped form alone, or send other documents "
    "in parts.",
)
ACTIVE_SCAN = Rule(
    "active_scan",
    "该 {format} 含有脚本、附件等活动内容，不能接收。请用“打印为 PDF”重新生成，或重新扫描。",
    "This {format} has scripts, attachments or the like in it: print it to a new PDF, or scan the form again.",
)
BROKEN_SCAN = Rule(
    "broken_scan",
    "文件已损坏、不完整或过于复杂，无法读取。请重新扫描，或重新导出为 PDF 后上传。",
    "The file is damaged, incomplete or too complex to be read: scan it again, or export it as PDF again.",
)
UNSUPPORTED_ATTACHMENT = Rule(
    "unsupported_attachment",
    "这是 {format} 文件，不能接收。佐证材料可用 PDF、图片（JPEG、PNG、WebP、HEIC）或 Word（.docx）；旧格式请先另存。",
    "This is a {format} file, which is not taken: send PDF, a picture (JPEG, PNG, WebP, HEIC) or Word (.docx).",
)
UNKNOWN_ATTACHMENT = Rule(
    "unsupported_attachment",
    "认不出该文件的格式。佐证材料可用 PDF、图片（JPEG、PNG、WebP、HEIC）或 Word（.docx）。",
    "The format of the file is not known: send PDF, a picture (JPEG, PNG, WebP, HEIC) or Word (.docx).",
)
PACKED_ATTACHMENT = Rule(
    "unsupported_attachment",
    "这是 {format} 压缩包，不能接收。请解压后，将其中的文件逐个上传。",
    "This is a {format} archive, which is not taken: unpack it, and send the files in it one by one.",
)
ACTIVE_WORD = Rule(
    "active_scan",
    "该 {format} 含有宏、嵌入对象或自动载入的外部内容，不能接收。请删去后另存为不含宏的 .docx，再上传。",
    "This {format} has macros, embedded objects or content that is loaded from elsewhere: take them out, and save it "
    "as .docx without macros.",
)
BROKEN_ATTACHMENT = Rule(
    "broken_attachment",
    "文件已损坏、不完整或过于复杂，无法读取。请打开原文件重新保存后上传。",
    "The file is damaged, incomplete or too complex to be read: open the original and save it again.",
)
UNSUPPORTED_FORM = Rule(
    "unsupported_form",
    "这是 {format} 文件，不能逐栏读取。请上传填好的 Word 文档（.docx），或直接在申报表中填写。",
    "This is a {format} file, whose cells cannot be read: send the filled form as a Word document (.docx), or fill in "
    "the form itself.",
)
OLD_FORM = Rule(
    "unsupported_form",
    "这是旧格式的 {format} 文件。请用 Word 或 WPS 打开，另存为“Word 文档（.docx）”，再上传。",
    "This is a file of an older format ({format}): open it in Word or WPS, save it as a Word document (.docx), and "
    "send that.",
)
LOCKED_FORM = Rule(
    "unsupported_form",
    "打不开该 Office 文件，可能设有打开密码。请用 Word 或 WPS 打开，去掉密码，另存为“Word 文档（.docx）”，再上传。",
    "This file of an office program cannot be opened, perhaps because of a password: open it, take the password off, "
    "save it as a Word document (.docx), and send that.",
)
FIXED_FORM = Rule(
    "unsupported_form",
    "这是版面固定的 {format} 文件，不能逐栏读取。请上传导出它之前的 Word 文档（.docx）；没有的，请直接在申报表中填写。",
    "This is a {format} file, whose layout is fixed: send the Word document (.docx) that it was made of, or fill in "
    "the form itself.",
)
SHEET_FORM = Rule(
    "unsupported_form",
    "这是 {format} 表格。申报表请用 Word 填写：将内容复制到申报表的 Word 文档（.docx）中，再上传。",
    "This is a spreadsheet ({format}): copy what it says into the Word document of the form (.docx), and send that.",
)
PACKED_FORM = Rule(
    "unsupported_form",
    "这是 {format} 压缩包。请解压后，将其中的申报表（.docx）逐个上传。",
    "This is a {format} archive: unpack it, and send the forms (.docx) in it one by one.",
)
UNKNOWN_FORM = Rule(
    "unsupported_form",
    "认不出该文件的格式。请上传填好的 Word 文档（.docx）。",
    "The format of the file is not known: send the filled form as a Word document (.docx).",
)
BROKEN_FORM = Rule(
    "broken_form",
    "文件已损坏、不完整，或内容远多于一份申报表，无法读取。请打开原文件重新保存为 .docx，只保留申报表，再上传。",
    "The file is damaged, incomplete, or has far more in it than a form: open the original, save it as .docx with the "
    "form alone, and send that.",
)
UNSUPPORTED_TEMPLATE = Rule(
    "unsupported_template",
    "这是 {format} 文件。模板须为 Word 文档：请用 Word 或 WPS 打开，另存为 .docx，再上传。",
    "This is a {format} file. A template is a Word document: open it in Word or WPS, save it as .docx, and send that.",
)
UNKNOWN_TEMPLATE = Rule(
    "unsupported_template",
    "认不出该文件的格式。模板须为 Word 文档（.docx）。",
    "The format of the file is not known: a template is a Word document (.docx).",
)
BROKEN_TEMPLATE = Rule(
    "broken_template",
    "文件已损坏、不完整或过于复杂，无法读取。请打开原文件重新保存为 .docx，再上传。",
    "The file is damaged, incomplete or too complex to be read: open the original and save it as .docx again.",
)
FILE_TOO_LARGE = Rule(
    "file_too_large",
    "文件过大（{size} 字节），每个文件最多 {maximum} 字节（25 MiB）。请缩小后再上传。",
    "The file is too large ({size} bytes): at most {maximum} bytes (25 MiB) each. Make it smaller.",
)
CAPTIONS_DIFFER = Rule(
    "captions_differ",
    "图片 {files} 幅，说明 {captions} 条：说明须与图片一一对应，或全部不填。",
    "{files} pictures and {captions} captions: send one for each picture, or none.",
)
ROLES_DIFFER = Rule(
    "roles_differ",
    "图片 {files} 幅，用途 {roles} 条：用途须与图片一一对应，或全部不填。",
    "{files} pictures and {roles} roles: send one for each picture, or none.",
)
INFECTED_FILE = Rule(
    "infected_file",
    "病毒扫描发现该文件不安全，未予接收。请先在本机杀毒，再上传原始文件。",
    "The virus scanner found this file unsafe, and it was not taken: clean the computer it is from.",
)
UNKNOWN_IMAGE_ROLE = Rule(
    "unknown_image_role", "活动中没有这一图片用途：{role}。", "The campaign has no such role of pictures: {role}."
)
IMAGE_BELOW_SIZE = Rule(
    "image_too_small",
    "图片尺寸过小（{width}×{height} 像素）：通知要求长边至少 {long_side}、短边至少 {short_side} 像素。",
    "The picture is too small ({width}×{height}): the notice asks for {long_side} × {short_side} pixels at least.",
)
FILE_TOO_SMALL = Rule(
    "file_too_small",
    "文件过小（{size} 字节）：通知要求每幅至少 {minimum} 字节。请上传原图，不要用压缩过的图片。",
    "The file is too small ({size} bytes): the notice asks for {minimum} at least. Send the original, not a smaller "
    "copy.",
)
NOT_THE_SAME_IMAGES = Rule(
    "not_the_same_images", "排序须恰好列出现有的全部图片。", "The order must name exactly the pictures there are."
)
UNKNOWN = "unknown"
OFFICE_FORMATS = frozenset(
    {
        *("OFD", "RTF", "OpenDocument", "Word (DOCX)", "Excel (XLSX)", "PowerPoint (PPTX)", "Word/WPS (DOC)"),
        *("Excel/ET (XLS)", "PowerPoint/DPS (PPT)", "Office"),
    }
)
ARCHIVES = frozenset({"ZIP", "RAR", "7-Zip", "gzip"})
"""Formats by the names that the imaging workers give them."""
MAX_FILE = 25 * 2**20
_REFUSALS = {
    rule.code: rule
    for rule in (
        *(EMPTY_FILE, UNSUPPORTED_IMAGE, ANIMATED_IMAGE, IMAGE_TOO_LARGE, IMAGE_TOO_SMALL, BROKEN_IMAGE),
        *(UNSUPPORTED_SCAN, LOCKED_SCAN, PAGE_COUNT, ACTIVE_SCAN, BROKEN_SCAN, INFECTED_FILE),
        *(UNSUPPORTED_ATTACHMENT, BROKEN_ATTACHMENT, UNSUPPORTED_FORM, BROKEN_FORM, *TABLE_REFUSALS),
        *(UNSUPPORTED_TEMPLATE, BROKEN_TEMPLATE),
    )
}
_BY_FORMAT: Mapping[tuple[str, object], Rule] = {
    ("unsupported_image", UNKNOWN): UNKNOWN_IMAGE,
    ("unsupported_scan", UNKNOWN): UNKNOWN_SCAN,
    ("unsupported_attachment", UNKNOWN): UNKNOWN_ATTACHMENT,
    ("active_scan", "Word (DOCX)"): ACTIVE_WORD,
    **{("unsupported_scan", name): OFFICE_SCAN for name in OFFICE_FORMATS},
    **{("unsupported_scan", name): PACKED_SCAN for name in ARCHIVES},
    **{("unsupported_image", name): PACKED_IMAGE for name in ARCHIVES},
    **{("unsupported_attachment", name): PACKED_ATTACHMENT for name in ARCHIVES},
    **{("unsupported_form", name): PACKED_FORM for name in ARCHIVES},
    **{("unsupported_form", name): OLD_FORM for name in ("Word/WPS (DOC)", "RTF", "OpenDocument")},
    **{("unsupported_form", name): FIXED_FORM for name in ("PDF", "OFD")},
    **{("unsupported_form", name): SHEET_FORM for name in ("Excel (XLSX)", "Excel/ET (XLS)")},
    ("unsupported_form", "Office"): LOCKED_FORM,
    ("unsupported_form", UNKNOWN): UNKNOWN_FORM,
    ("unsupported_table", UNKNOWN): UNKNOWN_TABLE,
    ("unsupported_template", UNKNOWN): UNKNOWN_TEMPLATE,
}
"""The rules that know what to do with a format."""


def refusal(code: str, params: Mapping[str, object]) -> Finding:
    """Word a refusal of the imaging workers by its rule, or by that of its format."""
    rule = _BY_FORMAT.get((code, params.get("format")), _REFUSALS[code])
    return rule("/file", **params)


def slot_findings(settings: CampaignSettings, taken: AbstractSet[int], more: int = 1) -> list[Finding]:
    """Return why there is no room for one more picture, or so many."""
    if len(taken) + more <= settings.images.maximum:
        return []
    return [TOO_MANY_IMAGES("/images", maximum=settings.images.maximum, count=len(taken) + more)]


def size_findings(limits: ImageLimits, pixels: tuple[int, int], size: int, place: str = "/file") -> list[Finding]:
    """Require the pixels of a picture, and the bytes as they were sent, that the notice asks for."""
    width, height = pixels
    sides = {"long_side": limits.long_side, "short_side": limits.short_side}
    small = max(pixels) < limits.long_side or min(pixels) < limits.short_side
    return [
        *([IMAGE_BELOW_SIZE(place, width=width, height=height, **sides)] if small else []),
        *([FILE_TOO_SMALL(place, size=size, minimum=limits.smallest)] if size < limits.smallest else []),
    ]


def known_role_findings(limits: ImageLimits, role: str | None, pointer: str = "/role") -> list[Finding]:
    """Require a role that the campaign defines, or none."""
    known = {None, *(each.code for each in limits.roles)}
    return [] if role in known else [UNKNOWN_IMAGE_ROLE(pointer, role=role)]


def said_of(limits: ImageLimits, image: Mapping[str, Any]) -> str:
    """Word what a picture shows, after the name of its role if it has one."""
    role = image.get("role")
    names = {each.code: each.name for each in limits.roles}
    return "：".join(filter(None, [role and names.get(role, role), image.get("caption")]))


def batch_findings(sizes: Sequence[int], captions: int, roles: int = 0) -> list[Finding]:
    """Return what is wrong with several files before anybody looks into them."""
    large = [
        FILE_TOO_LARGE(f"/files/{index}", size=size, maximum=MAX_FILE)
        for index, size in enumerate(sizes)
        if size > MAX_FILE
    ]
    files = len(sizes)
    return [
        *large,
        *([CAPTIONS_DIFFER("/captions", files=files, captions=captions)] if captions not in {0, files} else []),
        *([ROLES_DIFFER("/roles", files=files, roles=roles)] if roles not in {0, files} else []),
    ]


def repeated_findings(digests: Mapping[str, tuple[str, str]], present: Iterable[tuple[str, str]]) -> list[Finding]:
    """Point at each of several pictures that the application has already, or an earlier one of them is."""
    found, known = [], {digest for each in present for digest in each}
    for place, own in digests.items():
        if known.intersection(own):
            found.append(DUPLICATE_IMAGE(place))
        known.update(own)
    return found


def free_slot(taken: AbstractSet[int]) -> int:
    """The lowest slot that is free."""
    return min(set(range(1, 9)) - taken)


def order_findings(present: AbstractSet[UUID], wanted: Sequence[UUID]) -> list[Finding]:
    """Require an order that names every picture once, and no other."""
    return [] if sorted(present) == sorted(wanted) else [NOT_THE_SAME_IMAGES("/image_ids")]


ADDED = Event("image.added", "添加图片", "Added a picture")
DESCRIBED = Event("image.described", "修改图片说明", "Changed a caption")
MOVED = Event("image.moved", "移动图片", "Moved a picture")
REMOVED = Event("image.removed", "删除图片", "Took a picture out")
REPLACED = Event("image.replaced", "更换图片", "Replaced a picture")
APPLICATION_IMAGE_ADDED = Event("application.image_added", "添加图片", "Added a picture")
APPLICATION_IMAGE_DESCRIBED = Event("application.image_described", "修改图片说明", "Changed a caption")
APPLICATION_IMAGE_REMOVED = Event("application.image_removed", "删除图片", "Took a picture out")
APPLICATION_IMAGE_REPLACED = Event("application.image_replaced", "更换图片", "Replaced a picture")
APPLICATION_IMAGES_ARRANGED = Event("application.images_arranged", "调整图片顺序", "Arranged the pictures")
