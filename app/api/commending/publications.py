"""Publicity and publication over HTTP."""

from typing import Annotated

from fastapi import Body

from app.api.commending.commendations import CommendationId, CommendationOut
from app.api.http.dependencies import Once
from app.api.http.routing import Router
from app.problems import RulesViolated, WrongState
from app.services.commending import publications
from app.services.commending.publications import PublicationCreate

router = Router("/commendations/{commendation_id}", tags=["commendations"])


@router.post("/publicity", raises=[WrongState, RulesViolated])
async def publicise_commendation(commendation_id: CommendationId, ctx: Once) -> CommendationOut:
    """Publicise the proposed awards (公示), for as many working or calendar days as the campaign sets. Office only.

    The day of publicising is not counted, and the window ends with its last day. From now on anybody reads the
    awards, nobody edits them, and everyone who is signed in may object. There must be an award, and every case needs
    its public summary. If the campaign sets no days, publication may follow at once.
    """
    await publications.publicise(ctx, commendation_id)
    return await CommendationOut.read(ctx, commendation_id)


@router.post("/publication", raises=[WrongState, RulesViolated])
async def publish_commendation(
    commendation_id: CommendationId,
    body: Annotated[PublicationCreate, Body(default_factory=PublicationCreate)],
    ctx: Once,
) -> CommendationOut:
    """Publish a commendation (通报) when its window is over and every objection is answered. Office only.

    It gets its document number (发文字号), every award in force its certificate with a verification code: all in
    one act, or nothing. What was dropped gets nothing.
    """
    await publications.publish(ctx, commendation_id, body)
    return await CommendationOut.read(ctx, commendation_id)
