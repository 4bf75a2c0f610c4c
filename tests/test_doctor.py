"""Findings of the doctor about events and jobs."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from uuid_utils.compat import uuid7

from app import doctor
from app.doctor import INVARIANTS, WORKER_INVARIANTS, examine
from app.embedded import Servers
from app.keyring import new_key
from app.models import Application, Follower, Notification, Plan, PlannedCase, RoundEntry
from app.models.enums import PlanStatus, Role
from app.services import jobs
from app.services.history import mark
from app.settings import Environment, Settings
from tests.world import NOW, World
from tests.world.handover import nominating
from tests.world.judging import judging
from tests.world.sign_ons import signing_on
from tests.world.tampering import Owner, planted, tamper, unguarded
from tests.world.worker import MARK, number_all


async def broken(world: World) -> set[str]:
    every = INVARIANTS | WORKER_INVARIANTS
    async with world.database.transaction() as session:
        return {words for words, statement in every.items() if (await session.scalars(text(statement))).all()}


ITS_OWN_PARTNER = """
    INSERT INTO partners (id, application_id, unit_id, asked_at, asked_by)
    SELECT gen_random_uuid(), a.id, a.unit_id, now(), v.fixed_by
    FROM applications a JOIN application_versions v ON v.id = a.filed_version_id
"""
A_SWAP = """
    INSERT INTO swaps (id, campaign_id, committee_id, application_id, replacement_id, status, reason, requested_at,
        requested_by, version, created_at, updated_at)
    SELECT gen_random_uuid(), a.campaign_id, a.committee_id, a.id, a.id, 'requested', '', now(), v.fixed_by, 1, now(),
        now() FROM applications a JOIN application_versions v ON v.id = a.filed_version_id
