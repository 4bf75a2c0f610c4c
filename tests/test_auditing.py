"""Live rows against the history: what went past the application is found, whoever did it."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from typer.testing import CliRunner

from app import auditing, chain, doctor
from app.auditing import CHANGED, COMPARED, GONE, WITHOUT_EVENT
from app.chain import Anchors, Chain, Key
from app.cli import cli
from app.models import Base, Endorsement, Recusal, Review
from app.models.enums import Language, RecusalKind
from app.services.history import digest_of, is_as_recorded, note
from app.services.policies.audit import EVENTS
from app.services.policies.filing.endorsements import MADE
from app.settings import Settings
from tests.world import NOW, World, actor_of
from tests.world.chain import SECRET
from tests.world.filing import District, district
from tests.world.judging import Judging, judging
from tests.world.tampering import Owner, tamper
from tests.world.worker import number_all


async def found(world: World, newest: int | None = None) -> set[tuple[str, str, UUID]]:
    """Return every flaw: the kind, the table and the row."""
    async with world.database.reading() as reader:
        flaws = [flaw async for flaw in auditing.altered_rows(reader, newest=newest)]
    return {(flaw.words.en, flaw.params["table"], flaw.params["id"]) for flaw in flaws}


@dataclass
class Judged:
    """A review that was submitted, and a recusal, beside what the test was set with."""

    made: Judging
    review: Review
    recusal: UUID
    before: set[tuple[str, str, UUID]]


@pytest.fixture
async def judged(world: World, owner: Owner) -> Judged:
    made = await judging(world, cases=2, judges=2)
    review = await made.scored(made.cases[0], made.judges[0], 80)
    await made.recuse(made.judges[1], made.cases[1])
    recusal = await owner.fetchval("SELECT id FROM recusals")
    return Judged(made, review, recusal, await found(world))


OF_REVIEWS = {
    "a score": ("UPDATE reviews SET scores = jsonb_set(scores, '{0,score}', '99')", CHANGED),
    "a total": ("UPDATE reviews SET total = 99", CHANGED),
    "its state": ("UPDATE reviews SET status = 'draft'", CHANGED),
    "its instant": ("UPDATE reviews SET submitted_at = submitted_at - interval '1 day'", CHANGED),
    "all of it": ("DELETE FROM reviews", GONE),
}


@pytest.mark.parametrize("what", OF_REVIEWS)
async def test_a_review_changed_by_nobody_is_found(world: World, owner: Owner, judged: Judged, what: str) -> None:
    statement, words = OF_REVIEWS[what]
    await tamper(owner, statement)
    assert await found(world) - judged.before == {(words.en, "reviews", judged.review.id)}


async def test_a_review_that_the_applications_role_changes_is_found(world: World, judged: Judged) -> None:
    """While a round is open the role may change its reviews; the history then says that nobody did."""
    async with world.database.transaction() as session:
        (await session.get_one(Review, judged.review.id)).total = 99.0
    assert await found(world) - judged.before == {(CHANGED.en, "reviews", judged.review.id)}
    assert await found(world, newest=10) >= {(CHANGED.en, "reviews", judged.review.id)}


OF_RECUSALS = {
    "UPDATE recusals SET reason = ''": CHANGED,
    "UPDATE recusals SET lifted_at = now()": CHANGED,
    "DELETE FROM recusals": GONE,
}


@pytest.mark.parametrize("statement", OF_RECUSALS)
async def test_a_recusal_changed_by_nobody_is_found(world: World, owner: Owner, judged: Judged, statement: str) -> None:
    await tamper(owner, statement)
    assert await found(world) - judged.before == {(OF_RECUSALS[statement].en, "recusals", judged.recusal)}


async def test_a_recusal_that_nobody_made_is_found(world: World, judged: Judged) -> None:
    made = judged.made
    forged = {"reviewer_id": made.judges[0].id, "application_id": made.cases[0].id, "kind": RecusalKind.RECUSED}
    row = Recusal(**forged, reason="", made_at=NOW, made_by=made.clerk.id)
    await world.add(row)
    assert await found(world) - judged.before == {(WITHOUT_EVENT.en, "recusals", row.id)}


@pytest.fixture
async def sealed(world: World) -> District:
    place = await district(world)
    await place.sealed()
    async with world.acting(actor_of(place.liaison)) as ctx:
        note(ctx, (await ctx.session.scalars(select(Endorsement))).one(), MADE)
    return place


OF_ENDORSEMENTS = {
    "UPDATE endorsements SET digest = repeat('0', 64)": CHANGED,
    "UPDATE endorsements SET endorsed_at = endorsed_at - interval '1 day'": CHANGED,
    "UPDATE endorsements SET voided_at = now()": CHANGED,
    "DELETE FROM endorsements": GONE,
}


@pytest.mark.parametrize("statement", OF_ENDORSEMENTS)
async def test_an_endorsement_changed_by_nobody_is_found(
    world: World, owner: Owner, sealed: District, statement: str
) -> None:
    before, row = await found(world), await owner.fetchval("SELECT id FROM endorsements")
    await tamper(owner, statement)
    assert await found(world) - before == {(OF_ENDORSEMENTS[statement].en, "endorsements", row)}


NOT_COMPARED = {
    "attachment": "its application's content digest holds it",
    "grant": "clients of before the grants have some that no event made",
    "image": "its application's content digest holds it",
    "job": "a row of the queue",
    "sign_in": "an attempt, which is no row",
}


def test_every_subject_of_events_is_compared_or_says_why_not() -> None:
    subjects = {event.subject for event in EVENTS.values()}
    assert subjects == COMPARED.keys() | NOT_COMPARED.keys()
    assert COMPARED.keys().isdisjoint(NOT_COMPARED)


@pytest.mark.parametrize("subject", COMPARED)
def test_every_compared_table_has_its_events(subject: str) -> None:
    assert subject in {event.partition(".")[0] for event in EVENTS}
    assert issubclass(COMPARED[subject], Base)


def test_a_row_is_as_recorded_when_the_digest_of_its_columns_is() -> None:
    row = {column.key: None for column in Endorsement.__table__.columns}
    assert is_as_recorded(Endorsement, row | {"event_digest": digest_of(row)})
    assert not is_as_recorded(Endorsement, row | {"event_digest": digest_of(row), "void_reason": ""})


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """Settings under which this test's history is anchored in a place of its own."""
    return settings.model_copy(update={"history_key": SecretStr(SECRET), "history_anchors": tmp_path / "anchors"})


