import socket

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from starlette.exceptions import HTTPException

from app.api.http.problems import problem_of, problems
from app.imaging import ImagingBusy
from app.models.enums import Language
from app.problems import Forbidden, NotFound, RulesViolated, SignInRefused, WrongState
from app.storage import StorageUnavailable


def code_of(error: Exception) -> str:
    return problem_of(error, Language.ZH).code()


def through_sqlalchemy(error: Exception) -> DBAPIError:
    return DBAPIError("SELECT 1", {}, error)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(111, "Connection refused"),
        OSError("Multiple exceptions: [Errno 111] ('::1'), [Errno 111] ('127.0.0.1')"),
        FileNotFoundError("no socket"),
        socket.gaierror("Name or service not known"),
        TimeoutError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("another operation is in progress"),
        asyncpg.AdminShutdownError(),
        asyncpg.CannotConnectNowError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.QueryCanceledError(),
        asyncpg.DeadlockDetectedError(),
        asyncpg.SerializationError(),
        through_sqlalchemy(asyncpg.DeadlockDetectedError()),
        through_sqlalchemy(asyncpg.LockNotAvailableError()),
        through_sqlalchemy(asyncpg.AdminShutdownError()),
        StorageUnavailable(),
        ImagingBusy(),
    ],
    ids=lambda error: str(type(getattr(error, "orig", None) or error).__name__),
)
def test_what_will_pass_is_a_wait_and_says_how_long(error: Exception) -> None:
    problem = problem_of(error, Language.ZH)
    assert problem.code() == "unavailable"
    assert problem.retry_after is not None


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("x"), asyncpg.UndefinedTableError(), through_sqlalchemy(asyncpg.DataError())]
)
def test_everything_else_is_our_fault(error: Exception) -> None:
    assert code_of(error) == "internal-error"


def test_a_refusal_stays_itself() -> None:
    refusal = WrongState(state="filed", label="已上报")
    assert problem_of(refusal, Language.ZH) is refusal


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "malformed-request"), (404, "not-found"), (405, "method-not-allowed"), (413, "payload-too-large")],
)
def test_what_the_framework_refuses_is_a_problem_too(status: int, code: str) -> None:
    assert code_of(HTTPException(status)) == code


def test_a_broken_constraint_is_a_rule() -> None:
    problem = problem_of(IntegrityError("INSERT", {}, Exception()), Language.ZH)
    assert isinstance(problem, RulesViolated)
    assert [finding.rule.code for finding in problem.findings] == ["conflicting_change"]


def test_a_route_names_its_problems_and_keeps_what_is_always_possible_there() -> None:
    named = problems(NotFound, Forbidden, WrongState, RulesViolated)
    assert {
        status: set(entry["content"]["application/problem+json"]["examples"]) for status, entry in named.items()
    } == {
        404: {"not-found"},
        403: {"forbidden"},
        409: {"wrong-state", "rules-violated"},
    }
    [entry] = problems(SignInRefused).values()
    assert set(entry["content"]["application/problem+json"]["examples"]) == {"sign-in-refused"}
