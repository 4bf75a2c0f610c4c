"""公示 and 通报 on paper over HTTP."""

from fastapi import Response

from app.api.commending.commendations import CommendationId
from app.api.filing.prints import PAPER, Edited, Printing, drawn
from app.api.http.dependencies import Viewer
from app.api.http.routing import Router
from app.problems import RulesViolated
from app.services.commending import notices

router = Router("/commendations/{commendation_id}", tags=["commendations"])


@router.get("/publicity/paper", response_class=Response, responses=PAPER, raises=[RulesViolated])
async def read_publicity_paper(
    commendation_id: CommendationId, view_of: Viewer, press: Printing, edition: Edited
) -> Response:
    """Download the 公示 under a red head, in the layout of official documents (GB/T 9704-2012), its lists annexed.

    The office gets it as a draft already, without dates, and later with all that were publicised, also what was dropped
    since; everybody else who reads the commendation gets it while it is publicised.
    """
    async with view_of() as view:
        sheet = await edition.of(view, await notices.publicity(view, commendation_id))
    return await drawn(press, view.actor.id, sheet, edition.form)


@router.get("/publication/paper", response_class=Response, responses=PAPER, raises=[RulesViolated])
async def read_publication_paper(
    commendation_id: CommendationId, view_of: Viewer, press: Printing, edition: Edited
) -> Response:
    """Download the 通报 under a red head, in the layout of official documents (GB/T 9704-2012), its lists annexed.

    The office gets it before its publication, with places for number and date, to have it signed; everybody else once
    it is published. Awards that were dropped or revoked are not listed.
    """
    async with view_of() as view:
        sheet = await edition.of(view, await notices.publication(view, commendation_id))
    return await drawn(press, view.actor.id, sheet, edition.form)
