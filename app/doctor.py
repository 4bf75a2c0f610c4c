"""`pinpai doctor`: what an operator wants to know before the last evening, as sentences; silence is health."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app import auditing, revisions
from app.backup.releasing import IS_HELD
from app.backup.shipping import longest_wait
from app.chain import BEGINNING, Chain, Link
from app.database import Database
from app.equipment import chain, cluster, keyring, provider, scanner, storage_settings
from app.findings import Flaw
from app.imaging import WorkerLost, missing_confinement
from app.keyring import KeyMissing
from app.models import Endpoint
from app.models.enums import Language
from app.openid import ProviderFailed
from app.refusal import Refusal
from app.services import files, health
from app.services.handover.endpoints import live_secrets
from app.services.people import retention
from app.services.policies.backups import is_overdue
from app.services.policies.people.retention import KEPT, Periods
from app.settings import Environment, Settings
from app.storage import Storage, StorageUnavailable

SKEW = timedelta(seconds=2)
SAMPLE = 200
LONGEST_WAIT = 10
"""Minutes in which the log of PostgreSQL must have left its outbox."""
RECENT = 10_000
"""Events at the history's end that a short examination walks along."""

LONG_AGO = """
    to_timestamp(('x' || left(replace(audit_events.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
    < clock_timestamp() - interval '1 minute'"""
"""An id holds the real time of its creation, also under a demonstration's clock."""

