import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Enum, make_url, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from uuid_utils.compat import uuid7

from app import migrating, revisions
from app.auditing import COMPARED, broken_link
from app.chain import BEGINNING, Anchors, Chain, Key, number
from app.database import Clock, Database
from app.doctor import INVARIANTS
from app.embedded import Servers
from app.models import (
    Account,
    Application,
    ApplicationListing,
    ApplicationVersion,
    Attachment,
    Base,
    Campaign,
    Committee,
    Document,
    Exemption,
    FigureTable,
    File,
    Grant,
    Programme,
    Recusal,
    Review,
    Round,
    VersionAttachment,
)
from app.models.enums import DocumentKind, FileState, LimitKind, RecusalKind, ReviewStatus, Role, RoundKind, RoundStatus
from app.services import audit, idempotency
from app.services.commending import indicators
from app.services.filing import applications
from app.services.history import NOTHING_YET, change, create
from app.services.people import committees, units, vocabularies
from app.services.people.committees import CommitteeChange
from app.services.people.units import UnitChange
from app.services.people.vocabularies import VocabularyReplacement
from app.services.policies.filing.campaigns import EXEMPT
from app.services.policies.filing.programmes import PLACED
from app.services.policies.people.committees import CHANGE
from app.services.policies.people.vocabularies import COMMITTEE_KIND, HONOUR_LEVEL, NOTICE, Word
from app.settings import Settings
from tests.contract.client import Contract
from tests.scenarios.steps import done, read
from tests.world import NOW, World, actor_of, templates
from tests.world.apps import another_app
from tests.world.attachments import MEDIA, add_attachment
from tests.world.cells import FILLED, OWN
from tests.world.chain import SECRET
from tests.world.commending import planned
from tests.world.figures import imported, voted
from tests.world.filing import district, joined_by
from tests.world.judging import judging
from tests.world.uploads import scan
from tests.world.worker import number_all

FOR_EVER = [
    "application_versions",
    "audit_events",
    "conflict_dismissals",
    "delivery_attempts",
    "filing_items",
    "filings",
    "nomination_answers",
    "rankings",
    "version_attachments",
    "version_images",
]


@pytest.fixture
def empty(servers: Servers) -> Iterator[Servers]:
    """A database without any schema."""
    own = servers.create_database(f"migrations_{uuid4().hex[:12]}")
    yield own
    own.drop_database(own.database)


async def drift(servers: Servers) -> list[object]:
    engine = create_async_engine(make_url(servers.owner_database_url), poolclass=NullPool)
    async with engine.connect() as connection:
        found: list[object] = await connection.run_sync(migrating.drift)
    await engine.dispose()
    return found


async def tables(servers: Servers) -> list[str]:
    engine = create_async_engine(make_url(servers.owner_database_url), poolclass=NullPool)
    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"))
        names = [row[0] for row in rows]
    await engine.dispose()
    return names


