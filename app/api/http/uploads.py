"""Files on their way in: one in a form, or several pictures, and several short transactions in a request."""

from typing import Annotated

from fastapi import Depends, Request

from app.api.http.dependencies import LateEffect, Opener
from app.api.http.strictness import refuse_repeated
from app.services.files import Intake


async def get_intake(request: Request, transaction: Opener, effect: LateEffect) -> Intake:
    refuse_repeated(await request.form())  # parsed already
    return await get_batch_intake(request, transaction, effect)


async def get_batch_intake(request: Request, transaction: Opener, effect: LateEffect) -> Intake:
    state = request.app.state
    return Intake(transaction, state.imaging, state.storage, state.upload_limits, state.scanner, effect)


Uploads = Annotated[Intake, Depends(get_intake)]
BatchUploads = Annotated[Intake, Depends(get_batch_intake)]
"""The same for a form that has parts of one name: several files."""
