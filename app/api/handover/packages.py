"""The nominations of a campaign as one file, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response

from app.api.filing.prints import Printing
from app.api.http.dependencies import Viewer
from app.api.http.downloads import Download, attachment
from app.api.http.routing import Router
from app.services.handover import packages
from app.services.handover.packages import Package

router = Router(tags=["hand-over"])
ZIP: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A zip with one folder: the bag.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get(
    "/campaigns/{campaign_id}/nomination-package",
    response_class=Response,
    responses=ZIP,
)
async def read_nomination_package(
    campaign_id: Annotated[UUID, Path(description="The campaign.")], view_of: Viewer, press: Printing, request: Request
) -> Response:
    """Download all current nominations of a campaign, for a network that is not reached. Both offices.

    It is a bag (BagIt 1.0, RFC 8493) in a zip: for each case its payload, pictures and stamped form under their
    SHA-256, and `data/index.html` and `data/index.csv` for people. `form.pdf` and `form.docx` are the 申报表 as filed,
    without pictures; where no font has one of its characters, there is no `form.pdf`. It is written while it is sent.
    """
    async with view_of() as view:
        material = await packages.read(view, campaign_id)
    package = await packages.pack(material, press, view.actor.id)
    return streamed(request, package)


def streamed(request: Request, package: Package) -> Response:
    """Answer a package while it is written."""
    size, content = package.stream(request.app.state.storage)
    headers = {"Content-Length": str(size), "Content-Disposition": attachment(package.name)}
    return Download(content, headers, "application/zip")