async def as_app(servers: Servers, statement: str) -> str:
    """Run a statement under the application's role; return its result, or that it is forbidden."""
    url = make_url(servers.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(url)
    try:
        return await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return "forbidden"
    finally:
        await connection.close()


def test_there_is_one_head() -> None:
    assert ScriptDirectory(str(revisions.SCRIPTS)).get_heads() == [revisions.newest()]


@pytest.mark.thorough
def test_every_revision_can_be_climbed_down_and_up_again(empty: Servers) -> None:
    """Down at once when it has come up, and up again on the way to the next."""
    scripts = list(ScriptDirectory(str(revisions.SCRIPTS)).walk_revisions())[::-1]
    for script in scripts:
        migrating.upgrade(empty.owner_database_url, script.revision)
        migrating.downgrade(empty.owner_database_url, script.down_revision or "base")  # type: ignore[arg-type]  # no merges
    migrating.upgrade(empty.owner_database_url)


@pytest.mark.thorough
async def test_the_way_down_leaves_nothing_and_the_way_up_the_models(empty: Servers) -> None:
    def up_down() -> None:
        migrating.upgrade(empty.owner_database_url)
        migrating.downgrade(empty.owner_database_url, "base")

    await asyncio.to_thread(up_down)
    assert await tables(empty) == ["alembic_version"]
    await asyncio.to_thread(migrating.upgrade, empty.owner_database_url)
    assert await drift(empty) == []
    assert await revisions.current(empty.owner_database_url) == revisions.newest()


CHECKS = """
    SELECT conrelid::regclass || '.' || attname AS column, pg_get_constraintdef(pg_constraint.oid) AS definition
    FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND conkey = ARRAY[attnum] WHERE contype = 'c'
"""


async def test_the_database_knows_the_same_words_as_the_models(servers: Servers) -> None:
    """Alembic compares no CHECK: a word added to an enumeration without a migration would be refused when stored."""
    url = make_url(servers.owner_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(CHECKS)
    await connection.close()
    stored = {row["column"]: set(re.findall(r"'([a-z_]+)'::", row["definition"])) for row in rows}
    modelled = {
        str(column): set(column.type.enums)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Enum)
    }
    assert {name: words for name, words in stored.items() if name in modelled} == modelled


HAPPENED = """
    INSERT INTO audit_events (id, at, action, subject_type, subject_id, actor_role, actor_name, request_id, data)
    SELECT lpad(to_hex(10 - n), 32, '0')::uuid, now(), 'x.y', 'x', gen_random_uuid(),
        'office', '', gen_random_uuid(), '{}'
    FROM generate_series(1, 5) n
"""


@pytest.mark.thorough
async def test_what_happened_before_there_were_followers_is_numbered_by_age_and_told_to_nobody(empty: Servers) -> None:
    url = make_url(empty.owner_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    await asyncio.to_thread(migrating.upgrade, empty.owner_database_url, "0002")
    connection = await asyncpg.connect(url)
    await connection.execute(HAPPENED)
    await asyncio.to_thread(migrating.upgrade, empty.owner_database_url)
    numbers = await connection.fetch("SELECT sequence FROM audit_events ORDER BY id")
    followers = await connection.fetch("SELECT name, position FROM followers ORDER BY name")
    await connection.close()
    assert [row["sequence"] for row in numbers] == [1, 2, 3, 4, 5]
    assert [tuple(row) for row in followers] == [("deliveries", 5), ("notifications", 5)]


@pytest.mark.thorough
async def test_what_was_numbered_before_the_chain_is_chained_and_keeps_its_numbers(
    empty: Servers, tmp_path: Path
) -> None:
    """Down and up again takes the chain away, and the worker chains anew, under anchors of its own."""
    up = partial(migrating.upgrade, empty.owner_database_url)
    url = make_url(empty.owner_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    await asyncio.to_thread(up, "0002")
    connection = await asyncpg.connect(url)
    await connection.execute(HAPPENED)
    database = Database(empty.database_url, pool_size=2)
    await database.open()
    for turn in range(2):
        await asyncio.to_thread(up)
        before = await connection.fetch("SELECT id, sequence, mac FROM audit_events ORDER BY id")
        assert [tuple(row)[1:] for row in before] == [(number, None) for number in range(1, 6)]
        history = Chain([Key(SECRET)], Anchors(tmp_path / str(turn)))
        assert await number(database, history) == len(before)
        after = await connection.fetch("SELECT id, sequence, mac FROM audit_events ORDER BY id")
        assert [tuple(row)[:2] for row in after] == [tuple(row)[:2] for row in before]
        async with database.reading() as reader:
            assert await broken_link(reader, history, BEGINNING) is None
        await asyncio.to_thread(migrating.downgrade, empty.owner_database_url, "0005")
    await database.close()
    await connection.close()


@pytest.mark.thorough
async def test_a_column_that_came_after_the_chain_says_since_when(empty: Servers) -> None:
    """Otherwise no older row would be as its last event left it: see `history.is_as_recorded`."""
    (first,) = [each for each in ScriptDirectory(str(revisions.SCRIPTS)).walk_revisions() if "chained" in each.path]
    await asyncio.to_thread(migrating.upgrade, empty.owner_database_url, first.revision)
    url = make_url(empty.owner_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT table_name, column_name FROM information_schema.columns")
    await connection.close()
    there = {tuple(row) for row in rows}
    later = {
        f"{model.__tablename__}.{column.name}": column.info.get("since", "")
        for model in COMPARED.values()
        for column in model.__table__.columns
        if (model.__tablename__, "id") in there
        and (model.__tablename__, column.name) not in there
        and not column.info.get("derived")
    }
    assert [name for name, since in later.items() if since <= first.revision] == []


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(own: Servers, settings: Settings, contract: Contract) -> AsyncIterator[World]:
    """A system on a database of its own."""
    async with another_app(settings, Clock(stopped_at=NOW), database_url=SecretStr(own.database_url)) as app:
        yield World(app, contract)


WITHDRAWN = """
    SELECT id FROM assignments WHERE withdrawn_at IS NOT NULL AND withdrawal_cause = 'conflict' AND withdrawn_by IS NULL
"""


@pytest.mark.thorough
async def test_what_a_conflict_took_out_stays_out_unless_it_was_submitted(elsewhere: World, own: Servers) -> None:
    judged = await judging(elsewhere, cases=3)
    twin, formed = await judged.case(judged.units[0]), await judged.case(phone="0315-1111111")
    near = await judged.judge(committee_id=judged.committees[0].id)
    alias, named, away = [await judged.judge() for _ in range(3)]
    rival = await elsewhere.account(Role.UNIT, unit=judged.units[1])
    async with elsewhere.database.transaction() as session:
        for account, phone in ((alias, "+86 138-3150-0001"), (rival, "13831500001"), (named, "(0315) 1111111")):
            (await session.get_one(Account, account.id)).phone = phone
    draft = await judged.assign(judged.cases[0], near)
    await judged.review(draft, 80, submitted=False)
    lost = [draft, await judged.assign(judged.cases[1], alias), await judged.assign(formed, named)]
    lost.append(await judged.assign(judged.cases[2], away))
    recusal = {"reviewer_id": away.id, "unit_id": judged.units[2].id, "kind": RecusalKind.RECUSED, "reason": "亲属"}
    await elsewhere.add(Recusal(made_at=NOW, made_by=judged.clerk.id, **recusal))
    await judged.scored(twin, near, 90)
    for case in judged.cases[1:3]:
        await judged.assign(case, near)

    async def withdrawn(*steps: Callable[[], None]) -> set[UUID]:
        for step in steps:
            await asyncio.to_thread(step)
        url = make_url(own.owner_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await asyncpg.connect(url)
        rows = await connection.fetch(WITHDRAWN)
        await connection.close()
        return {row["id"] for row in rows}

    down = partial(migrating.downgrade, own.owner_database_url, "0004")
    up = partial(migrating.upgrade, own.owner_database_url, demonstration=True)
    assert await withdrawn(down, up) == {row.id for row in lost}
    assert await withdrawn(down) == set()
    assert await withdrawn(up) == {row.id for row in lost}


BEFORE_FACTORS = """
    INSERT INTO accounts (id, username, name, mail, role, status, activation_hash, version, created_at, updated_at)
    SELECT gen_random_uuid(), name, name, true, role, status, decode(md5(name), 'hex'), 1, now(), now()
    FROM (VALUES ('new', 'reviewer', 'invited'), ('lost', 'reviewer', 'active')) AS accounts (name, role, status);
    INSERT INTO sessions (id, account_id, token_hash, created_at, seen_at, idle_until, expires_at, client, address)
    SELECT gen_random_uuid(), id, '', now(), now(), now(), now(), '', '127.0.0.1' FROM accounts WHERE name = 'lost'
"""


@pytest.mark.thorough
async def test_invitations_under_way_go_on_and_codes_of_active_accounts_wait_for_a_second_person(
    empty: Servers,
) -> None:
    url = make_url(empty.owner_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    await asyncio.to_thread(migrating.upgrade, empty.owner_database_url, "0005")
    connection = await asyncpg.connect(url)
    await connection.execute(BEFORE_FACTORS)
    await asyncio.to_thread(migrating.upgrade, empty.owner_database_url)
    confirmed = "SELECT name FROM accounts WHERE activation_confirmed_at IS NOT NULL"
    assert [row["name"] for row in await connection.fetch(confirmed)] == ["new"]
    same = "SELECT assurance FROM sessions WHERE authenticated_at = created_at"
    assert [row["assurance"] for row in await connection.fetch(same)] == ["one_factor"]

    await connection.execute("UPDATE sessions SET assurance = 'pending'")
    await asyncio.to_thread(migrating.downgrade, empty.owner_database_url, "0005")
    left = "SELECT name FROM accounts WHERE activation_hash IS NOT NULL"
    assert [row["name"] for row in await connection.fetch(left)] == ["new"]
    assert await connection.fetch("SELECT id FROM sessions") == []
    await connection.close()


ENDPOINT = """
    INSERT INTO endpoints (id, url, description, status, secret, retiring_secret, version, created_at, updated_at)
    VALUES ($1, $2, '', 'active', $3, $4, 1, now(), now())
"""
ANSWERED = """
    INSERT INTO idempotency_keys (id, account_id, key, fingerprint, created_at, status, headers, body)
    VALUES (gen_random_uuid(), $1, $2, $3, now(), 201, '{"Location": "/applications/1"}', $4)
"""
BEFORE_SEALING = str(ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0009").down_revision)
HELD = "SELECT secret, retiring_secret FROM endpoints ORDER BY url"


@pytest.mark.thorough
async def test_secrets_and_answers_are_sealed_and_secrets_come_back(elsewhere: World, own: Servers) -> None:
    url = make_url(own.owner_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    keyring = elsewhere.keyring
    ids = [uuid4(), uuid4()]
    account = await elsewhere.account(Role.OFFICE)
    key = idempotency.Key("a-key-of-a-client", idempotency.fingerprint(["POST"], b"{}"))

    def down() -> None:
        migrating.downgrade(own.owner_database_url, BEFORE_SEALING, keyring=keyring)

    await asyncio.to_thread(down)
    connection = await asyncpg.connect(url)
    await connection.execute(ENDPOINT, ids[0], "https://a/", "whsec_new", "whsec_old")
    await connection.execute(ENDPOINT, ids[1], "https://b/", "whsec_only", None)
    await connection.execute(ANSWERED, account.id, key.value, key.fingerprint, "李文博".encode())
    plain = [tuple(row) for row in await connection.fetch(HELD)]
    await asyncio.to_thread(partial(migrating.upgrade, own.owner_database_url, keyring=keyring))
    await connection.reload_schema_state()
    held = [tuple(row) for row in await connection.fetch(HELD)]
    assert [keyring.decrypt(held[0][place], f"endpoint {ids[0]}: secret") for place in (0, 1)] == list(plain[0])
    assert (keyring.decrypt(held[1][0], f"endpoint {ids[1]}: secret"), held[1][1]) == plain[1]
    async with elsewhere.acting(actor_of(account)) as ctx:
        answer = await idempotency.claim(ctx, key)
    assert answer == idempotency.StoredAnswer(201, {"Location": "/applications/1"}, "李文博".encode())
    await asyncio.to_thread(down)
    await connection.reload_schema_state()
    assert [tuple(row) for row in await connection.fetch(HELD)] == plain
    await connection.close()


@pytest.mark.thorough
async def test_clients_of_before_there_were_grants_keep_the_campaigns_there_are(elsewhere: World, own: Servers) -> None:
    campaigns = [await elsewhere.campaign(year=year) for year in (2015, 2016)]
    client, _ = [await elsewhere.account(role) for role in (Role.MUNICIPAL, Role.OFFICE)]
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, "0005")
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url)
    async with elsewhere.database.transaction() as session:
        kept = (await session.scalars(select(Grant))).all()
    assert {(row.account_id, row.campaign_id) for row in kept} == {(client.id, each.id) for each in campaigns}
    assert {(row.granted_by, row.revoked_at) for row in kept} == {(None, None)}


LOOK_ALIKE = "SELECT name, comparable_name FROM units ORDER BY id"


@pytest.mark.thorough
async def test_names_that_look_the_same_already_stay_and_the_doctor_tells(elsewhere: World, own: Servers) -> None:
    committee, another = await elsewhere.committee(), await elsewhere.committee()
    url = make_url(own.owner_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, "0005")
    connection = await asyncpg.connect(url)
    for place, name in ((committee, "一中"), (committee, "\u2f00中"), (another, "一 中"), (another, "二中")):
        await connection.execute(
            """INSERT INTO units (id, committee_id, name, honour_level, version, created_at, updated_at)
            VALUES ($1, $2, $3, 'district', 1, now(), now())""",
            uuid7(),
            place.id,
            name,
        )
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url)
    rows = [tuple(row) for row in await connection.fetch(LOOK_ALIKE)]
    (told,) = [query for words, query in INVARIANTS.items() if "look the same" in words]
    found = await connection.fetch(told)
    await connection.execute("UPDATE units SET credit_code = '91350100M000100Y43' WHERE name IN ('一中', '一 中')")
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, "0005")
    kept = await connection.fetchval("SELECT count(*) FROM units WHERE credit_code IS NOT NULL")
    await connection.close()
    assert rows == [("一中", "一中"), ("\u2f00中", None), ("一 中", "一中"), ("二中", "二中")]
    assert (len(found), kept) == (1, 1)


@pytest.mark.parametrize("table", FOR_EVER)
async def test_what_happened_cannot_be_rewritten(servers: Servers, table: str) -> None:
    answers = [
        await as_app(servers, statement)
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table}")
    ]
    assert answers == ["forbidden"] * 3


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE applications ADD COLUMN mine int",
        "DROP TABLE applications",
        "CREATE INDEX ON applications (number)",
        "ALTER TABLE audit_events DISABLE TRIGGER ALL",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "UPDATE alembic_version SET version_num = 'x'",
        "SET ROLE pinpai_owner",
        "SET session_replication_role = replica",
        "COPY applications TO PROGRAM 'true'",
    ],
)
async def test_the_application_does_not_change_the_schema_nor_its_own_rights(servers: Servers, statement: str) -> None:
    assert await as_app(servers, statement) == "forbidden"


async def test_the_application_cannot_give_itself_a_right(servers: Servers) -> None:
    await as_app(servers, "GRANT UPDATE ON audit_events TO CURRENT_USER")  # PostgreSQL only warns
    assert await as_app(servers, "UPDATE audit_events SET id = id") == "forbidden"


async def test_of_a_nomination_everything_but_what_it_hands_over_is_the_applications_to_change(
    servers: Servers,
) -> None:
    changed = "UPDATE nominations SET status = status, position = position, answered_at = now()"
    assert await as_app(servers, changed) == "UPDATE 0"
    for statement in (
        "UPDATE nominations SET payload = payload",
        "UPDATE nominations SET payload_digest = payload_digest",
        "UPDATE nominations SET revision = revision",
        "DELETE FROM nominations",
        "TRUNCATE nominations",
    ):
        assert await as_app(servers, statement) == "forbidden"


CELLS = """
    INSERT INTO committees (id, code, name, kind, version, created_at, updated_at)
    SELECT gen_random_uuid(), 'QT', '乔屯', 'district_direct', 1, now(), now();
    INSERT INTO units (id, committee_id, name, honour_level, version, created_at, updated_at)
    SELECT gen_random_uuid(), id, '龙华', 'district', 1, now(), now() FROM committees;
    INSERT INTO campaigns (id, name, year, settings, settings_digest, status, version, created_at, updated_at)
    SELECT gen_random_uuid(), '', 2015, '{}', '', 'draft', 1, now(), now();
    INSERT INTO applications (id, campaign_id, committee_id, unit_id, number, status, phone, started_on, ended_on,
        innovation, practices, effects, narrative_length, image_count, versions, content_digest, reason_codes, version,
        created_at, updated_at)
    SELECT gen_random_uuid(), c.id, committee_id, u.id, '1', 'draft', '0315-3724062', '2015-04-21', '2015-08-31',
        '', '', '', 0, 0, 0, '', '[]', 1, now(), now() FROM units u, campaigns c;
"""


@pytest.mark.thorough
async def test_dates_and_phones_come_up_as_they_were_and_what_no_date_says_goes_down_as_none(empty: Servers) -> None:
    url = make_url(empty.owner_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    before = str(ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0012").down_revision)
    await asyncio.to_thread(migrating.upgrade, empty.owner_database_url, before)
    connection = await asyncpg.connect(url)
    await connection.execute(CELLS)
    await asyncio.to_thread(migrating.upgrade, empty.owner_database_url)
    cells = "SELECT started_on::text, ended_on::text FROM applications"
    numbers = await connection.fetchval("SELECT phone_numbers FROM applications")
    assert (numbers, [*map(tuple, await connection.fetch(cells))]) == (["03153724062"], [("2015-04-21", "2015-08-31")])
    await connection.execute("UPDATE applications SET ended_on = '2015-02-30'")
    await asyncio.to_thread(migrating.downgrade, empty.owner_database_url, before)
    assert [*map(tuple, await connection.fetch(cells))] == [("2015-04-21", None)]
    await connection.close()


@pytest.mark.thorough
async def test_without_the_values_of_its_events_the_history_is_whole_and_old_plans_are_measured(
    elsewhere: World, own: Servers, tmp_path: Path
) -> None:
    """The way down takes values and promised rows: the chain covers the values' digest, a plan is what it submitted."""
    place = await district(elsewhere)
    await planned(place, 2)
    async with elsewhere.acting(actor_of(place.clerk)) as ctx:
        change(ctx, await ctx.session.get_one(Committee, place.committee.id), CHANGE.event, liaison_name="张静")
    history = Chain([Key(SECRET)], Anchors(tmp_path / "anchors"))
    await number_all(elsewhere.database, 10, history)
    before = ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0017").down_revision
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, str(before))
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url)
    async with elsewhere.database.reading() as reader:
        assert await broken_link(reader, history, BEGINNING) is None
    async with elsewhere.viewing(actor_of(place.clerk)) as view:
        [event] = (await audit.history_of(view, place.committee.id, after=None, limit=10)).rows
        [score] = await indicators.read(view, place.campaign.id)
    assert (event.data, event.changes) == ({"changed": ["liaison_name"]}, [])
    assert (score.committee.planned, score.committee.delivered) == (2, 0)
    async with elsewhere.database.transaction() as session:
        kept = ("an application is not listed as it is", "a tally is not the number of what it counts")
        assert [each for words in kept for each in (await session.scalars(text(INVARIANTS[words]))).all()] == []


@pytest.mark.thorough
async def test_a_joint_application_keeps_its_names_on_the_way_down_and_up(elsewhere: World, own: Servers) -> None:
    place = await district(elsewhere)
    partner = await elsewhere.unit(await elsewhere.committee(), name="新华里社区")
    application_id = await place.complete()
    async with elsewhere.database.transaction() as session:
        application = await session.get_one(Application, application_id)
    await joined_by(elsewhere, application, partner)
    async with elsewhere.acting(actor_of(place.member)) as ctx:
        await applications.submit(ctx, application_id)
    before = ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0019").down_revision
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, str(before))
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url)
    async with elsewhere.database.transaction() as session:
        (version,) = (await session.scalars(select(ApplicationVersion))).all()
    assert (version.unit_name, version.partners) == (f"{place.unit.name}、新华里社区", [])
    async with elsewhere.viewing(actor_of(place.member)) as view:
        assert (await applications.read(view, application_id)).row.partners == []