INVARIANTS = {
    "an application that was submitted has too few pictures in a fixed version": """
        SELECT v.id FROM application_versions v JOIN applications a ON a.id = v.application_id
        JOIN campaigns c ON c.id = a.campaign_id
        WHERE (v.content->>'image_count')::int < (c.settings->'images'->>'minimum')::int
        AND (v.content->>'image_count')::int < coalesce((SELECT min(x.value) FROM exemptions x
            WHERE x.kind = 'images_minimum' AND x.campaign_id = c.id AND x.committee_id = a.committee_id
            AND (x.application_id IS NULL OR x.application_id = a.id)), 9)""",
    "a version's pictures are not those it names": """
        SELECT v.id FROM application_versions v
        WHERE (v.content->>'image_count')::int <> (SELECT count(*) FROM version_images i WHERE i.version_id = v.id)""",
    "a version's supporting documents are not those it names": """
        SELECT v.id FROM application_versions v WHERE coalesce(jsonb_array_length(v.content->'attachments'), 0)
        <> (SELECT count(*) FROM version_attachments d WHERE d.version_id = v.id)""",
    "an application counts other pictures than it has": """
        SELECT a.id FROM applications a
        WHERE a.image_count <> (SELECT count(*) FROM images i WHERE i.application_id = a.id)""",
    "an application stands sealed without a standing endorsement of its content": """
        SELECT a.id FROM applications a WHERE a.status = 'endorsed' AND NOT EXISTS (SELECT FROM endorsements e
        WHERE e.application_id = a.id AND e.voided_at IS NULL AND e.digest = a.content_digest)""",
    "an application stands filed without the version that was filed": """
        SELECT id FROM applications
        WHERE status IN ('filed', 'accepted', 'disqualified') AND filed_version_id IS NULL""",
    "an application that is considered again is on file, or never was": """
        SELECT id FROM applications
        WHERE reconsidered AND (filed_version_id IS NULL OR status IN ('filed', 'accepted', 'disqualified'))""",
    "a request for a swap waits for a case that was withdrawn, or for one that was filed without it": """
        SELECT s.id FROM swaps s JOIN applications a ON a.id IN (s.application_id, s.replacement_id)
        WHERE s.status = 'requested' AND (a.status = 'withdrawn'
        OR a.id = s.replacement_id AND a.status IN ('filed', 'accepted', 'disqualified'))""",
    "a filed version is not the one that was sealed": """
        SELECT v.id FROM application_versions v WHERE v.occasion = 'filing' AND NOT EXISTS (SELECT FROM endorsements e
        WHERE e.application_id = v.application_id AND e.digest = v.digest AND e.endorsed_at <= v.fixed_at
            AND (e.voided_at IS NULL OR e.voided_at >= v.fixed_at))""",
    "a picture's bytes are not stored": """
        SELECT f.id FROM files f JOIN images i ON f.id IN (i.file_id, i.thumbnail_id) WHERE f.state <> 'stored'""",
    "a supporting document's bytes are not stored": """
        SELECT f.id FROM files f JOIN attachments d ON f.id = d.file_id WHERE f.state <> 'stored'""",
    "a scan's bytes are not stored": """
        SELECT f.id FROM files f JOIN endorsements e ON f.id = e.file_id WHERE f.state <> 'stored'
        UNION SELECT f.id FROM files f JOIN reviews r ON f.id = r.scan_id WHERE f.state <> 'stored'""",
    "a booklet's bytes are not stored": """
        SELECT f.id FROM files f JOIN booklets b ON f.id IN (b.pdf_id, b.docx_id) WHERE f.state <> 'stored'""",
    "a template's bytes are not stored": """
        SELECT f.id FROM files f JOIN paper_templates t ON f.id = t.file_id WHERE f.state <> 'stored'""",
    "something changed without a row in the history": """
        SELECT a.id FROM applications a WHERE NOT EXISTS (SELECT FROM audit_events e WHERE e.subject_id = a.id)""",
    "a closed round has no ranking": """
        SELECT r.id FROM rounds r WHERE r.status = 'closed'
        AND NOT EXISTS (SELECT FROM rankings k WHERE k.round_id = r.id)""",
    "a case stands assigned to the same reviewer twice": """
        SELECT min(id::text) FROM assignments WHERE withdrawn_at IS NULL
        GROUP BY round_id, application_id, reviewer_id HAVING count(*) > 1""",
    "a reviewer was left a case of an open round that they keep away from": """
        SELECT s.id FROM assignments s JOIN rounds r ON r.id = s.round_id JOIN applications a ON a.id = s.application_id
        JOIN recusals c ON c.reviewer_id = s.reviewer_id AND c.lifted_at IS NULL
        AND (c.application_id = a.id OR c.unit_id = a.unit_id OR c.from_committee_id = a.committee_id
            OR EXISTS (SELECT FROM partners p JOIN units u ON u.id = p.unit_id WHERE p.application_id = a.id
            AND (c.unit_id = u.id OR c.from_committee_id = u.committee_id)))
        WHERE s.withdrawn_at IS NULL AND r.status <> 'closed'""",
    "a submitted review has no total": "SELECT id FROM reviews WHERE status = 'submitted' AND total IS NULL",
    "the numbers of events have a gap": """
        SELECT max(sequence) FROM audit_events HAVING count(sequence) <> max(sequence) - (
            SELECT coalesce(sum(resumes_after - reached), 0) FROM restorations
            WHERE resumes_after < (SELECT max(sequence) FROM audit_events))""",
    "a job failed for good (see GET /api/v1/jobs)": "SELECT id FROM procrastinate_jobs WHERE status = 'failed'",
    "two committees, or two units of one, have names that look the same: rename one": """
        SELECT id FROM committees WHERE comparable_name IS NULL
        UNION ALL SELECT id FROM units WHERE comparable_name IS NULL""",
    "a nomination goes on without an award in force: withdraw it": """
        SELECT n.id FROM nominations n JOIN awards a ON a.id = n.award_id
        WHERE n.status NOT IN ('decided', 'replaced', 'withdrawn') AND a.status <> 'awarded'""",
    "a nomination stands answered without an answer": """
        SELECT n.id FROM nominations n WHERE n.status IN ('acknowledged', 'returned', 'accepted', 'decided')
        AND NOT EXISTS (SELECT FROM nomination_answers w WHERE w.nomination_id = n.id)""",
    "a nomination was replaced by nothing": """
        SELECT n.id FROM nominations n WHERE n.status = 'replaced' AND NOT EXISTS (SELECT FROM nominations later
        WHERE later.application_id = n.application_id AND later.revision > n.revision)""",
    "a version is nominated, awarded, judged or in a receipt that is not its application's, or was not filed": """
        SELECT used.id FROM (SELECT id, version_id, application_id FROM nominations
            UNION ALL SELECT id, version_id, application_id FROM awards WHERE version_id IS NOT NULL
            UNION ALL SELECT id, version_id, application_id FROM round_entries
            UNION ALL SELECT id, version_id, application_id FROM filing_items) used
        JOIN application_versions v ON v.id = used.version_id
        WHERE v.application_id <> used.application_id OR v.occasion <> 'filing'""",
    "an award is not in the state of its commendation": """
        SELECT a.id FROM awards a JOIN commendations c ON c.id = a.commendation_id
        WHERE a.status <> 'dropped' AND (a.status IN ('proposed', 'held')) = (c.status = 'published')""",
    "an award is in force for a case that was disqualified or taken back: revoke it": """
        SELECT a.id FROM awards a JOIN applications c ON c.id = a.application_id
        WHERE a.status = 'awarded' AND c.status IN ('disqualified', 'declined', 'withdrawn')""",
    "a case of a round that is not closed was disqualified": """
        SELECT e.id FROM round_entries e JOIN rounds r ON r.id = e.round_id JOIN applications a
        ON a.id = e.application_id WHERE r.status <> 'closed' AND a.status = 'disqualified'""",
    "an award is held without an open objection": """
        SELECT a.id FROM awards a WHERE a.status = 'held'
        AND NOT EXISTS (SELECT FROM objections o WHERE o.award_id = a.id AND o.status = 'open')""",
    "an application was filed, and no receipt has it": """
        SELECT a.id FROM applications a WHERE a.filed_version_id IS NOT NULL AND NOT EXISTS (SELECT FROM filing_items i
        WHERE i.version_id = a.filed_version_id AND i.application_id = a.id)""",
    "a receipt covers nothing, or a case of another campaign": """
        SELECT f.id FROM filings f LEFT JOIN filing_items i ON i.filing_id = f.id
        LEFT JOIN applications a ON a.id = i.application_id WHERE a.campaign_id IS DISTINCT FROM f.campaign_id""",
    "an application names a seal that is not in force": """
        SELECT a.id FROM applications a WHERE a.endorsed_digest IS NOT NULL AND NOT EXISTS (SELECT FROM endorsements e
        WHERE e.application_id = a.id AND e.voided_at IS NULL AND e.digest = a.endorsed_digest)""",
    "an application was sent back for correction without a day": """
        SELECT a.id FROM applications a WHERE a.status = 'returned' AND jsonb_array_length(a.reason_codes) > 0
        AND NOT EXISTS (SELECT FROM extensions e WHERE e.application_id = a.id AND e.cause = 'correction')""",
    "an extension, a plan's row or a round's case is of another campaign than what it is about": """
        SELECT other.id FROM (SELECT id, application_id, campaign_id FROM extensions
            UNION ALL SELECT c.id, c.application_id, p.campaign_id FROM planned_cases c JOIN plans p ON p.id = c.plan_id
            UNION ALL SELECT e.id, e.application_id, r.campaign_id FROM rounds r
            JOIN round_entries e ON e.round_id = r.id
            UNION ALL SELECT id, application_id, campaign_id FROM nominations
            UNION ALL SELECT id, application_id, campaign_id FROM awards) other
        JOIN applications a ON a.id = other.application_id WHERE a.campaign_id <> other.campaign_id""",
    "a plan stands submitted without its rows as they were submitted": """
        SELECT id FROM plans WHERE status = 'submitted' AND submitted_cases IS NULL""",
    "an application that was never filed is not with its unit's committee": """
        SELECT a.id FROM applications a JOIN units u ON u.id = a.unit_id
        WHERE a.filed_version_id IS NULL AND a.committee_id <> u.committee_id""",
    "a committee that was merged has units, accounts, seats, or no successor of its own standing": """
        SELECT c.id FROM committees c JOIN committees s ON s.id = c.successor_id
        WHERE c.retired_at IS NULL OR s.successor_id IS NOT NULL
        OR EXISTS (SELECT FROM units u WHERE u.committee_id = c.id)
        OR EXISTS (SELECT FROM accounts a WHERE a.committee_id = c.id)
        OR EXISTS (SELECT FROM seats p WHERE p.committee_id = c.id AND p.revoked_at IS NULL)""",
    "an application stands submitted with a partner that has not agreed, or that is its own unit": """
        SELECT p.id FROM partners p JOIN applications a ON a.id = p.application_id
        WHERE p.agreed_at IS NULL AND a.status NOT IN ('draft', 'returned') OR p.unit_id = a.unit_id""",
    "an application on file has other partners than its filed version": """
        SELECT a.id FROM applications a JOIN application_versions v ON v.id = a.filed_version_id
        WHERE a.status IN ('filed', 'accepted', 'disqualified')
        AND ARRAY(SELECT p.unit_id::text FROM partners p WHERE p.application_id = a.id ORDER BY 1)
        <> ARRAY(SELECT jsonb_path_query(v.partners, '$[*].unit_id') #>> '{}' ORDER BY 1)""",
    "a plan stands submitted without a case": """
        SELECT p.id FROM plans p WHERE p.status = 'submitted'
        AND NOT EXISTS (SELECT FROM planned_cases c WHERE c.plan_id = p.id AND c.position IS NOT NULL)""",
    "an application is not listed as it is": """
        SELECT a.id FROM applications a JOIN units u ON u.id = a.unit_id JOIN committees c ON c.id = a.committee_id
        LEFT JOIN application_versions v ON v.id = a.filed_version_id CROSS JOIN LATERAL (
            VALUES ('own', a.brand_name, a.category, a.topic, a.cells),
                ('filed', v.brand_name, v.category, v.topic, v.cells)
        ) AS seen (stage, brand_name, category, topic, cells)
        LEFT JOIN application_listings l ON l.application_id = a.id AND l.stage = seen.stage
        WHERE CASE WHEN seen.stage = 'filed' AND v.id IS NULL THEN l.id IS NOT NULL
        ELSE (l.campaign_id, l.category, l.topic, l.honour_level, l.honour_rank, l.committee_kind, l.kind_rank, l.text)
        IS DISTINCT FROM (a.campaign_id, coalesce(seen.category, ''), coalesce(seen.topic, ''),
            u.honour_level::text, place_of_word('honour-level', u.honour_level), c.kind::text,
            place_of_word('committee-kind', c.kind),
            concat_ws(E'\\n', comparable(seen.brand_name), comparable(a.number), searched_names(a.id, seen.stage),
                searched_cells(seen.cells))) END""",
    "a tally is not the number of what it counts": """
        SELECT subject_id FROM (
            SELECT campaign_id AS subject_id, committee_id, status AS code, 1 AS count,
                CASE WHEN filed_version_id IS NULL THEN 'unfiled' WHEN reconsidered THEN 'reconsidered' ELSE 'filed' END
                    AS dimension FROM applications
            UNION ALL SELECT commendation_id, NULL, status, 1, 'award' FROM awards
            UNION ALL SELECT campaign_id, NULL, cell.code, 1, dimension FROM application_listings, LATERAL (VALUES
                ('category', category), ('topic', topic), ('honour_level', honour_level),
                ('committee_kind', committee_kind)) AS cell (dimension, code) WHERE stage = 'filed'
            UNION ALL SELECT subject_id, committee_id, code, -count, dimension FROM tallies
        ) counted GROUP BY subject_id, committee_id, dimension, code HAVING sum(count) <> 0""",
}
"""Statements that find nothing while the promises hold."""

