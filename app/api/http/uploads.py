"""Files on their way in: one in a form, several short transactions in a request."""

from typing import Annotated

from fastapi import Depends, Request

from app.api.http.dependencies import Opener
from app.api.http.strictness import refuse_repeated
from app.services.files import Intake


async def get_intake(request: Request, transaction: Opener) -> Intake:
    refuse_repeated(await request.form())  # parsed already
    state = request.app.state
    return Intake(transaction, state.imaging, state.storage, state.upload_limits, state.scanner)


Uploads = Annotated[Intake, Depends(get_intake)]
