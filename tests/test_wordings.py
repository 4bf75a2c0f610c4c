"""Nothing a caller sends is ever written into SQL: the proof of what `Query` says of itself."""

import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Text, bindparam, select

from app import auditing, chain, context, services
from app.database import Query
from app.models import Application
from app.models.enums import ApplicationStatus, Role
from app.services.pages import Listing

_Q = bindparam("q", type_=Text)
FOUND = Query(
    select(Application.id)
    .where(Application.status == ApplicationStatus.SUBMITTED, bindparam("actor_role", type_=Text) == Role.OFFICE.value)
    .where(_Q.is_(None) | (Application.number == _Q) | (Application.brand_name == bindparam("name", type_=Text)))
)


class Driver:
    """A connection that only notes what it is sent."""

    def __init__(self) -> None:
        self.sql, self.args = "", tuple[Any, ...]()

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        self.sql, self.args = query, args
        return []


async def sent(query: Query[Any], **params: Any) -> tuple[str, tuple[Any, ...]]:
    driver = Driver()
    assert await query.rows(driver, **params) == []
    return driver.sql, driver.args


def statements() -> Iterator[tuple[str, Query[Any]]]:
    """Every query of the services, those of their lists too, and the few beside them."""
    beside = [auditing, chain, context]
    below = [import_module(each.name) for each in pkgutil.walk_packages(services.__path__, "app.services.")]
    for module in beside + below:
        for name, value in vars(module).items():
            held = vars(value).values() if isinstance(value, Listing) else [value]
            yield from ((f"{module.__name__}.{name}", each) for each in held if isinstance(each, Query))


def parameters(query: Query[Any]) -> set[str]:
    """The names that a caller must fill; the others are constants of the statement."""
    return {name for name in query.compiled.names if query.compiled.constants.get(name) is None} - {"actor_role"}


@given(st.text(), st.text())
@example("submitted", "office")
@example("NULL", "TRUE")
@example("$1", "$2")
@example("x' OR '1' = '1", "")
@example("", "municipal")
async def test_a_text_is_a_parameter_whatever_it_looks_like(q: str, name: str) -> None:
    known = await sent(FOUND, actor_role=Role.OFFICE.value, q="q", name="name")
    sql, args = await sent(FOUND, actor_role=Role.OFFICE.value, q=q, name=name)
    assert (sql, set(args)) == (known[0], {q, name})


@given(st.text())
@example("submitted")
async def test_nobody_puts_a_text_in_the_place_of_a_constant(text: str) -> None:
    known = await sent(FOUND, actor_role=Role.OFFICE.value, q="q", name="name")
    for constant in FOUND.compiled.constants:
        if FOUND.compiled.constants[constant] is not None:
            sql, args = await sent(FOUND, actor_role=Role.OFFICE.value, q="q", name="name", **{constant: text})
            assert (sql, args) == known


@given(st.text().filter(lambda text: text not in set(Role)))
@example("office' OR '1' = '1")
async def test_a_role_is_one_of_ours_or_nothing_is_sent(role: str) -> None:
    driver = Driver()
    with suppress(ValueError):
        await FOUND.rows(driver, actor_role=role, q="q", name="name")
    assert role == "" or driver.sql == ""


async def test_no_statement_of_the_services_writes_what_it_is_given() -> None:
    found = dict(statements())
    assert len(found) > 100
    for place, query in found.items():
        given_once = {name: f"first {name}" for name in parameters(query)}
        given_again = {name: f"x' OR {name} --" for name in parameters(query)}
        for role in Role:
            first, again = [await sent(query, actor_role=role.value, **each) for each in (given_once, given_again)]
            assert first[0] == again[0], place
            assert all(text in first[1] for text in given_once.values()), place
            assert all(text in again[1] for text in given_again.values()), place
