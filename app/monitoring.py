"""Figures for Prometheus on a port of their own: what this process does, and how the whole deployment is.

Nothing here is imported unless the port is set. The library answers in a thread of its own; what is read from the
database is read by the process's own loop, through its own pool.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.database import AWAY, Database, Query
from app.models import Campaign
from app.models.enums import CampaignStatus
from app.problems import Unavailable
from app.rows import row_type
from app.services import jobs
from app.services.filing.visibility import CLOSES_AT


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its name, its words, the names of its labels, and the statement whose rows are labels and a value."""

    name: str
    words: str
    labels: tuple[str, ...]
    sql: str = ""


class Reading(NamedTuple):
    """A figure as it was read: for each combination of labels its value."""

    figure: Figure
    values: Sequence[tuple[Sequence[str], float]]


FIGURES = (
    Figure(
        "pinpai_jobs",
        "Jobs in the queue: todo, doing, or failed for good.",
        ("task", "state"),
        "SELECT task_name, status::text, count(*) FROM procrastinate_jobs "
        "WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1, 2",
    ),
    Figure(
        "pinpai_oldest_job_seconds",
        "Seconds for which the oldest job that is due has waited; 0 when none is.",
        (),
        "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(coalesce(scheduled_at, "
        "(SELECT min(at) FROM procrastinate_events e WHERE e.job_id = j.id)))), 0) FROM procrastinate_jobs j "
        "WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= clock_timestamp())",
    ),
    Figure(
        "pinpai_workers",
        "Workers that gave a sign of life within half a minute.",
        (),
        "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > clock_timestamp() - interval '30 s'",
    ),
    Figure(
        "pinpai_unnumbered_events",
        "Events that wait for their number and their link in the history.",
        (),
        "SELECT count(*) FROM audit_events WHERE mac IS NULL",
    ),
    Figure(
        "pinpai_follower_lag_events",
        "Events that a follower has not seen yet.",
        ("follower",),
        "SELECT name, (SELECT coalesce(max(sequence), 0) FROM audit_events) - position FROM followers",
    ),
    Figure(
        "pinpai_backup_age_seconds",
        "Seconds since the last backup was complete; absent when there is none.",
        (),
        "SELECT extract(epoch FROM clock_timestamp() - max(finished_at)) FROM backups WHERE failure IS NULL "
        "HAVING count(*) > 0",
    ),
    Figure(
        "pinpai_failed_backups",
        "Backups that failed since the last complete one.",
        (),
        "SELECT count(*) FROM backups WHERE failure IS NOT NULL AND finished_at > "
        "coalesce((SELECT max(finished_at) FROM backups WHERE failure IS NULL), '-infinity')",
    ),
    Figure(
        "pinpai_log_age_seconds",
        "Seconds since PostgreSQL archived its log last; absent where it never did.",
        (),
        "SELECT extract(epoch FROM clock_timestamp() - last_archived_time) FROM pg_stat_archiver "
        "WHERE last_archived_time IS NOT NULL AND current_setting('archive_mode') = 'on'",
    ),
    Figure(
        "pinpai_oldest_trace_seconds",
        "Age of the oldest address of a sign-in in the history, in seconds; absent when there is none.",
        (),
        "SELECT extract(epoch FROM clock_timestamp() - at) FROM audit_events WHERE changes ? 'trace' "
        "ORDER BY at LIMIT 1",
    ),
    Figure(
        "pinpai_database_bytes",
        "Bytes of the database on disk.",
        (),
        "SELECT pg_database_size(current_database())",
    ),
)
DEADLINE = Figure(
    "pinpai_deadline_seconds",
    "Seconds to the deadline of a published campaign's applications, by the deployment's clock; negative afterwards.",
    ("campaign",),
)


@row_type
class Closing:
    """The deadline of a campaign's applications."""

    id: str
    closes_at: datetime


_CLOSING = Query(
    select(Campaign.id, CLOSES_AT.label("closes_at")).where(Campaign.status == CampaignStatus.PUBLISHED), Closing
)


PATIENCE = 5.0
"""Seconds within which the database must answer."""
BOUNDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Seconds by which requests are counted."""


async def figures(database: Database) -> list[Reading]:
    """Read every figure of the deployment, in one transaction."""
    async with jobs.acting(database) as ctx:
        found = [Reading(figure, _values(await ctx.session.execute(text(figure.sql)))) for figure in FIGURES]
        closing = await ctx.rows(_CLOSING)
    return [
        *found,
        Reading(DEADLINE, [((str(each.id),), (each.closes_at - ctx.now).total_seconds()) for each in closing]),
    ]


def _values(rows: Iterable[Any]) -> list[tuple[Sequence[str], float]]:
    return [([str(label) for label in labels], float(value)) for *labels, value in map(tuple, rows)]


class Deployment(Collector):
    """The figures that the database knows, read each time; while it is away that alone is said."""

    def __init__(self, database: Database, loop: asyncio.AbstractEventLoop) -> None:
        self._database, self._loop = database, loop

    def describe(self) -> list[Metric]:
        """Nothing is read when it is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the figures, if the database answers."""
        asked = asyncio.run_coroutine_threadsafe(figures(self._database), self._loop)
        try:
            found = asked.result(PATIENCE)
        except (TimeoutError, Unavailable, DBAPIError, *AWAY):
            asked.cancel()
            found = []
        yield GaugeMetricFamily("pinpai_database_up", "1 while the database answers.", value=float(bool(found)))
        for figure, values in found:
            family = GaugeMetricFamily(figure.name, figure.words, labels=figure.labels)
            for labels, value in values:
                family.add_metric(labels, value)
            yield family


class Requests:
    """The requests that this process has answered."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._answered = Counter("pinpai_requests", "Requests answered.", ["operation", "status"], registry=registry)
        self._seconds = Histogram(
            "pinpai_request_seconds", "Time to the end of the answer.", ["operation"], buckets=BOUNDS, registry=registry
        )

    def __call__(self, operation: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._answered.labels(operation, status).inc()
        self._seconds.labels(operation).observe(seconds)


@asynccontextmanager
async def monitored(state: Any, host: str, port: int) -> AsyncIterator[None]:
    """Answer at `/metrics` of this address during the block; `state` is the application's, with all its parts."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(Deployment(state.database, asyncio.get_running_loop()))
    waiting: Mapping[str, Any] = {
        "reads": lambda: state.database.waiting[0],
        "changes": lambda: state.database.waiting[1],
        "pictures": lambda: state.imaging.waiting,
    }
    words = "Requests that wait: for a connection, or for a worker."
    gauge = Gauge("pinpai_waiting", words, ["for"], registry=registry)
    for name, number in waiting.items():
        gauge.labels(name).set_function(number)
    streams = Gauge("pinpai_streams", "Open streams.", registry=registry)
    streams.set_function(partial(getattr, state.live, "open"))
    state.watch = Requests(registry)
    server, thread = start_http_server(port, host, registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