WORKER_INVARIANTS = {
    "an event has waited for its number for more than a minute: is there a worker?": f"""
        SELECT id FROM audit_events WHERE mac IS NULL AND {LONG_AGO}""",  # noqa: S608  # our own words
    "a follower of the events is more than a minute behind": f"""
        SELECT name FROM followers WHERE EXISTS (
            SELECT FROM audit_events WHERE sequence > position AND {LONG_AGO})""",  # noqa: S608  # the same
}
"""The same while a worker runs: without one, events wait for their numbers and nobody follows them."""


async def examine(settings: Settings, *, deep: bool = False) -> list[str]:
    """Everything that is not as it should be; deep reads every stored byte, otherwise those of some files by chance."""
    assert settings.database_url is not None, "configured, or embedded and running"
    url = settings.database_url.get_secret_value()
    try:
        found = await revisions.current(url)
    except OSError as error:
        return [f"The database cannot be reached: {error}."]
    if reason := revisions.mismatch(found):
        return [reason]
    database = Database(url, pool_size=1)
    await database.open()
    try:
        async with Storage(storage_settings(settings)) as storage:
            return [sentence async for sentence in _all(settings, database, storage, None if deep else SAMPLE)]
    finally:
        await database.close()


async def verify(settings: Settings, *, after: int = 0) -> list[Flaw]:
    """Check the history from its beginning, or from an anchored event on, and every row that it vouches for."""
    assert settings.database_url is not None, "configured, or embedded and running"
    history = chain(settings)
    since = next((link for link in history.anchors.links() if link.sequence == after), None) if after else BEGINNING
    if since is None:
        raise Refusal(f"There is no anchor at event {after}: {history.anchors.path} has those there are.")
    database = Database(settings.database_url.get_secret_value(), pool_size=1)
    await database.open()
    try:
        return [flaw async for flaw in _of_the_history(database, history, since, None)]
    finally:
        await database.close()


