"""Codes of refused bytes, as in the rules; known on both sides of the process boundary."""

BROKEN = {
    "picture": "broken_image",
    "print": "broken_image",
    "scan": "broken_scan",
    "attachment": "broken_attachment",
    "form": "broken_form",
    "table": "broken_table",
    "marks": "broken_table",
    "template": "broken_table",
    "paper_template": "broken_template",
    "pdf": "unprintable",
    "docx": "unprintable",
    "svg": "unprintable",
    "png": "unprintable",
}


class ImageRefused(Exception):
    """The bytes may not come in: `code` names the rule, `params` what a sentence about it needs."""

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class ImageLost(ImageRefused):
    """The process died of the bytes or took too long, perhaps for want of memory: another attempt may succeed."""


class ImagingBusy(Exception):
    """No worker is free and enough callers are waiting: come again in a few seconds."""
