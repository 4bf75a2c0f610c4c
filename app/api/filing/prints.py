"""Forms on paper (附件1, 附件2) over HTTP."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from app.api.filing.applications import ApplicationId
from app.api.filing.campaigns import CampaignId
from app.api.filing.images import VersionNumber
from app.api.filing.plans import PlanId
from app.api.http.dependencies import Viewer
from app.api.http.downloads import made
from app.api.http.routing import Router
from app.context import View
from app.problems import RulesViolated
from app.services.filing import paper_templates, prints
from app.services.filing.prints import MEDIA_TYPES, Press, Sheet
from app.services.policies.filing.paper_templates import PaperLayout
from app.services.policies.filing.prints import FormKind, PrintedPictures, PrintFormat
from app.services.policies.filing.statistics import ChartFormat

router = Router(tags=["prints"], in_a_seat=True)
_FILES = {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA_TYPES.values()}
FORM: dict[int | str, dict[str, Any]] = {200: {"description": "The form.", "content": _FILES}}
PAPER: dict[int | str, dict[str, Any]] = {200: {"description": "The paper.", "content": _FILES}}
Format = Annotated[PrintFormat, Query(description="Format of the file.", alias="format")]
Pictures = Annotated[PrintedPictures, Query(description="The pictures that follow the form, with their captions.")]


Layout = Annotated[
    PaperLayout, Query(description="Layout: by default that of the office's template, which is of Word alone.")
]


@dataclass(frozen=True, slots=True)
class Edition:
    """The choices of somebody who downloads a paper that the office may have laid out itself."""

    form: PrintFormat
    layout: PaperLayout

    async def of(self, view: View, sheet: Sheet) -> Sheet:
        return await paper_templates.applied(view, sheet, self.form, self.layout)


async def get_edition(form: Format = PrintFormat.PDF, layout: Layout = PaperLayout.IN_FORCE) -> Edition:
    return Edition(form, layout)


Edited = Annotated[Edition, Depends(get_edition)]


async def get_press(request: Request) -> Press:
    press: Press = request.app.state.press
    return press


Printing = Annotated[Press, Depends(get_press)]


@router.get("/applications/{application_id}/form", response_class=Response, responses=FORM, raises=[RulesViolated])
async def read_application_form(  # noqa: PLR0917  # a path, four choices, and the framework's arguments
    application_id: ApplicationId,
    view_of: Viewer,
    press: Printing,
    edition: Edited,
    pictures: Pictures = PrintedPictures.THUMBNAILS,
    version: VersionNumber = None,
) -> Response:
    """Download the form of an application (附件2), as the notice lays it out: to be printed and stamped, or kept.

    Owners get it as it is now, or with `version` as that version fixed it; the office gets what was filed. The foot of
    each page has the number, the version and the first sixteen characters of the digest. A character that no font of
    the deployment has is refused by name.
    """
    async with view_of() as view:
        sheet = await edition.of(view, await prints.application(view, application_id, version, pictures))
    return await drawn(press, view.actor.id, sheet, edition.form)


@router.get("/plans/{plan_id}/form", response_class=Response, responses=FORM, raises=[RulesViolated])
async def read_plan_form(plan_id: PlanId, view_of: Viewer, press: Printing, edition: Edited) -> Response:
    """Download the form of a plan (附件1), as the notice lays it out; the office's is as it was last submitted."""
    async with view_of() as view:
        sheet = await edition.of(view, await prints.plan(view, plan_id))
    return await drawn(press, view.actor.id, sheet, edition.form)


def _add_blank(kind: FormKind) -> None:
    """Add the route of an empty form."""

    async def read_blank(campaign_id: CampaignId, view_of: Viewer, press: Printing, edition: Edited) -> Response:
        async with view_of() as view:
            sheet = await edition.of(view, await prints.blank(view, campaign_id, kind))
        return await drawn(press, view.actor.id, sheet, edition.form)

    read_blank.__name__ = f"read_blank_{kind}_form"
    read_blank.__doc__ = f"Download an empty {kind.label} of a campaign, to be filled in by hand or in Word."
    address = f"/campaigns/{{campaign_id}}/forms/{kind}"
    router.get(address, response_class=Response, responses=FORM, raises=[RulesViolated])(read_blank)


for _kind in FormKind:
    _add_blank(_kind)


async def drawn(press: Press, account_id: UUID | None, sheet: Sheet, form: PrintFormat | ChartFormat) -> Response:
    """Draw it; no database connection is held meanwhile."""
    printed = await press.draw(account_id, sheet, form)
    return made(printed.content, printed.media_type, printed.name)
