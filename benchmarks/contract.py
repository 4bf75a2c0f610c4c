"""Parts of the product that the bare program uses: members of answers, words of a state, the table of acts.

Nothing of it is written a second time, so a member or an act that is added is asked of both programs.
"""

import json
from pathlib import Path
from typing import Any

from app.models.enums import Role
from app.services.policies.filing.applications import ACTS as ALL
from app.services.policies.filing.forms import FORM

__all__ = ["ACTS", "DETAIL", "FORM", "KEPT", "LABELS", "PICTURE", "SUMMARY"]
SCHEMAS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "openapi" / "openapi.json").read_text("utf-8"))[
    "components"
]["schemas"]


def members(answer: str) -> tuple[str, ...]:
    """The members of an answer, in their order."""
    return tuple(SCHEMAS[answer]["properties"])


SUMMARY, DETAIL, PICTURE = map(members, ("ApplicationSummary", "ApplicationOut", "ImageOut"))
MADE = {"etag", "content_href", "thumbnail_href", "damaged", "seen_in"}
KEPT = tuple(name for name in PICTURE if name not in MADE | {"role"})
"""Members of a picture in its row and in a fixed version, which has a role only where the campaign has some."""
STATUS = SCHEMAS["ApplicationStatus"]
LABELS: dict[str, str] = dict(zip(STATUS["enum"], STATUS["x-enum-descriptions"], strict=True))
ACTS = {
    role: {act.name: set(map(str, act.by[role])) for act in ALL if role in act.by}
    for role in (Role.UNIT, Role.COMMITTEE)
}
"""From which states each role may do what."""
