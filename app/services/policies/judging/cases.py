"""The content of a case that its judge may read: all of the text; its origin only where the round is not blind."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.services.policies.filing import attachments
from app.services.policies.filing.attachment_settings import AttachmentKind
from app.services.policies.filing.attachments import attached_to
from app.services.policies.filing.cells import for_judges
from app.services.policies.filing.forms import own_values
from app.services.policies.filing.limit_settings import ImageRole
from app.services.policies.filing.own_cells import OwnCell

Content = Mapping[str, Any]
"""The content of a filed version, as it is kept, or a part of it."""
CELLS = ("brand_name", "category", "started_on", "ended_on", "innovation", "practices", "effects")
ORIGIN = ("leader_name", "leader_title")
ATTACHMENT = ("kind", "title", "media_type")
PICTURE = ("slot", "caption", "width", "height")
"""Without id, digest and size: with them a picture could be recognised elsewhere, and the case with it."""


def disclosed(
    content: Content,
    application_number: str,
    *,
    blind: bool,
    own: Sequence[OwnCell] = (),
    kinds: Sequence[AttachmentKind] = (),
    roles: Sequence[ImageRole] = (),
) -> Content:
    """Return what a judge may read of a filed version: never the phone number; the origin unless the round is blind."""
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
        "cells": for_judges(own, own_values(content), blind=blind),
        "narrative_length": content["narrative_length"],
        "images": [{name: image[name] for name in PICTURE} | _role_of(image, roles) for image in content["images"]],
        "attachments": [
            {"place": place, "kind_name": kind.name, "kind_name_en": kind.name_en}
            | {name: getattr(each, name) for name in ATTACHMENT}
            for place, kind, each in attachments.for_judges(kinds, attached_to(content), blind=blind)
        ],
    }


def _role_of(image: Content, roles: Sequence[ImageRole]) -> dict[str, Any]:
    """Return the role of a picture, with its names; none that the campaign does not define any more."""
    role = next((each for each in roles if each.code == image.get("role")), None)
    names = {"role": "code", "role_name": "name", "role_name_en": "name_en"}
    return {member: getattr(role, name, None) for member, name in names.items()}
