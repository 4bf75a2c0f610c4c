"""Booklets of awarded cases (案例汇编) over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Body, Request, Response
from pydantic import Field

from app.api.commending.commendations import CommendationId
from app.api.filing.prints import Format
from app.api.http.dependencies import Once, Reads, Viewer
from app.api.http.downloads import IfNoneMatch, bytes_of, deliver
from app.api.http.output import Instant, Out
from app.api.http.routing import Router
from app.context import View
from app.findings import FindingOut
from app.models.enums import BookletPictures, BookletStatus
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.commending import booklets
from app.services.commending.booklets import BookletOrder
from app.services.filing.prints import MEDIA_TYPES
from app.services.policies.filing.prints import PrintFormat

router = Router("/commendations/{commendation_id}/booklet", tags=["commendations"])


class BookletOut(Out):
    """A booklet (案例汇编) of the awarded cases of a commendation, and how far its binding is."""

    commendation_id: UUID = Field(description="The commendation.")
    status: BookletStatus = Field(description="State.")
    pictures: BookletPictures = Field(description="Pictures that it shows.")
    case_count: int = Field(description="Number of its cases.", ge=0, examples=[23])
    laid_count: int = Field(
        description="Number of those whose pictures are ready; then all is drawn.", ge=0, examples=[9]
    )
    bound_at: Instant | None = Field(description="Time at which it was bound; null before.")
    is_current: bool = Field(
        description="True if it is bound and says what holds; false while it is being bound, if it could not be bound, "
        "and once an award was revoked, or the settings of the campaign changed, since: then it is not downloaded any "
        "more."
    )
    formats: list[PrintFormat] = Field(description="Formats in which there is a file.", max_length=2)
    findings: list[FindingOut] = Field(
        description="Reasons why it, or its file of a format, was not bound.", max_length=10_000
    )

    @classmethod
    async def read(cls, view: View, commendation_id: UUID) -> Self:
        record = await booklets.read(view, commendation_id)
        return cls(
            is_current=record.is_current,
            formats=record.formats,
            findings=[each.worded(view.language) for each in record.findings],
            **values_of(record.row),
        )


@router.post("", raises=[WrongState, RulesViolated])
async def order_booklet(
    commendation_id: CommendationId, body: Annotated[BookletOrder, Body(default_factory=BookletOrder)], ctx: Once
) -> BookletOut:
    """Have the awarded cases of a published commendation bound into a booklet (案例汇编). Office only.

    A worker binds it, as PDF and for Word, in the order of the published list: cover, contents, and each case with what
    was filed of it. Telephone numbers are hidden; scores, judges and drafts are never in it. Read it again to follow
    `laid_count`. Another order gives up the one before, and clears away what that made. One that could not be bound, or
    not in each format, says why in `findings`: a character that no font has, a picture that cannot be read, its size.
    """
    await booklets.order(ctx, commendation_id, body)
    return await BookletOut.read(ctx, commendation_id)


@router.get("")
async def read_booklet(commendation_id: CommendationId, view: Reads) -> BookletOut:
    """Read how far the booklet of a commendation is. Office only."""
    return await BookletOut.read(view, commendation_id)


@router.get("/content", response_class=Response, responses=bytes_of(*MEDIA_TYPES.values()), raises=[RulesViolated])
async def read_booklet_content(
    commendation_id: CommendationId,
    view_of: Viewer,
    request: Request,
    form: Format = PrintFormat.PDF,
    known: IfNoneMatch = None,
) -> Response:
    """Download the booklet. Office only.

    Refused while it is being bound, and once awards, or the settings of the campaign, changed since.
    """
    async with view_of() as view:
        stored = await booklets.stored(view, commendation_id, form)
    return await deliver(request, stored, known)
