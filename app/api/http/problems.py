"""Problem → HTTP answer, and Problem → OpenAPI. The only place that knows both."""

import json
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from app.api.http.validation import rejected_parts
from app.database import AWAY, Trouble, trouble_of
from app.imaging import ImagingBusy
from app.models.enums import Language
from app.problems import (
    CookieRefused,
    Forbidden,
    InsufficientStorage,
    InternalError,
    InvalidRequest,
    LimitReached,
    MalformedRequest,
    MethodNotAllowed,
    MisdirectedRequest,
    NotFound,
    PayloadTooLarge,
    Problem,
    RulesViolated,
    SecondFactorRequired,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from app.services.policies.constraints import finding_of
from app.services.policies.limits import DISK_ALMOST_FULL, STORAGE_FULL
from app.storage import ObjectLost, StorageFull, StorageUnavailable

MEDIA_TYPE = "application/problem+json"
Dependency = TypeVar("Dependency", bound=Callable[..., Any])
log = logging.getLogger("pinpai")

_BY_STATUS: dict[int, type[Problem]] = {
    400: MalformedRequest,
    404: NotFound,
    405: MethodNotAllowed,
    413: PayloadTooLarge,
}

ALWAYS = (
    MalformedRequest,
    MisdirectedRequest,
    PayloadTooLarge,
    UnsupportedMediaType,
    InvalidRequest,
    InternalError,
    Unavailable,
    InsufficientStorage,
)
"""The refusals any operation may answer, because the admission, the parser or the database may."""
SIGNED_IN = (*ALWAYS, Unauthenticated, Forbidden, SecondFactorRequired, CookieRefused, LimitReached)
"""The same of any operation that needs a session."""
_RAISED: dict[Callable[..., Any], tuple[type[Problem], ...]] = {}


def raises(*kinds: type[Problem]) -> Callable[[Dependency], Dependency]:
    """Declare what a dependency may refuse with: each route that has it in its signature documents that."""

    def declare(dependency: Dependency) -> Dependency:
        _RAISED[dependency] = kinds
        return dependency

    return declare


def raised_by(dependency: Callable[..., Any]) -> tuple[type[Problem], ...]:
    """Return what a dependency declared to raise."""
    return _RAISED.get(dependency, ())


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Document the problems a route may raise, one named example each."""
    by_status: dict[int, list[type[Problem]]] = defaultdict(list)
    for kind in dict.fromkeys(kinds):
        by_status[kind.status].append(kind)
    return {status: _documented(tuple(group)) for status, group in by_status.items()}


@cache
def _documented(kinds: tuple[type[Problem], ...]) -> dict[str, Any]:
    """Shared by all routes that may raise the same."""
    refs = [{"$ref": f"#/components/schemas/{kind.schema().__name__}"} for kind in kinds]
    examples = {kind.code(): {"summary": kind.title, "value": kind.example()} for kind in kinds}
    content = {"schema": refs[0] if len(refs) == 1 else {"anyOf": refs}, "examples": examples}
    return {"description": "; ".join(kind.title for kind in kinds), "content": {MEDIA_TYPE: content}}


class ProblemResponse(Response):
    """A problem document, which leaves its code with the request for the line in the log."""

    media_type = MEDIA_TYPE

    def __init__(self, problem: Problem, body: bytes, headers: Mapping[str, str]) -> None:
        super().__init__(body, problem.status, headers)
        self._code = problem.code()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["refusal"] = self._code
        await super().__call__(scope, receive, send)


def answer(problem: Problem, language: Language, request_id: UUID) -> Response:
    """Answer one refusal, in the caller's language."""
    headers = {"Content-Language": language.value, "Vary": "Accept-Language"}
    if problem.status == 401:  # noqa: PLR2004  # RFC 9110: a 401 names its challenge
        headers["WWW-Authenticate"] = "Bearer"
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if isinstance(problem, PayloadTooLarge):
        headers["Connection"] = "close"  # the rest of the body is not going to be read
    body = json.dumps(problem.document(language, request_id), ensure_ascii=False).encode()
    return ProblemResponse(problem, body, headers)


def problem_of(error: Exception, language: Language) -> Problem:
    """Return the problem a caller may see of an exception: a refusal, a wait, or a fault of ours."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return _invalid(error, language)
        case HTTPException():
            return _BY_STATUS.get(error.status_code, MalformedRequest)()
        case IntegrityError():
            return RulesViolated([finding_of(_constraint(error))])
        case ImagingBusy():
            return Unavailable(retry_after=3)
        case StorageFull():
            return InsufficientStorage(STORAGE_FULL())
        case StorageUnavailable():
            return Unavailable(retry_after=2)
    trouble = trouble_of(error)
    if trouble is Trouble.FULL:
        return InsufficientStorage(STORAGE_FULL())
    return Unavailable(retry_after=_RETRY_AFTER[trouble]) if trouble else InternalError()


_RETRY_AFTER = {Trouble.AWAY: 2, Trouble.AGAIN: 1}


def answer_to(error: Exception, language: Language, request_id: UUID) -> Response:
    """Answer an exception; the log has the details of a fault of ours, under the same number."""
    problem = problem_of(error, language)
    raise_alarm(error)
    if is_fault(error, problem):
        log.error("request %s failed", request_id, exc_info=error)
    elif isinstance(problem, InsufficientStorage | Unavailable):
        log.info("request %s is refused for now: %s", request_id, problem.code())
    response = answer(problem, language, request_id)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def is_fault(error: Exception, problem: Problem) -> bool:
    """Tell what an operator must look at from what is meant: a repetition that waits, a full queue, a limit."""
    if not isinstance(problem, InternalError | InsufficientStorage | Unavailable) or isinstance(error, ImagingBusy):
        return False
    if isinstance(error, InsufficientStorage) and error.limit.rule in {STORAGE_FULL, DISK_ALMOST_FULL}:
        return True
    return not isinstance(error, Problem) or error.__cause__ is not None


def answer_within(error: Exception, scope: Scope) -> Response:
    """Answer an exception to the request that this scope describes."""
    state = scope["state"]
    return answer_to(error, state["language"], state["request_id"])


def raise_alarm(error: Exception) -> None:
    """Tell the operator of lost bytes, also when the answer has begun and can only be broken off."""
    lost = error if isinstance(error, ObjectLost) else error.__cause__  # Starlette wraps what comes too late
    if isinstance(lost, ObjectLost):
        log.critical("ALARM: stored bytes are lost (%s): %s; run `pinpai doctor --deep`", type(lost).__name__, lost)


def install(app: FastAPI) -> None:
    """Answer every refusal raised in a route or a dependency as a problem document."""

    async def handle(request: Request, error: Exception) -> Response:
        return answer_within(error, request.scope)

    refusals = (Problem, RequestValidationError, HTTPException, IntegrityError)
    for kind in (*refusals, ImagingBusy, ObjectLost, StorageUnavailable, DBAPIError, asyncpg.PostgresError, *AWAY):
        app.add_exception_handler(kind, handle)


def _invalid(error: RequestValidationError, language: Language) -> Problem:
    errors = error.errors()
    if any(each["type"] == "json_invalid" for each in errors):
        return MalformedRequest()
    return InvalidRequest(rejected_parts(errors, language, error.body))


def _constraint(error: IntegrityError) -> str:
    return str(getattr(getattr(error.orig, "__cause__", None), "constraint_name", "") or "")
