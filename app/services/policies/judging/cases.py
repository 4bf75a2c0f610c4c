"""What a judge is told of a case: all it says; and who says it, only where the round is not blind."""

from collections.abc import Mapping
from typing import Any

CELLS = ("brand_name", "category", "started_on", "ended_on", "innovation", "practices", "effects")
ORIGIN = ("leader_name", "leader_title")
PICTURE = ("slot", "caption", "width", "height")
"""A picture's id, digest and size would tell the case from another by what stands elsewhere; they are left out."""


def told(content: Mapping[str, Any], application_number: str, *, blind: bool) -> dict[str, Any]:
    """The content of a filed version as a judge reads it; a phone number never, where it comes from unless blind."""
    form = content["form"]
    origin = {
        "application_number": application_number,
        "unit_name": content["unit_name"],
        "committee_name": content["committee_name"],
        **{name: form[name] for name in ORIGIN},
    }
    return {
        **{name: form[name] for name in CELLS},
        **(dict.fromkeys(origin) if blind else origin),
        "narrative_length": content["narrative_length"],
        "images": [{name: image[name] for name in PICTURE} for image in content["images"]],
    }