"""
PLANTED = {
    "an application that was submitted has too few pictures in a fixed version": (
        "UPDATE application_versions SET content = jsonb_set(content, '{image_count}', '0')",
    ),
    "a version's pictures are not those it names": ("DELETE FROM version_images",),
    "a version's supporting documents are not those it names": (
        "INSERT INTO version_attachments SELECT version_id, 1, image_id, file_id, id FROM version_images LIMIT 1",
    ),
    "an application counts other pictures than it has": ("UPDATE applications SET image_count = 7",),
    "an application stands sealed without a standing endorsement of its content": (
        "UPDATE applications SET status = 'endorsed', content_digest = repeat('0', 64)",
    ),
    "an application stands filed without the version that was filed": (
        "UPDATE applications SET filed_version_id = NULL",
    ),
    "an application that is considered again is on file, or never was": (
        "UPDATE applications SET reconsidered = true",
    ),
    "a request for a swap waits for a case that was withdrawn, or for one that was filed without it": (A_SWAP,),
    "a filed version is not the one that was sealed": ("UPDATE endorsements SET digest = repeat('0', 64)",),
    "a picture's bytes are not stored": ("UPDATE files SET state = 'condemned'",),
    "a supporting document's bytes are not stored": (
        "INSERT INTO attachments SELECT application_id, 1, '', '', file_id, '', '', 1, now(), id FROM images LIMIT 1",
        "UPDATE files SET state = 'condemned'",
    ),
    "a scan's bytes are not stored": ("UPDATE files SET state = 'condemned'",),
    "a booklet's bytes are not stored": (
        """INSERT INTO booklets (id, commendation_id, number, status, pictures, cases, laid, docx_id, flaws, losses)
        SELECT c.id, c.id, 1, 'bound', 'filed', 1, 1, (SELECT file_id FROM images LIMIT 1), '[]', 0 FROM commendations c
        LIMIT 1""",
        "UPDATE files SET state = 'condemned'",
    ),
    "a template's bytes are not stored": (
        """INSERT INTO paper_templates (id, campaign_id, paper, file_id, placeholders, version, created_at, updated_at)
        SELECT c.id, c.id, 'receipt', (SELECT file_id FROM images LIMIT 1), '[]', 1, now(), now() FROM campaigns c
        LIMIT 1""",
        "UPDATE files SET state = 'condemned'",
    ),
    "something changed without a row in the history": ("DELETE FROM audit_events",),
    "a closed round has no ranking": ("UPDATE rounds SET status = 'closed'",),
    "a case stands assigned to the same reviewer twice": (
        "DROP INDEX assignments_standing_key",
        "UPDATE assignments SET withdrawn_at = NULL, reviewer_id = (SELECT reviewer_id FROM assignments LIMIT 1)",
    ),
    "a reviewer was left a case of an open round that they keep away from": (
        "UPDATE assignments SET withdrawn_at = NULL",
    ),
    "a submitted review has no total": ("UPDATE reviews SET total = NULL",),
    "the numbers of events have a gap": (
        "UPDATE audit_events SET sequence = 7 WHERE id::text = (SELECT min(id::text) FROM audit_events)",
    ),
    "a job failed for good (see GET /api/v1/jobs)": ("UPDATE procrastinate_jobs SET status = 'failed'",),
    "two committees, or two units of one, have names that look the same: rename one": (
        "UPDATE units SET comparable_name = NULL",
    ),
    "a nomination goes on without an award in force: withdraw it": ("UPDATE awards SET status = 'revoked'",),
    "a nomination stands answered without an answer": ("DELETE FROM nomination_answers",),
    "a nomination was replaced by nothing": ("UPDATE nominations SET status = 'replaced'",),
    "a version is nominated, awarded, judged or in a receipt that is not its application's, or was not filed": (
        "UPDATE application_versions SET occasion = 'submission'",
    ),
    "an award is not in the state of its commendation": ("UPDATE commendations SET status = 'draft'",),
    "an award is in force for a case that was disqualified or taken back: revoke it": (
        "UPDATE applications SET status = 'disqualified'",
    ),
    "a case of a round that is not closed was disqualified": ("UPDATE applications SET status = 'disqualified'",),
    "an award is held without an open objection": ("UPDATE awards SET status = 'held'",),
    "an application was filed, and no receipt has it": ("DELETE FROM filing_items",),
    "a receipt covers nothing, or a case of another campaign": ("DELETE FROM filing_items",),
    "an application names a seal that is not in force": ("UPDATE endorsements SET voided_at = now()",),
    "an application was sent back for correction without a day": (
        """UPDATE applications SET status = 'returned', reason_codes = '["other"]'""",
    ),
    "an extension, a plan's row or a round's case is of another campaign than what it is about": (
        "UPDATE applications SET campaign_id = (SELECT id FROM campaigns WHERE year = 2016)",
    ),
    "a plan stands submitted without its rows as they were submitted": ("UPDATE plans SET submitted_cases = NULL",),
    "an application that was never filed is not with its unit's committee": (
        """UPDATE applications a SET filed_version_id = NULL,
        committee_id = (SELECT c.id FROM committees c WHERE c.id <> a.committee_id LIMIT 1)""",
    ),
    "a committee that was merged has units, accounts, seats, or no successor of its own standing": (
        "UPDATE committees SET successor_id = id",
    ),
    "an application stands submitted with a partner that has not agreed, or that is its own unit": (ITS_OWN_PARTNER,),
    "an application on file has other partners than its filed version": (ITS_OWN_PARTNER,),
    "a plan stands submitted without a case": ("DELETE FROM planned_cases",),
    "an application is not listed as it is": ("UPDATE units SET name = name || '二'",),
    "a tally is not the number of what it counts": ("UPDATE applications SET status = 'draft'",),
}
"""One breach of each promise, in a campaign that was played to the municipal office's answer."""


async def played(world: World) -> None:
    """A case that was planned, filed, judged, awarded, nominated and returned, and a judge who keeps away from it."""
    place = await nominating(world)
    await place.answer(await place.nominated(), "returned")
    await world.campaign(year=2016)
    await world.committee()
    of = {"campaign_id": place.campaign.id, "committee_id": place.district.committee.id}
    plan = Plan(**of, status=PlanStatus.SUBMITTED, submitted_at=NOW, submitted_cases=[])
    await world.add(plan)
    await world.add(PlannedCase(plan_id=plan.id, position=1, name="红马甲", application_id=place.cases[0]))
    made = await judging(world, judges=2, campaign=place.campaign)
    async with world.database.transaction() as session:
        case = await session.get_one(Application, place.cases[0])
    of_case = {"round_id": made.round.id, "application_id": case.id, "version_id": case.filed_version_id}
    await world.add(RoundEntry(**of_case, case_number=1, entered_at=NOW))
    await made.scored(case, made.judges[0], 80)
    await made.assign(case, made.judges[1])
    await made.recuse(made.judges[1], case)
    async with jobs.acting(world.database) as ctx:
        await jobs.enqueue(ctx, "mail")


async def test_a_breach_of_each_promise_is_found(world: World, owner: Owner) -> None:
    assert set(PLANTED) == set(INVARIANTS)
    await played(world)
    assert await broken(world) == set()
    found = {}
    async with unguarded(owner):
        for sentence, statements in PLANTED.items():
            async with planted(owner, *statements):
                found[sentence] = bool(await owner.fetch(INVARIANTS[sentence]))
    assert found == dict.fromkeys(PLANTED, True)


