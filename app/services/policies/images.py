"""What the words of a refused picture are, and which slot the next picture takes."""

from collections.abc import Set as AbstractSet

from app.findings import Finding, Rule
from app.services.policies.applications import TOO_MANY_IMAGES
from app.services.policies.campaigns import CampaignSettings

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
    "图片尺寸过小（{width}×{height} 像素），短边至少 {minimum} 像素。",
    "The picture is too small ({width}×{height}): its short side needs {minimum} pixels.",
)
BROKEN_IMAGE = Rule("broken_image", "图片已损坏或不完整，无法读取。", "The picture is damaged or incomplete.")
DUPLICATE_IMAGE = Rule(
    "duplicate_image", "同一申报表中已有这幅图片。", "The application already has this very picture."
)
NOT_THE_SAME_IMAGES = Rule(
    "not_the_same_images", "排序须恰好列出现有的全部图片。", "The order must name exactly the pictures there are."
)


def slot_findings(settings: CampaignSettings, taken: AbstractSet[int]) -> list[Finding]:
    """Why there is no room for one more picture."""
    if len(taken) < settings.images.maximum:
        return []
    return [TOO_MANY_IMAGES("/images", maximum=settings.images.maximum, count=len(taken) + 1)]


def free_slot(taken: AbstractSet[int]) -> int:
    """The lowest slot that is free."""
    return min(set(range(1, 9)) - taken)