async def _of_the_history(database: Database, history: Chain, since: Link, newest: int | None) -> AsyncIterator[Flaw]:
    async with database.reading() as reader:
        if flaw := await auditing.broken_link(reader, history, since):
            yield flaw
        async for altered in auditing.altered_rows(reader, newest=newest):
            yield altered


async def _of_the_chain(settings: Settings, database: Database, sample: int | None) -> AsyncIterator[str]:
    try:
        history = chain(settings)
    except Refusal as refusal:
        yield f"The history cannot be checked. {refusal}"
        return
    since = BEGINNING if sample is None else auditing.trusted(history, RECENT)
    async for flaw in _of_the_history(database, history, since, sample):
        yield flaw.say(Language.EN)


async def _all(settings: Settings, database: Database, storage: Storage, sample: int | None) -> AsyncIterator[str]:
    async with database.transaction() as session:
        async for sentence in _of_the_database(settings, database, session):
            yield sentence
        async for sentence in _of_the_secrets(settings, session):
            yield sentence
        async for sentence in _of_the_backups(settings, database, session):
            yield sentence
        async for sentence in _of_the_log(settings, session):
            yield sentence
        async for sentence in _of_the_retention(settings, database, session):
            yield sentence
    async for sentence in _of_the_chain(settings, database, sample):
        yield sentence
    async for sentence in _of_the_store(database, storage, sample):
        yield sentence
    async for sentence in _of_the_imaging(settings):
        yield sentence
    async for sentence in _of_the_provider(settings):
        yield sentence


