"""Bodies of requests: how long each may be and of which media type, by their headers before any byte is read.

Only an operation that has a body asks: what a client sends beside one that has none, a `Content-Type` that is set for
all requests for instance, is not read and does no harm.
"""

import re

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from app.problems import MalformedRequest, PayloadTooLarge, UnsupportedMediaType

MIB = 2**20
JSON_LIMIT = MIB // 4
UPLOAD_LIMIT = 26 * MIB
UPLOADS = re.compile(
    r"(/applications/[^/]+/(images(/[^/]+/content)?|image-batch|attachments|endorsement|scan-swaps)"
    r"|/campaigns/[^/]+/(documents|filled-forms|filled-form-batch|filled-plans|figure-lists(/marked-copy)?)"
    r"|/campaigns/[^/]+/paper-templates/[^/]+(/trial)?|/reviews/[^/]+/scan"
    r"|/(organisation|account|earlier-win)-lists(/marked-copy)?)$"
)
FORMS = re.compile(r"/(tokens|sign-on/logout)$")
LIMITS = (
    (re.compile(r"/(image|filled-form)-batch$"), 104 * MIB),
    (UPLOADS, UPLOAD_LIMIT),
    (re.compile(r"/api/v1/organisation-imports$"), 6 * MIB),
    (
        re.compile(
            r"/api/v1/(earlier-win-imports|campaigns/[^/]+(/figure-tables)?|applications(/[^/]+)?|rounds(/[^/]+)?)$"
        ),
        5 * MIB,
    ),
    (
        re.compile(
            r"/api/v1/(plans(/[^/]+)?|cases/[^/]+/review|rounds/[^/]+/assignments/[^/]+/sheet"
            r"|nomination-manifests/[^/]+/comparison|programmes/[^/]+/campaigns|commendations/[^/]+/awards)$"
        ),
        2 * MIB,
    ),
)
"""Limits of the bodies that may be longer: a Chinese character takes six bytes where it is written as `\\u54c1`."""
MULTIPART = re.compile(r"multipart/form-data")
FORM = re.compile(r"application/x-www-form-urlencoded")
JSON = re.compile(r"application/(json|[\w.-]+\+json)")
REFUSALS = (PayloadTooLarge, UnsupportedMediaType)
"""Those that an operation without a body never answers."""


def most_bytes(path: str) -> int:
    """Return the most bytes of a body that this path takes."""
    return next((limit for pattern, limit in LIMITS if pattern.search(path)), JSON_LIMIT)


def check(headers: Headers, path: str) -> None:
    """Raise PayloadTooLarge (413), UnsupportedMediaType (415) or MalformedRequest (400) by what the headers say."""
    _check_length(headers, most_bytes(path))
    _check_media(headers, path)


def _check_length(headers: Headers, most: int) -> None:
    length = headers.get("content-length", "0")
    if not re.fullmatch(r"[0-9]{1,19}", length):
        raise MalformedRequest
    if int(length) > most:
        raise PayloadTooLarge


def _check_media(headers: Headers, path: str) -> None:
    """Uploads are forms, what OAuth and OpenID describe is one by their standards, everything else is JSON."""
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    taken = MULTIPART if UPLOADS.search(path) else FORM if FORMS.search(path) else JSON
    if media and not taken.fullmatch(media):
        raise UnsupportedMediaType
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType  # nothing unpacks a body: its packed bytes would be read as something else


def counted(receive: Receive, path: str) -> Receive:
    """Count what a chunked body brings; FastAPI lets only an HTTPException out of reading it."""
    most, received = most_bytes(path), 0

    async def receive_counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413, headers={"Connection": "close"})
        return message

    return receive_counted