@pytest.mark.thorough
async def test_cells_of_a_campaigns_own_come_up_from_the_content_that_covers_them(
    elsewhere: World, own: Servers
) -> None:
    place = await district(elsewhere, await elsewhere.campaign(cells=OWN))
    application_id = await place.submitted(cells=FILLED)
    before = ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0024").down_revision
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, str(before))
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url)
    async with elsewhere.database.transaction() as session:
        assert (await session.get_one(Application, application_id)).cells == FILLED
        unlisted = await session.scalars(text(INVARIANTS["an application is not listed as it is"]))
        assert unlisted.all() == []


@pytest.mark.thorough
async def test_applications_are_found_by_all_names_on_the_way_up_and_by_one_on_the_way_down(
    elsewhere: World, own: Servers
) -> None:
    place = await district(elsewhere)
    application_id = await place.complete()
    async with elsewhere.database.transaction() as session:
        application = await session.get_one(Application, application_id)
    await joined_by(elsewhere, application, await elsewhere.unit(place.committee, name="新华里社区"))
    async with elsewhere.acting(actor_of(place.clerk)) as ctx:
        await units.edit(ctx, place.unit.id, UnitChange(name="改名社区"), None)

    async def searched() -> list[set[str]]:
        async with elsewhere.database.transaction() as session:
            texts = await session.scalars(select(ApplicationListing.text).order_by(ApplicationListing.stage))
            return [set(each.splitlines()) for each in texts]

    names = {"新华里社区", "改名社区", place.unit.name, place.committee.name}
    (above,) = await searched()
    assert above > names
    before = ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0026").down_revision
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, str(before))
    assert await searched() == [above - names | {"改名社区"}]
    await elsewhere.put(place.unit, name="又改社区")
    assert await searched() == [above - names | {"又改社区"}]
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url)
    assert await searched() == [above - {"改名社区"} | {"又改社区"}]


