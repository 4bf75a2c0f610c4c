"""All material of a campaign as one file, over HTTP."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response

from app.api.handover.packages import ZIP, streamed
from app.api.http.dependencies import Viewer
from app.api.http.routing import Router
from app.services.commending import awards
from app.services.handover import archives
from app.services.handover.archives import Records
from app.services.notifying import announcements

_BESIDES: Mapping[str, Records] = {"announcements": announcements.sent, "awards": awards.received}
router = Router(tags=["hand-over"], in_a_seat=True)


@router.get("/campaigns/{campaign_id}/archive", response_class=Response, responses=ZIP)
async def read_archive(
    campaign_id: Annotated[UUID, Path(description="The campaign.")],
    view_of: Viewer,
    request: Request,
    committee_id: Annotated[UUID | None, Query(description="Only of this committee.")] = None,
) -> Response:
    """Download all material of a campaign that you may see, in one file: a unit, a committee, the office.

    A unit has its own, a committee its own and its units' as they are now, the office what was handed in, as it was:
    for each application the form (`application.json`, `application.txt`), pictures and the stamped scan; for each
    committee its plan (附件1) with the people it names (`plans/C01.json`, `plans/C01.txt`), and its receipts. Besides,
    the campaign's documents, and where there are any, `extensions.json`, `exemptions.json`, `swaps.json`,
    `announcements.json` and `awards.json`. All is under its SHA-256, as a bag (BagIt 1.0, RFC 8493) in a zip, which is
    written while it is sent.
    """
    async with view_of() as view:
        package = await archives.pack(view, campaign_id, committee_id, _BESIDES)
    return streamed(request, package)
