"""The findings of Pydantic, put for a clerk: the place, a stable code, a sentence, and never the value."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from app.api.http.sentences import detail
from app.inputs import Contradiction
from app.models.enums import Language
from app.problems import RejectedPart

MOST = 100
ALTERNATIVE = "basis"
"""The member that says which of several bodies is meant."""


def rejected_parts(errors: Iterable[Any], language: Language, body: Any = None) -> list[RejectedPart]:
    """The rejected parts of a request, in the order Pydantic found them; more than a hundred help nobody."""
    return [_part(error, language, body) for error in islice(errors, MOST)]


def _part(error: dict[str, Any], language: Language, body: Any) -> RejectedPart:
    where, *path = error["loc"] or ("body",)
    if path and isinstance(body, dict) and path[0] == body.get(ALTERNATIVE):
        del path[0]  # Pydantic names the alternative first, which is no member of the body
    path = [each for each in path if not str(each).startswith("<")]  # the tag of an alternative, no member either
    if _code(error) != "extra_forbidden" and path[1:] and path[-1] == "[key]":
        del path[-1]  # Pydantic's word for a name that is wrong in itself
    if isinstance(cause := error.get("ctx", {}).get("error"), Contradiction):
        path = [*path, *cause.path]
    known = where in ("body", "query", "path", "header", "cookie")
    return RejectedPart(
        location=where if known else "body",
        pointer=_pointer(path if known else [where, *path]),
        code=_code(error),
        detail=detail(_code(error), {"name": _pointer(path[-1:])[1:]} | error.get("ctx", {}), language),
    )


def _code(error: dict[str, Any]) -> str:
    """Pydantic counts a checked text as it counts a list; FastAPI says in words of Python that a part is no file."""
    code: str = error["type"]
    if code == "value_error" and "Expected UploadFile" in str(error.get("msg")):
        return "file_type"
    return f"string_{code}" if code in {"too_short", "too_long"} and isinstance(error.get("input"), str) else code


def _pointer(path: Sequence[str | int]) -> str:
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return pointer.encode(errors="replace").decode()  # JSON lets half a character through, an answer cannot