@pytest.mark.thorough
async def test_an_unchecked_sheet_is_a_draft_where_there_are_no_live_rounds(elsewhere: World, own: Servers) -> None:
    """Its scan is cleared away."""
    judged = await judging(elsewhere, cases=1, judges=1, kind=RoundKind.LIVE, blind=False, scans_needed=True)
    file = File(state=FileState.STORED, state_since=NOW, sha256="9f" * 32)
    await elsewhere.add(file)
    sheet = await judged.review(await judged.assign(judged.cases[0], judged.judges[0]), 80, submitted=False)
    await elsewhere.put(sheet, status=ReviewStatus.ENTERED, entered_by=judged.clerk.id, scan_id=file.id)
    await judged.becomes(RoundStatus.CLOSED)
    before = ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0031").down_revision
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, str(before))
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url)
    async with elsewhere.database.transaction() as session:
        kept, round_ = await session.get_one(Review, sheet.id), await session.get_one(Round, judged.round.id)
        scanned = await session.get_one(File, file.id)
    assert (kept.status, kept.entered_by, kept.scores) == (ReviewStatus.DRAFT, None, sheet.scores)
    assert (round_.kind, round_.status) == (RoundKind.WRITTEN, RoundStatus.CLOSED)
    assert (kept.scan_id, round_.scans_needed, scanned.state) == (None, False, FileState.CONDEMNED)