async def _of_the_secrets(settings: Settings, session: AsyncSession) -> AsyncIterator[str]:
    for endpoint in await session.scalars(select(Endpoint)):
        try:
            live_secrets(endpoint, keyring(settings), datetime.now(UTC))
        except KeyMissing:
            yield f"No key in PINPAI_SECRET_KEYS decrypts the secret of the endpoint {endpoint.id}: put its key back."


async def _of_the_backups(settings: Settings, database: Database, session: AsyncSession) -> AsyncIterator[str]:
    if await session.scalar(IS_HELD):
        yield "Since a restore nothing is sent: look at what was lost, then run `pinpai release`."
    if settings.backup_target is None:
        return
    last, now = await health.backups(database), await database.now(session)
    if is_overdue(timedelta(hours=settings.backup_every), last.taken_at, now):
        yield f"The last backup is of {last.taken_at or 'no day'}, one is due every {settings.backup_every} hours."
    if last.failed_at and (last.taken_at is None or last.failed_at > last.taken_at):
        yield f"The last backup failed: {last.failure}."


async def _of_the_log(settings: Settings, session: AsyncSession) -> AsyncIterator[str]:
    if settings.backup_target is None or (own := cluster(settings)) is None:
        return
    if await session.scalar(text("SHOW archive_mode")) != "on":
        yield "The log of PostgreSQL is not archived, but PINPAI_BACKUP_TARGET is set: start `pinpai serve` anew."
    if await session.scalar(_UNARCHIVED):
        yield "PostgreSQL cannot archive its log, which fills the disk: logs/postgres.log says why."
    if (minutes := int(longest_wait(own.outbox) / 60)) >= LONGEST_WAIT:
        yield (
            f"The log of PostgreSQL has waited for {minutes} minutes to be put into the place of the backups: "
            "the worker's log says why."
        )


