"""The refusals of a picture or scan, and the slot of the next picture."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from uuid import UUID

from app.findings import Finding, Rule
from app.services.policies import Event
from app.services.policies.filing.forms import TOO_MANY_IMAGES
from app.services.policies.filing.notice import CampaignSettings

UNSUPPORTED_IMAGE = Rule(
    "unsupported_image",
    "不支持该图片格式（{format}）。请使用 JPEG、PNG 或 WebP；手机照片请在设置或上传时选择 JPEG。",
    "This format ({format}) is not supported: use JPEG, PNG or WebP.",
)
IMAGE_TOO_LARGE = Rule(
    "image_too_large", "图片尺寸过大（{width}×{height} 像素）。", "The picture has too many pixels ({width}×{height})."
)
IMAGE_TOO_SMALL = Rule(
    "image_too_small",
    "图片尺寸过小（{width}×{height} 像素），短边至少 {min_side} 像素。",
    "The picture is too small ({width}×{height}): its short side needs {min_side} pixels.",
)
BROKEN_IMAGE = Rule("broken_image", "图片已损坏或不完整，无法读取。", "The picture is damaged or incomplete.")
UNSUPPORTED_SCAN = Rule(
    "unsupported_scan",
    "不支持该文件格式（{format}）。盖章扫描件请使用 PDF、JPEG、PNG 或 WebP。",
    "This format ({format}) is not supported: send the stamped scan as PDF, JPEG, PNG or WebP.",
)
BROKEN_SCAN = Rule(
    "broken_scan",
    "扫描件无法接收：文件须完整、未加密、1 至 20 页，且不含脚本、附件等活动内容。",
    "The scan cannot be taken: it must be whole, unencrypted, of 1 to 20 pages, and without scripts or attachments.",
)
INFECTED_FILE = Rule(
    "infected_file",
    "病毒扫描发现该文件不安全，未予接收。请先在本机杀毒，再上传原始文件。",
    "The virus scanner found this file unsafe, and it was not taken: clean the computer it is from.",
)
NOT_THE_SAME_IMAGES = Rule(
    "not_the_same_images", "排序须恰好列出现有的全部图片。", "The order must name exactly the pictures there are."
)
_REFUSALS = {
    rule.code: rule
    for rule in (
        *(UNSUPPORTED_IMAGE, IMAGE_TOO_LARGE, IMAGE_TOO_SMALL, BROKEN_IMAGE),
        *(UNSUPPORTED_SCAN, BROKEN_SCAN, INFECTED_FILE),
    )
}


def refusal(code: str, params: Mapping[str, object]) -> Finding:
    """Word a refusal of the imaging workers by its rule."""
    return _REFUSALS[code]("/file", **params)


def slot_findings(settings: CampaignSettings, taken: AbstractSet[int]) -> list[Finding]:
    """Return why there is no room for one more picture."""
    if len(taken) < settings.images.maximum:
        return []
    return [TOO_MANY_IMAGES("/images", maximum=settings.images.maximum, count=len(taken) + 1)]


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
