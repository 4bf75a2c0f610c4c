"""The fixed versions of an application as they are read: listed, shown, compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, select

from app.context import View
from app.database import Query, Row
from app.models import Account, Application, ApplicationVersion
from app.problems import NotFound
from app.services.pages import Listing, Page
from app.services.policies.versions import CellDifference, PictureDifference, cell_differences, picture_differences
from app.services.visibility import VISIBLE, VISIBLE_VERSION

_APPLICATION_ID = bindparam("application_id", type_=Uuid)
_NUMBER = bindparam("number", type_=Integer)
_SUMMARY = (
    select(
        ApplicationVersion.id,
        ApplicationVersion.application_id,
        ApplicationVersion.number,
        ApplicationVersion.occasion,
        ApplicationVersion.digest,
        ApplicationVersion.fixed_at,
        Account.name.label("fixed_by_name"),
    )
    .join(Application, Application.id == ApplicationVersion.application_id)
    .join(Account, Account.id == ApplicationVersion.fixed_by)
    .where(Application.id == _APPLICATION_ID, VISIBLE_VERSION)
)
_VERSIONS = Listing(_SUMMARY, ApplicationVersion.id)
_VERSION = Query(_SUMMARY.add_columns(ApplicationVersion.content).where(ApplicationVersion.number == _NUMBER))
_BEFORE = Query(
    _SUMMARY.add_columns(ApplicationVersion.content)
    .where(ApplicationVersion.number < _NUMBER)
    .order_by(ApplicationVersion.number.desc())
    .limit(1)
)
_APPLICATION = Query(select(Application.id).where(Application.id == _APPLICATION_ID, VISIBLE))
_NOTHING: dict[str, Any] = {"unit_name": "", "committee_name": "", "form": {}, "images": []}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one version says differently from another; from nothing, where there was none before."""

    number: int
    against: int | None
    cells: Sequence[CellDifference]
    pictures: Sequence[PictureDifference]


async def search(view: View, application_id: UUID, *, after: UUID | None, limit: int) -> Page:
    """The versions the reader may see, oldest first; NotFound unless the application is visible."""
    page = await _VERSIONS.page(view, after=after, limit=limit, application_id=application_id)
    if not page.total and await view.one(_APPLICATION, application_id=application_id) is None:
        raise NotFound
    return page


async def read(view: View, application_id: UUID, number: int) -> Row:
    """What one version says."""
    row = await view.one(_VERSION, application_id=application_id, number=number)
    if row is None:
        raise NotFound
    return row


async def compare(view: View, application_id: UUID, number: int, against: int | None) -> Comparison:
    """What a version says differently from another one, by default from the one before it."""
    later = await read(view, application_id, number)
    if against is None:
        earlier = await view.one(_BEFORE, application_id=application_id, number=number)
    else:
        earlier = await read(view, application_id, against)
    old, new = earlier["content"] if earlier else _NOTHING, later["content"]
    return Comparison(
        number,
        earlier["number"] if earlier else None,
        cell_differences(old, new),
        picture_differences(old["images"], new["images"]),
    )