async def _of_the_retention(settings: Settings, database: Database, session: AsyncSession) -> AsyncIterator[str]:
    if not settings.demonstration and await session.scalar(_TAKES_ANY_INSTANT):
        return  # a demonstration's instants are of a clock that is not known here
    periods = Periods.of_days(settings.trace_days, settings.notice_days, settings.value_days)
    now = await database.now(session) + settings.offset_from_now()
    for name, at in await retention.missed(session, now, periods):
        yield f"{KEPT[name].words.en} of {at:%Y-%m-%d} is past its time: does a worker run at night?"


async def _of_the_provider(settings: Settings) -> AsyncIterator[str]:
    if there := provider(settings):
        try:
            await there.examine()
        except ProviderFailed as failed:
            yield f"Nobody can sign on at {there.client.issuer} ({failed}): see PINPAI_SIGN_ON_ISSUER."


async def _of_the_imaging(settings: Settings) -> AsyncIterator[str]:
    if (clamd := scanner(settings)) and not await clamd.answers():
        yield "ClamAV's daemon does not answer at PINPAI_CLAMD: no picture can be taken."
    try:
        if missing := await missing_confinement():
            yield f"This kernel confines imaging workers without {' and '.join(missing)}: take one that has it."
    except (OSError, WorkerLost):
        yield "An imaging worker does not start: no picture can be taken."


async def _of_the_database(settings: Settings, database: Database, session: AsyncSession) -> AsyncIterator[str]:
    skew = abs(datetime.now(UTC) - await database.now(session))
    if skew > SKEW:
        yield f"The database's clock and this host's differ by {skew.total_seconds():.0f} s."
    if settings.environment is Environment.PRODUCTION and await session.scalar(_MAY_REWRITE):
        yield "The application's role may rewrite the history: connect as a role that does not own the tables."
    if settings.environment is Environment.PRODUCTION and (talkative := await session.scalar(_TALKATIVE)):
        yield f"PostgreSQL writes what people sent into its log: set {talkative} as compose.yaml does."
    if settings.environment is Environment.PRODUCTION and await session.scalar(_TAKES_ANY_INSTANT):
        yield "The database takes instants that are not now, as for a demonstration: run `pinpai migrate`."
    for sentence, statement in (INVARIANTS | WORKER_INVARIANTS).items():
        broken = list(await session.scalars(text(statement)))
        if broken:
            yield f"Broken promise: {sentence} ({len(broken)}, for example {broken[0]})."


async def _of_the_store(database: Database, storage: Storage, sample: int | None) -> AsyncIterator[str]:
    try:
        await storage.check()
        for sentence in [
            *await files.strays(database, storage),
            *await files.damaged(database, storage, sample=sample),
        ]:
            yield sentence
    except StorageUnavailable as error:
        yield f"The object store does not answer as it should: {error}."


_TALKATIVE = text("""
    SELECT string_agg(name, ', ' ORDER BY name) FROM pg_settings WHERE (name, setting) NOT IN
    (('log_error_verbosity', 'terse'), ('log_min_error_statement', 'panic'), ('log_parameter_max_length_on_error', '0'),
    ('log_statement', 'none'), ('log_min_duration_statement', '-1'))
    AND name IN ('log_error_verbosity', 'log_min_error_statement', 'log_parameter_max_length_on_error', 'log_statement',
    'log_min_duration_statement')""")
_TAKES_ANY_INSTANT = text("SELECT EXISTS (SELECT FROM pg_trigger WHERE tgname LIKE '%ed_now' AND tgenabled = 'D')")
_UNARCHIVED = text("SELECT last_failed_time > coalesce(last_archived_time, '-infinity') FROM pg_stat_archiver")
_MAY_REWRITE = text("SELECT has_table_privilege('audit_events', 'UPDATE')")