async def test_the_doctor_walks_along_too(world: World, owner: Owner, own: Settings, tmp_path: Path) -> None:
    place = await district(world)
    await place.sealed()
    await number_all(world.database, chain=Chain([Key(SECRET)], Anchors(tmp_path / "anchors")))
    before = {sentence for sentence in await doctor.examine(own) if "history" in sentence or "Event" in sentence}
    assert before == set()
    await tamper(owner, "UPDATE audit_events SET actor_name = '' WHERE sequence = 2")
    (sentence,) = [each for each in await doctor.examine(own) if "Event" in each]
    assert sentence.startswith("Event 2 (")
    (flaw,) = [flaw for flaw in await doctor.verify(own) if "table" not in flaw.params]
    assert flaw.say(Language.ZH).startswith("历史记录第 2 号（")


async def test_without_a_key_the_doctor_says_so(own: Settings) -> None:
    keyless = own.model_copy(update={"history_key": None})
    assert any("PINPAI_HISTORY_KEY" in sentence for sentence in await doctor.examine(keyless))


@pytest.mark.parametrize("cut", [False, True])
def test_the_command_says_it_in_both_languages_and_in_its_exit_code(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: bool
) -> None:
    """An anchor of events that the database does not have is a history that was cut."""
    if cut:
        Anchors(tmp_path / "anchors").append(Key(SECRET).after(chain.BEGINNING, {"sequence": 1}))
    monkeypatch.setattr("app.cli.load_settings", lambda: own)
    done = CliRunner().invoke(cli, ["audit", "verify"])
    words = (
        ["历史记录自第 1 号起被截去：锚点记到第 1 号。", "The history is cut from event 1 on: it is anchored up to 1."]
        if cut
        else ["历史记录完整。", "The history is whole."]
    )
    assert (done.exit_code, done.stdout.splitlines()) == (int(cut), words)
