import pytest
from sqlalchemy.exc import DBAPIError

from app.database import Database
from app.logs import discreet, kind_of
from app.storage import ObjectMissing
from tests.world import World

NAME = "李文博"


def written(error: BaseException) -> str:
    """The lines of an exception, as a process writes them."""
    with pytest.raises(type(error)) as caught:
        raise error
    return discreet("%(message)s").formatException((caught.type, caught.value, caught.tb))


def test_a_traceback_has_places_and_kinds_and_no_words() -> None:
    error = KeyError(NAME)
    error.__cause__ = ValueError(f"13800000000 of {NAME}")
    line = written(error)
    assert "in written" in line
    assert ("ValueError" in line, "KeyError" in line) == (True, True)
    assert (NAME in line, "13800000000" in line) == (False, False)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "ConnectionRefusedError: Connection refused"),
        (ObjectMissing("files/1"), "app.storage.ObjectMissing: files/1"),
        (UnicodeDecodeError("utf-8", NAME.encode(), 0, 1, NAME), "UnicodeDecodeError"),
        (OSError(NAME), "OSError"),
    ],
)
def test_what_a_system_answers_is_told_by_its_code(error: Exception, told: str) -> None:
    assert kind_of(error) == told


async def test_of_a_refused_row_its_constraint_is_told(world: World, database: Database) -> None:
    await world.committee(code=NAME)
    with pytest.raises(DBAPIError) as caught:
        await world.committee(code=NAME)
    line = written(caught.value)
    assert "asyncpg.exceptions.UniqueViolationError: 23505: committees_code_key" in line
    assert (NAME in line, NAME in str(caught.value.statement)) == (False, False)