@pytest.mark.thorough
async def test_supporting_documents_go_on_the_way_down_and_contents_go_on_naming_them(
    elsewhere: World, own: Servers
) -> None:
    place = await district(elsewhere, await elsewhere.campaign(attachments=[MEDIA]))
    application_id = await place.complete(pictures=5)
    await add_attachment(elsewhere, application_id, scan(1))
    async with elsewhere.acting(actor_of(place.member)) as ctx:
        await applications.submit(ctx, application_id)
    async with elsewhere.database.transaction() as session:
        (fixed,) = (await session.scalars(select(VersionAttachment))).all()
    before = ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0039").down_revision
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, str(before))
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url)
    async with elsewhere.database.transaction() as session:
        left = [(await session.scalars(select(model))).all() for model in (Attachment, VersionAttachment)]
        (version,) = (await session.scalars(select(ApplicationVersion))).all()
        condemned = await session.scalars(select(File.id).where(File.state == FileState.CONDEMNED))
        assert (left, condemned.all()) == ([[], []], [fixed.file_id])
    assert [each["id"] for each in version.content["attachments"]] == [str(fixed.attachment_id)]


@pytest.mark.thorough
async def test_templates_go_on_the_way_down_with_their_files_and_papers_are_built_in_again(
    elsewhere: World, own: Servers
) -> None:
    place = await district(elsewhere)
    href = templates.address(place.campaign.id, "plan_form")
    done(await templates.put(place.by_office, href, templates.PLAN))
    before = ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0053").down_revision
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, str(before))
    async with elsewhere.database.transaction() as session:
        assert [*await session.scalars(select(File.state))] == [FileState.CONDEMNED]
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url, demonstration=True)
    assert (await read(place.by_office, href))["template"] is None
    assert done(await templates.put(place.by_office, href, templates.PLAN, '"0"'))["template"]


