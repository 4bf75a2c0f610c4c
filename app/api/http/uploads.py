"""Files on their way in: one in a form, several short transactions in a request."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError

from app.api.http.dependencies import Opener
from app.services.files import Intake


async def get_intake(request: Request, transaction: Opener) -> Intake:
    form = await request.form()  # parsed already: FastAPI keeps the last of parts with one name, and says nothing
    repeated = [name for name in form if len(form.getlist(name)) > 1]
    if repeated:
        raise RequestValidationError([{"type": "repeated_part", "loc": ("body", name)} for name in repeated])
    state = request.app.state
    return Intake(transaction, state.imaging, state.storage, state.upload_limits, state.scanner)


Uploads = Annotated[Intake, Depends(get_intake)]
