"""Kinds of supporting documents and roles of pictures that a campaign asks for, and a document that is attached."""

from typing import Any
from uuid import UUID

from app.models import Attachment
from tests.world import NOW, World
from tests.world.files import stored

MEDIA: dict[str, Any] = {
    "code": "media",
    "name": "媒体报道",
    "formats": ["pdf", "picture"],
    "minimum": 1,
    "maximum": 2,
    "blind": False,
}
EDITABLE: dict[str, Any] = {
    "code": "editable",
    "name": "申报表电子版",
    "formats": ["word"],
    "minimum": 1,
    "maximum": 1,
    "required": False,
}
KINDS = [MEDIA, EDITABLE]
ROLES = [
    {"code": "cover", "name": "封面图片", "minimum": 1, "maximum": 1},
    {"code": "team", "name": "团队合影", "minimum": 0, "maximum": 2},
]


async def add_attachment(world: World, application_id: UUID | str, data: bytes, kind: str = "media") -> None:
    """Attach a PDF, as if it had been sent."""
    file = await stored(world, data, "application/pdf")
    told = {"media_type": "application/pdf", "sha256": file.sha256, "size": len(data), "added_at": NOW}
    await world.add(
        Attachment(application_id=UUID(str(application_id)), kind=kind, title="报道", file_id=file.id, **told)
    )
