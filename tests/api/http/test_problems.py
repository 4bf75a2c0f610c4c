import logging
import socket
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from starlette.exceptions import HTTPException

from app.api.http.problems import answer_to, problem_of, problems
from app.database import is_away
from app.imaging import ImagingBusy
from app.models.enums import Language
from app.problems import (
    Forbidden,
    InsufficientStorage,
    LimitReached,
    NotFound,
    Problem,
    RulesViolated,
    SignInRefused,
    Unavailable,
    WrongState,
)
from app.services.policies.limits import DISK_ALMOST_FULL, TOO_MANY_AT_ONCE, TOO_MANY_UNITS
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


def caused(problem: Problem, cause: Exception) -> Problem:
    problem.__cause__ = cause
    return problem


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (Unavailable(retry_after=2), "INFO"),  # a repetition whose first request is under way, a full queue
        (ImagingBusy(), "INFO"),
        (InsufficientStorage(TOO_MANY_UNITS(maximum=2)), "INFO"),
        (LimitReached(TOO_MANY_AT_ONCE(maximum=4), retry_after=2), None),
        (Forbidden(), None),
        (NotFound(), None),
        (InsufficientStorage(DISK_ALMOST_FULL()), "ERROR"),
        (caused(Unavailable(retry_after=1), OSError()), "ERROR"),
        (StorageUnavailable(), "ERROR"),
        (asyncpg.DeadlockDetectedError(), "ERROR"),
        (asyncpg.DiskFullError(), "ERROR"),
        (KeyError("x"), "ERROR"),
    ],
    ids=repr,
)
def test_what_is_meant_to_wait_is_no_fault_in_the_log(
    error: Exception, level: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "pinpai"):
        answer_to(error, Language.ZH, uuid4())
    assert [each.levelname for each in caplog.records] == ([level] if level else [])
    assert [bool(each.exc_info) for each in caplog.records] == ([level == "ERROR"] if level else [])


AWAY = {"53300", "57P01", "57P02", "57P03"}
FULL = "53100"
AGAIN = {"40001", "40P01", "55P03", "57014"}


def kinds_of_trouble() -> list[type[asyncpg.PostgresError]]:
    """Every error of the driver in the classes of connections, rollbacks, resources, locks and the operator."""
    known = [
        kind for kind in vars(asyncpg).values() if isinstance(kind, type) and issubclass(kind, asyncpg.PostgresError)
    ]
    return [kind for kind in known if str(kind.sqlstate)[:2] in {"08", "40", "53", "55", "57"}]


def test_the_api_and_the_worker_ask_one_table_which_trouble_an_error_is() -> None:
    kinds = kinds_of_trouble()
    assert {kind.sqlstate for kind in kinds} >= AWAY | AGAIN
    for kind in kinds:
        away = kind.sqlstate in AWAY or str(kind.sqlstate).startswith("08")
        retry_after = 2 if away else 1 if kind.sqlstate in AGAIN else None
        for error in (kind(), through_sqlalchemy(kind())):
            problem = problem_of(error, Language.ZH)
            assert (problem.retry_after, is_away(error)) == (retry_after, away), kind
            other = "insufficient-storage" if kind.sqlstate == FULL else "internal-error"
            assert problem.code() == ("unavailable" if retry_after else other), kind


def test_a_connection_that_sqlalchemy_gave_up_is_away() -> None:
    error = DBAPIError("SELECT 1", {}, Exception(), connection_invalidated=True)
    assert (is_away(error), code_of(error)) == (True, "unavailable")


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
