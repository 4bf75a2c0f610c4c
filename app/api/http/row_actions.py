"""Lists whose rows say what may be done with each: asked for by `actions=true`, as a table with buttons needs it.

A list gets this from its `Router` by `offers`, the function of its service that returns the acts on the rows of a page;
the row's model has the member `actions`, null where it was not asked for.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import wraps
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from app.api.http.output import Action, Page
from app.context import View
from app.services.policies import Offered

Offers = Callable[[View, Sequence[Any]], Awaitable[Mapping[UUID, Offered]]]
Listed = Callable[..., Awaitable[Page[Any]]]


async def asked_for_actions(
    actions: Annotated[
        bool, Query(description="True: with `actions` in each row, as its resource has them; it takes longer.")
    ] = False,
) -> bool:
    """Return whether the rows are to say what may be done with them."""
    return actions


_ASKED = inspect.Parameter(
    "_actions", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[bool, Depends(asked_for_actions)]
)


def with_actions(endpoint: Listed, offers: Offers, view: str) -> Listed:
    """Let a list be answered with the `actions` of its rows; `view` is the endpoint's parameter of that name."""
    signature = inspect.signature(endpoint)

    @wraps(endpoint)
    async def answer(**given: Any) -> Page[Any]:
        asked, reader = given.pop(_ASKED.name), given[view]
        page = await endpoint(**given)
        if not asked:
            return page
        offered = await offers(reader, page.rows)
        return page.model_copy(update={"items": [_row(row, offered.get(row.id, {}), reader) for row in page.items]})

    answer.__signature__ = signature.replace(  # type: ignore[attr-defined]  # FastAPI reads it
        parameters=[*signature.parameters.values(), _ASKED]
    )
    return answer


def _row(row: Any, offered: Offered, view: View) -> Any:
    """Return the row with its acts; of one that is gone since there are none."""
    return row.model_copy(update={"actions": Action.by_name(offered, view.language)})
