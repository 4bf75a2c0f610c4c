"""Publicity and publication over HTTP."""

from fastapi import APIRouter, Response

from app.api.commending.commendations import CommendationId, CommendationOut, shown
from app.api.http.dependencies import Ctx, once
from app.api.http.problems import problems
from app.problems import Forbidden, IdempotencyKeyRequired, IdempotencyKeyReused, NotFound, RulesViolated, WrongState
from app.services.commending import publications
from app.services.commending.publications import PublicationCreate

router = APIRouter(prefix="/commendations/{commendation_id}", tags=["commendations"])
_ACTS = problems(IdempotencyKeyRequired, IdempotencyKeyReused, Forbidden, NotFound, WrongState, RulesViolated)


@router.post("/publicity", responses=_ACTS)
@once
async def publicise_commendation(commendation_id: CommendationId, ctx: Ctx, response: Response) -> CommendationOut:
    """Publicise the proposed awards (公示), for as many working days as the campaign sets. Office only.

    The day of publicising is not counted, and the window ends with its last day. From now on anybody reads the
    awards, nobody edits them, and whoever is signed in may object. There must be an award, and every case needs its
    public summary. Where the campaign sets no days, publication may follow at once.
    """
    await publications.publicise(ctx, commendation_id)
    return await shown(ctx, response, commendation_id)


@router.post("/publication", responses=_ACTS)
@once
async def publish_commendation(
    commendation_id: CommendationId, body: PublicationCreate, ctx: Ctx, response: Response
) -> CommendationOut:
    """Publish a commendation (通报) when its window is over and every objection is answered. Office only.

    It gets its document number (发文字号), every award that stands its certificate with a verification code: all in
    one act, or nothing. What was dropped gets nothing.
    """
    await publications.publish(ctx, commendation_id, body)
    return await shown(ctx, response, commendation_id)
