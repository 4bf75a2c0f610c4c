"""Certificates (荣誉证书) on paper over HTTP."""

from typing import Annotated

from fastapi import Response

from app.api.commending.awards import AwardId
from app.api.commending.commendations import CommendationId
from app.api.filing.prints import PAPER, Edited, Printing, drawn
from app.api.http.dependencies import Chosen, Viewer, filtered_by
from app.api.http.routing import Router
from app.problems import RulesViolated
from app.services.commending import certificates

router = Router(tags=["awards"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(certificates.FILTERS)]


@router.get("/awards/{award_id}/certificate", response_class=Response, responses=PAPER, raises=[RulesViolated])
async def read_certificate(award_id: AwardId, view_of: Viewer, press: Printing, edition: Edited) -> Response:
    """Download the certificate (荣誉证书) of a published award: a lying page of A4, in the words of its campaign.

    The office gets each, units and committees their own. Its QR code leads to `GET /public/certificates/{code}` of
    this deployment; where the deployment does not know its own address, it is the code alone. Before the publication
    there is none, and that of a revoked award is refused.
    """
    async with view_of() as view:
        sheet = await edition.of(view, await certificates.of_award(view, award_id, press.link_base))
    return await drawn(press, view.actor.id, sheet, edition.form)


@router.get(
    "/commendations/{commendation_id}/certificates", response_class=Response, responses=PAPER, raises=[RulesViolated]
)
async def read_certificates(
    commendation_id: CommendationId,
    view_of: Viewer,
    press: Printing,
    filters: Filters,
    edition: Edited,
) -> Response:
    """Download the certificates of a published commendation in one file, in the order of its list.

    The office gets all that are in force, at most 200 in one file; units and committees get their own.
    """
    async with view_of() as view:
        printed = await certificates.of_commendation(view, commendation_id, press.link_base, **filters)
        sheet = await edition.of(view, printed)
    return await drawn(press, view.actor.id, sheet, edition.form)
