"""The HTTP application: its parts put together, and nothing decided."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import cache
from importlib import import_module
from typing import Any

from fastapi import FastAPI
from starlette.routing import BaseRoute

from app.api import audit, events, health, jobs, reference
from app.api.commending import (
    awards,
    booklets,
    certificates,
    commendations,
    indicators,
    notices,
    objections,
    public_awards,
    public_programmes,
    publications,
    template_trials,
    unit_records,
)
from app.api.filing import (
    applications,
    arrears,
    attachments,
    campaigns,
    checks,
    decisions,
    documents,
    earlier_win_lists,
    earlier_wins,
    endorsements,
    exemptions,
    extensions,
    filings,
    filled_form_batches,
    filled_forms,
    filled_plans,
    forms,
    images,
    letters,
    paper_templates,
    partners,
    plans,
    prints,
    programme_arrears,
    programme_progress,
    programmes,
    progress,
    public_campaigns,
    receipts,
    reorganisations,
    reports,
    resemblances,
    statistics,
    summaries,
    swaps,
    versions,
    vetoes,
    withdrawals,
)
from app.api.handover import (
    answers,
    archives,
    deliveries,
    endpoints,
    grants,
    manifests,
    nominations,
    packages,
    payloads,
)
from app.api.http import contract, dispatch, docs, openapi
from app.api.http.addressing import Addressed
from app.api.http.admission import Admission
from app.api.http.cookies import Cookies, Cors
from app.api.http.envelope import Envelope
from app.api.http.packing import Packing
from app.api.http.problems import ALWAYS, SIGNED_IN
from app.api.http.problems import install as install_problems
from app.api.http.published import Shelf
from app.api.http.routing import include
from app.api.http.tags import TAGS
from app.api.judging import (
    assignments,
    cases,
    composites,
    conflicts,
    entries,
    figure_lists,
    figure_tables,
    panels,
    proposals,
    rankings,
    recusals,
    reviewers,
    reviews,
    round_progress,
    rounds,
    sheet_scans,
)
from app.api.notifying import announcements, live, notifications
from app.api.people import (
    account_lists,
    accounts,
    committees,
    exports,
    factors,
    identities,
    imports,
    invitations,
    organisation_lists,
    passkeys,
    passwords,
    seats,
    second_steps,
    sessions,
    sign_ons,
    tickets,
    units,
    vocabularies,
)
from app.database import Clock, Database
from app.equipment import keyring, outgoing, printing, provider, scanner, storage_settings
from app.imaging import ImagingPool
from app.problems import catalogue
from app.services.files import UploadLimits
from app.services.filing.prints import Press
from app.services.limits import Disk, Meter, Traffic, UploadedBytes
from app.services.notifying.live import Live
from app.services.policies.limits import CHANGES_USED_UP, PROCESSING_USED_UP, UPLOADS_USED_UP, Allowance, Quotas
from app.settings import Environment, Settings
from app.storage import Storage
from app.tables.lists import reading_pool
from app.tables.process import Tables

PRIVATE = (
    applications,
    arrears,
    attachments,
    campaigns,
    programmes,
    forms,
    committees,
    units,
    vocabularies,
    imports,
    organisation_lists,
    account_lists,
    images,
    filled_form_batches,
    filled_forms,
    filled_plans,
    partners,
    endorsements,
    versions,
    resemblances,
    vetoes,
    plans,
    prints,
    paper_templates,
    template_trials,
    summaries,
    earlier_win_lists,
    earlier_wins,
    exemptions,
    extensions,
    filings,
    withdrawals,
    swaps,
    checks,
    decisions,
    letters,
    reorganisations,
    progress,
    programme_progress,
    programme_arrears,
    statistics,
    reports,
    *(rounds, entries, panels, reviewers, cases, reviews, sheet_scans, round_progress, assignments),
    *(conflicts, recusals, proposals, rankings, figure_tables, figure_lists, composites),
    commendations,
    publications,
    booklets,
    notices,
    objections,
    awards,
    certificates,
    indicators,
    unit_records,
    nominations,
    answers,
    payloads,
    manifests,
    packages,
    archives,
    audit,
    events,
    endpoints,
    grants,
    deliveries,
    jobs,
    documents,
    announcements,
    notifications,
    live,
    accounts,
    sessions,
    tickets,
    passwords,
    invitations,
    seats,
    passkeys,
    exports,
    factors,
    identities,
    second_steps,
)
"""The concepts that need a session."""
PUBLIC = (reference, receipts, public_awards, public_campaigns, public_programmes)
"""The concepts that need no session: checking a receipt, looking things up, reading what is commended."""
SIGNING_IN = (sessions, second_steps, passkeys, sign_ons, passwords)
"""The concepts with routes of both sorts: some sign in, the others need a session."""


ARCHIVED = {
    "announcements": announcements.AnnouncementOut,
    "awards": awards.AwardSummary,
    "score_sheets": sheet_scans.ArchivedSheet,
}
"""The models of lists in an archive that the hand-over does not know."""


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """The application over these settings; `clock` is for tests, which may stop it."""
    database = Database(
        settings.database_url.get_secret_value() if settings.database_url else "postgresql://",
        pool_size=settings.pool_size,
        queue_limit=settings.queue_limit,
        clock=clock or Clock(settings.offset_from_now()),
    )
    imaging, storage = ImagingPool(settings.image_workers), Storage(storage_settings(settings))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await database.open()
        async with imaging, storage, _monitored(app, settings):
            yield
            await app.state.live.stop()
            await app.state.press.pool.stop()
            await app.state.reading.stop()
        await database.close()

    app = FastAPI(
        **ABOUT, webhooks=events.webhooks, generate_unique_id_function=openapi.operation_id, lifespan=lifespan
    )
    app.state.settings, app.state.database, app.state.imaging, app.state.storage = settings, database, imaging, storage
    app.state.live, app.state.watch, app.state.provider = Live(database, settings.streams), None, provider(settings)
    app.state.outgoing, app.state.keyring = outgoing(settings), keyring(settings)
    app.state.traffic, app.state.upload_limits, app.state.quotas = _limits(settings)
    app.state.scanner, app.state.shelf = scanner(settings), Shelf()
    app.state.archived = ARCHIVED
    app.state.tables, app.state.reading, app.state.cookies = Tables(), reading_pool(), _cookies(settings)
    app.state.press = Press(printing(settings), storage, app.state.upload_limits.processing, settings.link_base)
    app.router.routes.extend(_routes())
    install_problems(app)
    openapi.install(app, lambda: [*live.EVENTS.values(), *(kind.schema() for kind in catalogue())])
    if settings.documented:
        include(app, docs.router)
        contract.install(app)
    dispatch.install(app)
    _surround(app, settings)
    return app


def _monitored(app: FastAPI, settings: Settings) -> AbstractAsyncContextManager[None]:
    """Give figures to a monitor, on a port of its own, if one is set."""
    if settings.metrics_port is None:
        return nullcontext()
    monitoring = import_module("app.monitoring")  # with its library, for those who ask for it
    answering: AbstractAsyncContextManager[None] = monitoring.monitored(
        app.state, settings.metrics_host, settings.metrics_port
    )
    return answering


@cache
def _routes() -> Sequence[BaseRoute]:
    """Make the routes of the contract, once for all applications of a process: most of what an application takes."""
    app = FastAPI(openapi_url=None, generate_unique_id_function=openapi.operation_id)
    for part in PRIVATE:
        include(app, part.router, prefix="/api/v1", raises=SIGNED_IN)
    for part in PUBLIC:
        include(app, part.router, prefix="/api/v1", raises=ALWAYS)
    for part in SIGNING_IN:
        include(app, part.public, prefix="/api/v1", raises=ALWAYS)
    include(app, health.router)
    return app.router.routes


def _limits(settings: Settings) -> tuple[Traffic, UploadLimits, Quotas]:
    """The limits of an account, as the operator set them."""
    changes = Allowance(CHANGES_USED_UP, settings.changes_per_hour, hours=1)
    uploaded = Allowance(UPLOADS_USED_UP, settings.upload_gib_per_day, hours=24, unit=2**30)
    processing = Allowance(PROCESSING_USED_UP, settings.processing_seconds_per_hour, hours=1)
    disk = Disk(settings.disk_dir, settings.disk_floor_mib * 2**20)
    return (
        Traffic(Meter(changes), settings.requests_at_once, settings.uploads_at_once),
        UploadLimits(UploadedBytes(uploaded), Meter(processing), disk),
        Quotas(
            applications_per_unit=settings.applications_per_unit,
            units_per_committee=settings.units_per_committee,
            accounts_per_committee=settings.accounts_per_committee,
            objections_per_account=settings.objections_per_account,
        ),
    )


def _cookies(settings: Settings) -> Cookies:
    return Cookies(settings.cookie_origins, secure=settings.environment is Environment.PRODUCTION)


def _surround(app: FastAPI, settings: Settings) -> None:
    """Add the layers every request passes, innermost first."""
    app.add_middleware(Packing)
    app.add_middleware(
        Admission,
        database=app.state.database,
        keyring=app.state.keyring,
        traffic=app.state.traffic,
        session_idle_minutes=settings.session_idle_minutes,
        second_factor_roles=settings.second_factor_needed,
        cookies=app.state.cookies,
    )
    if settings.cors_origins or settings.cookie_origins:
        app.add_middleware(Cors, origins=settings.cors_origins, cookie_origins=settings.cookie_origins)
    app.add_middleware(Addressed, answers_to=settings.answers_to)
    app.add_middleware(Envelope, api=app)


DESCRIPTION = """\
The backend of a district's work-brand campaign (文明单位工作品牌创建年活动).

Conventions: every refusal is an RFC 9457 problem document; lists are pages with an opaque cursor; a change carries
`If-Match`; acts that matter must carry `Idempotency-Key`, and every `POST` that changes something honours it;
instants are RFC 3339 UTC; sentences are Chinese, or English by `Accept-Language`. New members and new enum
values may be added: ignore what you do not know.

In the repository, `docs/guides` shows a unit, a committee, the office, a judge and the municipal office their way, and
`openapi/workflows.arazzo.yaml` runs it.
"""

ABOUT: dict[str, Any] = {
    "title": "Pinpai",
    "version": "0.2.0",
    "summary": "文明单位工作品牌创建活动: from the notice to the published commendation.",
    "description": DESCRIPTION,
    "contact": {"name": "Pinpai", "url": "https://example.org/pinpai"},
    "license_info": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "servers": [{"url": "/"}],
    "openapi_tags": TAGS,
    "docs_url": None,
    "redoc_url": None,
    "openapi_url": None,
    "redirect_slashes": False,
    "root_path_in_servers": False,
    "telemetry": {"tracing": False, "metrics": False, "logs": False},  # asked three times a request; there is none
}