def old_id() -> UUID:
    """An id made two minutes ago."""
    return UUID(int=uuid7().int - (120_000 << 80))


async def events(world: World, count: int) -> None:
    async with jobs.acting(world.database) as ctx:
        for _ in range(count):
            mark(ctx, uuid4(), MARK)


async def test_events_on_their_way_are_in_order(world: World) -> None:
    await events(world, 3)
    assert await broken(world) == set()
    await number_all(world.database)
    await world.add(Follower(name="slow", position=0))
    await events(world, 1)
    assert await broken(world) == set()


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        ("DELETE FROM audit_events WHERE sequence = 2", "the numbers of events have a gap"),
        ("UPDATE audit_events SET sequence = 7 WHERE sequence = 3", "the numbers of events have a gap"),
    ],
)
async def test_a_gap_is_found(world: World, owner: Owner, harm: str, found: str) -> None:
    await events(world, 3)
    await number_all(world.database)
    await tamper(owner, harm)
    assert await broken(world) == {found}


async def test_what_waits_for_more_than_a_minute_is_found(world: World, owner: Owner) -> None:
    await events(world, 1)
    await owner.execute("UPDATE audit_events SET id = $1", old_id())
    assert await broken(world) == {"an event has waited for its number for more than a minute: is there a worker?"}
    await number_all(world.database)
    await owner.execute("DELETE FROM followers")
    assert await broken(world) == set()
    await world.add(Follower(name="slow", position=0))
    assert await broken(world) == {"a follower of the events is more than a minute behind"}


async def test_what_failed_for_good_is_found(world: World, owner: Owner) -> None:
    async with jobs.acting(world.database) as ctx:
        await jobs.enqueue(ctx, "mail")
    assert await broken(world) == set()
    await owner.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    assert await broken(world) == {"a job failed for good (see GET /api/v1/jobs)"}


async def findings(settings: Settings, **changed: Any) -> str:
    return "\n".join(await examine(settings.model_copy(update=changed)))


async def test_a_key_that_is_missing_is_found(world: World, settings: Settings) -> None:
    endpoint = await world.endpoint(url="https://receiver.example/", secret="whsec_first")
    assert "PINPAI_SECRET_KEYS" not in await findings(settings)
    other = (SecretStr(new_key()),)
    assert f"the endpoint {endpoint.id}: put its key back" in await findings(settings, secret_keys=other)


async def test_a_talkative_log_is_found_in_production(world: World, settings: Settings, servers: Servers) -> None:
    alter = f'ALTER DATABASE "{servers.database}"'
    servers.postgres.administer(f"{alter} SET log_min_duration_statement = 0")
    try:
        assert "into its log" not in await findings(settings)
        assert "log_min_duration_statement" in await findings(settings, environment=Environment.PRODUCTION)
    finally:
        servers.postgres.administer(f"{alter} RESET log_min_duration_statement")


async def test_a_kernel_without_a_layer_is_found(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def missing() -> list[str]:
        return ["Landlock"]

    assert "imaging" not in await findings(settings)
    monkeypatch.setattr(doctor, "missing_confinement", missing)
    assert "This kernel confines imaging workers without Landlock" in await findings(settings)


async def test_what_is_past_its_time_is_told_by_the_clock_it_was_written_by(world: World, settings: Settings) -> None:
    account = await world.account(Role.OFFICE)
    subject = {"subject_type": "plan", "subject_id": uuid4(), "kind": "plan.submitted", "occasion": "1"}
    told = {"account_id": account.id, "role": account.role, "particulars": {}, "told_at": NOW, "by_mail": False}
    await world.add(Notification(**subject, **told))
    late = f"A notification of {NOW:%Y-%m-%d} is past its time"
    assert late not in await findings(settings), "the database is a demonstration's, whose clock is not told"
    assert late in await findings(settings, clock_offset=timedelta(seconds=1))
    assert late not in await findings(settings, clock_start=NOW)


async def test_a_provider_that_nobody_can_sign_on_at_is_named(world: World, settings: Settings) -> None:
    assert f"Nobody can sign on at {settings.sign_on_issuer} (discovery: unreachable)" in await findings(settings)
    async with signing_on(world) as town:
        assert "sign on" not in await findings(settings)
        town.provider.metadata = {"jwks_uri": "https://evil.example/keys"}
        assert "jwks_uri is missing, or on a host that is not in PINPAI_SIGN_ON_HOSTS" in await findings(settings)