@pytest.mark.thorough
async def test_figures_go_on_the_way_down_and_their_evidence_stays_a_document_of_the_office(
    elsewhere: World, own: Servers
) -> None:
    judged = await judging(elsewhere, campaign=await elsewhere.campaign(**voted()), cases=1)
    await imported(judged, 3)
    before = ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0042").down_revision
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, str(before))
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url)
    async with elsewhere.database.transaction() as session:
        (document,) = (await session.scalars(select(Document))).all()
        assert (await session.scalars(select(FigureTable))).all() == []
    assert (document.kind, document.public) == (DocumentKind.ATTACHMENT, False)


@pytest.mark.thorough
async def test_campaigns_of_a_programme_are_each_by_itself_on_the_way_down(elsewhere: World, own: Servers) -> None:
    """They stay as they are, and the programme with their places in it is gone."""
    notice = {"title": "征集活动", "year": 2015}
    programme = Programme(**notice, settings=notice | {"organizer": "区文明办"})
    await elsewhere.add(programme)
    first, second = [await elsewhere.campaign() for _ in range(2)]
    async with elsewhere.acting(actor_of(await elsewhere.account(Role.OFFICE))) as ctx:
        for position, each in enumerate((first, second), 1):
            campaign = await ctx.session.get_one(Campaign, each.id)
            change(ctx, campaign, PLACED, programme_id=programme.id, position=position, batch=f"第{position}批")
    before = ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0043").down_revision
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, str(before))
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url)
    async with elsewhere.database.transaction() as session:
        assert (await session.scalars(select(Programme))).all() == []
        kept = (await session.scalars(select(Campaign).order_by(Campaign.id))).all()
    assert [(each.id, each.programme_id, each.position, each.entry, each.batch) for each in kept] == [
        (each.id, None, None, None, None) for each in (first, second)
    ]
    assert [each.settings for each in kept] == [first.settings, second.settings]


