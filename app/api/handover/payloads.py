"""The payload of a nomination, byte for byte, over HTTP."""

from typing import Annotated, Any

from fastapi import Path, Request, Response

from app.api.handover.nominations import NominationId
from app.api.http.dependencies import Reads, Viewer
from app.api.http.downloads import IfNoneMatch, bytes_of, deliver, is_known
from app.api.http.routing import Router
from app.services.handover import payloads
from app.services.policies.filing.attachments import FORMATS
from app.services.policies.handover.payloads import NominationPayload

router = Router("/nominations/{nomination_id}", tags=["hand-over"])
Digest = Annotated[
    str,
    Path(
        description="A file's digest, as the payload names it.",
        examples=["9f" * 32],
        min_length=64,
        max_length=64,
        pattern="^[0-9a-f]+$",
    ),
]
_PAYLOAD: dict[int | str, dict[str, Any]] = {
    200: {
        "model": NominationPayload,
        "headers": {"ETag": {"description": "Its SHA-256, in quotes.", "schema": {"type": "string"}}},
    },
    304: {"description": "You have these very bytes."},
}


@router.get("/payload", responses=_PAYLOAD)
async def read_nomination_payload(nomination_id: NominationId, view: Reads, known: IfNoneMatch = None) -> Response:
    """Fetch the payload of a nomination: the whole case, under the schema of its `schema_version`.

    The bytes never change, also when the nomination is replaced. Their SHA-256 is the ETag and the nomination's
    `payload_digest`: compare it with what you received. Once the nomination is withdrawn (`nomination.withdrawn` in
    the events), payload and files are gone (404) for the municipal office: delete what you have of it. Only the
    payload has the leader of a case and their telephone.
    """
    sent = await payloads.read(view, nomination_id)
    headers = {"ETag": f'"{sent.sha256}"'}
    if is_known(known, sent.sha256):
        return Response(status_code=304, headers=headers)
    return Response(sent.content, headers=headers, media_type="application/json")


@router.get(
    "/files/{digest}",
    response_class=Response,
    responses=bytes_of(*FORMATS),
)
async def read_nomination_file(
    nomination_id: NominationId, digest: Digest, view_of: Viewer, request: Request, known: IfNoneMatch = None
) -> Response:
    """Download a file that the payload names: a picture, the scan of the stamped form, or a supporting document."""
    async with view_of() as view:
        stored = await payloads.stored(view, nomination_id, digest)
    return await deliver(request, stored, known)
