"""The stream of what is new: notifications, their unread number, progress."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

from fastapi import Header, Request, Response
from pydantic import BaseModel, Field

from app.api.http import streams
from app.api.http.output import Out
from app.api.http.routing import Router
from app.api.http.streams import EventStream, event
from app.api.notifying.notifications import NotificationOut, ReadingsOut
from app.services.notifying.live import Listener, News
from app.services.policies import require_role
from app.services.policies.people.accounts import PEOPLE

router = Router("/stream", tags=["notifications"])


class ProgressChanged(Out):
    """A campaign whose progress, as you may read it, is another now."""

    campaign_id: UUID = Field(description="The campaign: read `GET /api/v1/progress` again.")


EVENTS: dict[str, type[BaseModel]] = {
    "notification": NotificationOut,
    "unread": ReadingsOut,
    "progress": ProgressChanged,
}
EXAMPLE = """\
retry: 3000

id: 1042
event: unread
data: {"unread":1}

"""


@router.get("", status_code=200, response_class=EventStream, responses=streams.documented(EVENTS, EXAMPLE))
async def follow_stream(
    request: Request,
    last_event_id: Annotated[
        str | None,
        Header(
            alias="Last-Event-ID",
            description="The `id` of the last event you got, which a browser sends by itself: the stream goes on after "
            "it. Without it, the stream begins now.",
            pattern="^[0-9]{1,18}$",
            max_length=18,
            examples=["1042"],
        ),
    ] = None,
) -> Response:
    """Follow what is new to you, as server-sent events, for `EventSource`. Persons only.

    `notification` is one of `GET /notifications`, each once and in order; `unread` the number of unread ones, at the
    beginning and when it changes; `progress`, for the office and committees, names a campaign whose progress is another
    now. All is as you would read it in your own seat, a second or two after it happened. A comment comes every 15
    seconds. First open the stream, then read what you show: nothing is missed.

    The stream ends within seconds of its session, also where the account's role or organisation changes, and when the
    server stops: ask again. It does not keep a session awake. An account has at most 10 (429), a process as many as it
    is configured for (503).
    """
    caller, state = request.state.caller, request.app.state
    require_role(caller.actor.role, *PEOPLE)
    position = None if last_event_id is None else int(last_event_id)
    listener = Listener(caller.actor, caller.language, caller.request_id, position)
    link_base: str | None = state.settings.link_base

    @asynccontextmanager
    async def opened() -> AsyncIterator[AsyncIterator[bytes]]:
        async with state.live.listening(listener) as news:
            yield (b"".join(_events(each, listener, link_base)) async for each in news)

    return EventStream(opened(), listener.end)


def _events(news: News, listener: Listener, link_base: str | None) -> list[bytes]:
    """Write what is new, each with the position up to which all notices are told; nothing is a sign of life."""
    at = listener.position
    notices = [
        event("notification", NotificationOut.of(row, listener.language, link_base), row.position)
        for row in news.notices
    ]
    unread = [] if news.unread is None else [event("unread", ReadingsOut(unread=news.unread), at)]
    progress = [event("progress", ProgressChanged(campaign_id=each), at) for each in news.campaign_ids]
    return notices + unread + progress
