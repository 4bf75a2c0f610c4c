"""The HTTP application: its parts put together, and nothing decided."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from app.api import audit, events, health, jobs, reference
from app.api.commending import (
    awards,
    commendations,
    indicators,
    objections,
    public_awards,
    public_programmes,
    publications,
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
    earlier_wins,
    endorsements,
    exemptions,
    extensions,
    filings,
    forms,
    images,
    partners,
    plans,
    prints,
    programme_progress,
    programmes,
    progress,
    public_campaigns,
    receipts,
    reorganisations,
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
from app.api.http import contract, docs, openapi
from app.api.http.addressing import Addressed
from app.api.http.admission import Admission
from app.api.http.cookies import Cookies, Cors
from app.api.http.envelope import Envelope
from app.api.http.packing import Packing
from app.api.http.problems import ALWAYS, SIGNED_IN
from app.api.http.problems import install as install_problems
from app.api.http.published import Shelf
from app.api.http.routing import include
from app.api.judging import (
    assignments,
    cases,
    composites,
    conflicts,
    entries,
    figure_tables,
    panels,
    proposals,
    rankings,
    recusals,
    reviewers,
    reviews,
    round_progress,
    rounds,
)
from app.api.notifying import announcements, live, notifications
from app.api.people import (
    accounts,
    committees,
    factors,
    imports,
    invitations,
    passkeys,
    passwords,
    seats,
    second_steps,
    sessions,
    tickets,
    units,
)
from app.database import Clock, Database
from app.equipment import keyring, outgoing, scanner, storage_settings
from app.imaging import ImagingPool
from app.problems import catalogue
from app.services.files import UploadLimits
from app.services.filing.prints import Press
from app.services.limits import Disk, Meter, Traffic, UploadedBytes
from app.services.notifying.live import Live
from app.services.policies.limits import CHANGES_USED_UP, PROCESSING_USED_UP, UPLOADS_USED_UP, Allowance, Quotas
from app.settings import Environment, Settings
from app.storage import Storage
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
    imports,
    images,
    partners,
    endorsements,
    versions,
    vetoes,
    plans,
    prints,
    summaries,
    earlier_wins,
    exemptions,
    extensions,
    filings,
    withdrawals,
    swaps,
    checks,
    decisions,
    reorganisations,
    progress,
    programme_progress,
    statistics,
    *(rounds, entries, panels, reviewers, cases, reviews, round_progress, assignments),
    *(conflicts, recusals, proposals, rankings, figure_tables, composites),
    commendations,
    publications,
    objections,
    awards,
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
    factors,
    second_steps,
)
"""The concepts that need a session; the most asked for first, because routes are tried in this order."""
PUBLIC = (reference, receipts, public_awards, public_campaigns, public_programmes)
"""The concepts that need no session: checking a receipt, looking things up, reading what is commended."""
SIGNING_IN = (sessions, second_steps, passkeys, passwords)
"""The concepts with routes of both sorts: some sign in, the others need a session."""
TAGS = [
    {
        "name": "campaigns",
        "description": "活动: the notice as data, with its phases, categories, limits and deadlines.",
    },
    {"name": "programmes", "description": "系列活动: a notice of several entries or batches, each of them a campaign."},
    {"name": "documents", "description": "文件: the notice, 工作要点, 测评体系 and attachments of a campaign."},
    {"name": "announcements", "description": "通知、催报: from the office to committees and their units."},
    {"name": "reference", "description": "代码表: refusals and vocabularies, for frontends to look up."},
    {"name": "committees", "description": "党（工）委: who leads their work, and whom to ring."},
    {"name": "units", "description": "文明单位: each under one committee."},
    {
        "name": "reorganisations",
        "description": "机构调整: units that move to another committee; merged committees.",
    },
    {"name": "seats", "description": "席位: acting for others — from paper (代录), or in several places."},
    {
        "name": "organisation-imports",
        "description": "批量导入: many committees and units at once, all or none.",
    },
    {"name": "plans", "description": "实施计划登记表（附件1）: one per committee, beside what came of it."},
    {"name": "extensions", "description": "延期: later deadlines for one committee or one application."},
    {
        "name": "earlier-wins",
        "description": "以往获奖: awards of years before the system, for campaigns that ask.",
    },
    {"name": "exemptions", "description": "特批: looser limits for one committee or one application."},
    {"name": "applications", "description": "申报表（附件2）: drafted, submitted, sealed, filed, checked."},
    {"name": "attachments", "description": "佐证材料: taken in by kind, served by the rule of their application."},
    {"name": "images", "description": "附相关图片: made clean on arrival, served by the rule of their application."},
    {"name": "endorsements", "description": "审核盖章: the scan of the stamped form, bound to what it approves."},
    {
        "name": "versions",
        "description": "申报版本: contents of an application at each submission and filing, and their differences.",
    },
    {
        "name": "prints",
        "description": "打印: 附件1, 附件2, 汇总表, 回执 and decisions of the office on paper, as PDF and for Word.",
    },
    {"name": "filings", "description": "上报与回执: sealed applications handed to the office together; withdrawals."},
    {"name": "swaps", "description": "调换: a filed case or its stamped scan for another, when both sides agree."},
    {
        "name": "checks",
        "description": "形式审查: accepted, sent back for correction, or disqualified; 负面清单 before.",
    },
    {"name": "commendations", "description": "通报表彰: drafted by the office, publicised, published."},
    {"name": "awards", "description": "奖项: proposed from a ranking or by hand; seen by others once publicised."},
    {"name": "objections", "description": "异议: raised while awards are publicised, answered by the office."},
    {"name": "indicators", "description": "组织工作指标: how well the committees organised, for the office to decide."},
    {
        "name": "accounts",
        "description": "账号: invited by a one-time code; managed by the office, and by committees for units.",
    },
    {"name": "sessions", "description": "登录: opaque tokens that end at once when they are revoked."},
    {"name": "factors", "description": "二次验证: your second factors, and the recovery codes for a lost one."},
    {"name": "progress", "description": "进度: how far every committee is, in figures."},
    {"name": "statistics", "description": "统计: what was filed, counted by state, category, topic and level."},
    {"name": "proposals", "description": "分配方案: who should review what, looked at, applied, taken back."},
    {"name": "rounds", "description": "评选轮次: set up, opened, closed; its cases and its panel."},
    {"name": "reviewers", "description": "评委: whose people they are, what they know, how much they can read."},
    {"name": "assignments", "description": "分配: which judge was given which case, by hand, and taken back."},
    {"name": "recusals", "description": "回避: declared, abstained, or decided by the office; and lifted."},
    {"name": "rankings", "description": "排名: all methods side by side, frozen when the round closes."},
    {
        "name": "figure-tables",
        "description": "外部得分: figures of a source outside, such as a public vote, imported with their evidence.",
    },
    {"name": "composites", "description": "综合成绩: several rounds and sources made into one, by declared weights."},
    {"name": "cases", "description": "评审案例: what a judge has been given to review, blind where the round is."},
    {"name": "reviews", "description": "评审: scores and remarks, saved, submitted, reopened."},
    {"name": "round-progress", "description": "评审进度: who still owes what, what lacks reviews, who disagrees."},
    {"name": "nominations", "description": "择优推荐: cases put forward to the municipal office, and its answers."},
    {
        "name": "hand-over",
        "description": "报送: what a nomination hands over — fetched, packed, and compared by both sides.",
    },
    {"name": "audit", "description": "历史记录: the history of each object, and the list of all."},
    {
        "name": "events",
        "description": "事件: numbered without a gap, for other systems to follow.",
    },
    {"name": "webhooks", "description": "推送: the messages we send to the registered addresses."},
    {"name": "endpoints", "description": "接收地址: where what happens to nominations is pushed, and its secret."},
    {"name": "deliveries", "description": "报送: what was pushed where, every attempt, and what came of it."},
    {
        "name": "notifications",
        "description": "通知: your notifications, in a feed and by mail; unread until you mark them as read.",
    },
    {"name": "jobs", "description": "后台任务: what is still to be done, and what failed."},
    {"name": "public", "description": "公示与通报: public resources, without signing in."},
]


PRINTING_RESTS_AFTER = 600.0
"""Seconds without a print after which its process gives its memory back."""


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
        async with imaging, storage:
            yield
            await app.state.live.stop()
            await app.state.press.pool.stop()
        await database.close()

    app = FastAPI(
        **ABOUT, webhooks=events.webhooks, generate_unique_id_function=openapi.operation_id, lifespan=lifespan
    )
    app.state.settings, app.state.database, app.state.imaging, app.state.storage = settings, database, imaging, storage
    app.state.live = Live(database, settings.streams)
    app.state.outgoing, app.state.keyring = outgoing(settings), keyring(settings)
    app.state.traffic, app.state.upload_limits, app.state.quotas = _limits(settings)
    app.state.scanner, app.state.shelf = scanner(settings), Shelf()
    app.state.archived = {"announcements": announcements.AnnouncementOut, "awards": awards.AwardSummary}
    app.state.tables, app.state.cookies = Tables(), _cookies(settings)
    app.state.press = Press(_printing(settings), storage, app.state.upload_limits.processing)
    _include_all(app)
    install_problems(app)
    openapi.install(app, lambda: [*live.EVENTS.values(), *(kind.schema() for kind in catalogue())])
    if settings.documented:
        include(app, docs.router)
        contract.install(app)
    _surround(app, settings)
    return app


def _include_all(app: FastAPI) -> None:
    """Answer at the addresses of the contract."""
    for part in PRIVATE:
        include(app, part.router, prefix="/api/v1", raises=SIGNED_IN)
    for part in PUBLIC:
        include(app, part.router, prefix="/api/v1", raises=ALWAYS)
    for part in SIGNING_IN:
        include(app, part.public, prefix="/api/v1", raises=ALWAYS)
    include(app, health.router)


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


def _printing(settings: Settings) -> ImagingPool:
    """The process that draws papers: it starts at the first, and rests when there are no more."""
    folder = [str(settings.font_dir.absolute())] if settings.font_dir else []
    return ImagingPool(1, program=["app.printing.worker", *folder], rests_after=PRINTING_RESTS_AFTER)


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
