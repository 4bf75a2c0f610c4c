"""A client as plain as curl: a connection per request, JSON or a form, and the answer as it came."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from uuid import uuid4

from demo.errors import CannotPlay

API = "/api/v1"
PATIENCE = 120
_NAME = re.compile(r"filename\*=UTF-8''([^;]+)")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True)
class File:
    """A file as it is sent: the server trusts neither its name nor its declared type."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Reason:
    """One reason of a refusal: an error, or advice beside it."""

    code: str
    pointer: str | None
    sentence: str
    refuses: bool


@dataclass(frozen=True)
class Response:
    """The answer to one request."""

    request: str
    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def refused(self) -> bool:
        return self.status >= 400  # noqa: PLR2004  # where HTTP's refusals begin

    @property
    def reasons(self) -> list[Reason]:
        """Reasons of a problem document: its findings, its rejected parts, or itself."""
        parts = self.body.get("findings") or self.body.get("errors") or [self.body]
        return [_reason(part) for part in parts]

    def __getitem__(self, member: str) -> Any:
        return self.body[member]


@dataclass
class Client:
    """Requests to one server; signed in once it has a token, and in a seat if it has taken one."""

    url: str
    token: str | None = field(default=None, repr=False)
    seat: str | None = None

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        form: Mapping[str, str | File] | None = None,
        if_match: str | None = None,
        key: str | None = None,
    ) -> Response:
        """Send one request; every act carries an Idempotency-Key, whether it must or not."""
        headers = self._headers()
        if if_match:
            headers["If-Match"] = if_match
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid4())
        content, media_type = _encoded(body, form)
        if content is not None:
            headers["Content-Type"] = media_type
        status, named, data = self._exchange(method, path, content, headers)
        request_line = _request_line(method, path)
        return Response(request_line, status, named, _decoded(request_line, data))

    def download(self, path: str) -> bytes:
        """The bytes of a file, as they were sent."""
        return self.file(path)[1]

    def file(self, path: str) -> tuple[str, bytes]:
        """The name under which a file is to be saved, and its bytes."""
        status, named, data = self._exchange("GET", path, None, self._headers())
        if status != HTTPStatus.OK:
            raise CannotPlay(
                f"{_request_line('GET', path)} was refused, against the script: {status} {data.decode()[:500]}"
            )
        name = _NAME.search(named.get("content-disposition", ""))
        return unquote(name[1]) if name else "", data

    def pages(self, path: str) -> Iterator[Any]:
        """Go through all pages of a list."""
        cursor = ""
        while True:
            page = self.send("GET", f"{path}{'&' if '?' in path else '?'}limit=100{cursor}")
            yield from page["items"]
            if not page["next_cursor"]:
                return
            cursor = f"&cursor={page['next_cursor']}"

    def _headers(self) -> dict[str, str]:
        session = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"User-Agent": "pinpai demo"} | session | ({"Act-For": self.seat} if self.seat else {})

    def _exchange(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        address = urlsplit(self.url)
        connect = HTTPSConnection if address.scheme == "https" else HTTPConnection
        try:
            connection = connect(address.hostname or "", address.port, timeout=PATIENCE)
            connection.request(method, API + path, content, headers)
            answer = connection.getresponse()
            data = answer.read()
            connection.close()
        except (OSError, HTTPException) as error:
            raise CannotPlay(
                f"No answer from {self.url} ({error}): is the server running? Start it by `make run`."
            ) from error
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, data


def _request_line(method: str, path: str) -> str:
    return f"{method} {API}{_ID.sub('…', path)}"


def _encoded(body: Any, form: Mapping[str, str | File] | None) -> tuple[bytes | None, str]:
    """As JSON; a form with a file in parts, one without it as forms were always written."""
    if form is not None and not any(isinstance(value, File) for value in form.values()):
        return urlencode(form).encode(), "application/x-www-form-urlencoded"
    if form is not None:
        boundary = uuid4().hex
        parts = b"".join(_part(boundary, name, value) for name, value in form.items())
        return parts + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
    return (None if body is None else json.dumps(body, ensure_ascii=False).encode()), "application/json"


def _part(boundary: str, name: str, value: str | File) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
    if isinstance(value, str):
        return f"{head}\r\n\r\n{value}\r\n".encode()
    return (
        f'{head}; filename="{value.name}"\r\nContent-Type: {value.media_type}\r\n\r\n'.encode()
        + value.content
        + b"\r\n"
    )


def _decoded(request: str, data: bytes) -> Any:
    try:
        return json.loads(data) if data else {}
    except ValueError:
        raise CannotPlay(f"What answers {request} is not Pinpai: it sends something other than JSON.") from None


def _reason(part: dict[str, Any]) -> Reason:
    code = part.get("code") or part["type"].rpartition(":")[2]
    return Reason(code, part.get("pointer"), part.get("message") or part["detail"], part.get("severity") != "advice")