@pytest.mark.thorough
async def test_words_of_the_office_become_the_notices_on_the_way_down(elsewhere: World, own: Servers) -> None:
    place = await district(elsewhere)
    office = actor_of(place.clerk)
    more = {HONOUR_LEVEL: Word(code="campus", label="文明校园"), COMMITTEE_KIND: Word(code="schools", label="学校党委")}
    for name, word in more.items():
        async with elsewhere.acting(office) as ctx:
            words = VocabularyReplacement(words=[word, *NOTICE[name]])
            await vocabularies.replace(ctx, name, words, NOTHING_YET)
    async with elsewhere.acting(office) as ctx:
        await units.edit(ctx, place.unit.id, UnitChange(honour_level="campus"), None)
        await committees.edit(ctx, place.committee.id, CommitteeChange(kind="schools"), None)
    await place.submitted()

    async def listed() -> list[tuple[object, ...]]:
        columns = (ApplicationListing.honour_level, ApplicationListing.honour_rank, ApplicationListing.committee_kind)
        async with elsewhere.database.transaction() as session:
            return [tuple(row) for row in await session.execute(select(*columns))]

    assert await listed() == [("campus", 1, "schools")]
    before = ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0044").down_revision
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, str(before))
    assert await listed() == [("district", 4, "district_direct")]
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url)
    assert await listed() == [("district", 4, "district_direct")]
    async with elsewhere.viewing(office) as view:
        assert await vocabularies.everything(view) == NOTICE


@pytest.mark.thorough
async def test_exemptions_from_rules_of_a_programme_go_on_the_way_down(elsewhere: World, own: Servers) -> None:
    campaign, committee = await elsewhere.campaign(), await elsewhere.committee()
    clerk = actor_of(await elsewhere.account(Role.OFFICE))
    kept = {"campaign_id": campaign.id, "committee_id": committee.id, "reason": "来函申请。"}
    async with elsewhere.acting(clerk) as ctx:
        for kind, value in ((LimitKind.MINIMUM_FILED, 1), (LimitKind.ONE_BATCH, 0)):
            given = Exemption(kind=kind, value=value, granted_at=ctx.now, granted_by=clerk.id, **kept)
            create(ctx, given, EXEMPT.event)
    before = ScriptDirectory(str(revisions.SCRIPTS)).get_revision("0047").down_revision
    await asyncio.to_thread(migrating.downgrade, own.owner_database_url, str(before))
    await asyncio.to_thread(migrating.upgrade, own.owner_database_url)
    async with elsewhere.database.transaction() as session:
        assert [each.kind for each in await session.scalars(select(Exemption))] == [LimitKind.MINIMUM_FILED]
