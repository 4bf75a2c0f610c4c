"""The machine of applications and filings against its model: whatever is tried in whatever order, both agree."""

import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from operator import attrgetter
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from app.context import Actor, Context
from app.doctor import INVARIANTS
from app.models import Application, Campaign, Commendation
from app.models.enums import ApplicationStatus as Status
from app.models.enums import AwardStatus, CheckDecision, CommendationStatus, DeadlineKind, LimitKind, Role
from app.problems import Forbidden, NotFound, RulesViolated
from app.services.commending import awards
from app.services.commending.awards import AwardRevocation
from app.services.filing import (
    applications,
    checks,
    contents,
    endorsements,
    exemptions,
    extensions,
    filings,
    partners,
    reorganisations,
    withdrawals,
)
from app.services.filing.applications import ApplicationCreate, ReturnBody
from app.services.filing.cells import ApplicationForm
from app.services.filing.checks import Verdict
from app.services.filing.exemptions import ExemptionCreate, ExemptionRevocation
from app.services.filing.extensions import ExtensionCreate, ExtensionRevocation
from app.services.filing.filings import FilingCreate
from app.services.filing.partners import PartnerNamed, PartnersSet
from app.services.filing.reorganisations import CommitteeMerger, UnitMove
from app.services.filing.withdrawals import WithdrawalBody, WithdrawalCreate
from app.services.handover import nominations
from app.services.handover.nominations import NominationCreate
from app.services.policies.filing.applications import DECLINE, PAUSE, RECONSIDER, RESUME, RETURN
from app.services.policies.filing.images import APPLICATION_IMAGE_ADDED
from app.services.policies.filing.notice import CampaignSettings
from app.settings import Settings
from tests.contract.client import Contract
from tests.scenarios.model import BY, FROM, Concession, Entry, Model, Refusal
from tests.scenarios.system import System
from tests.world import NOW, PLENTY, ZONE, World, actor_of
from tests.world.commending import award
from tests.world.filing import CELLS, add_pictures
from tests.world.uploads import scan

HYPOTHESIS = hypothesis_settings(
    stateful_step_count=30,
    deadline=None,
    derandomize="CI" in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)
STANDS = text("""
    SELECT a.id, a.status, a.versions, a.filed_version_id IS NOT NULL AS once_filed, a.reconsidered,
           coalesce(a.endorsed_digest = a.content_digest, false) AS sealed,
           array(SELECT v.number FROM application_versions v WHERE v.application_id = a.id ORDER BY v.number) AS fixed
    FROM applications a WHERE a.campaign_id = :campaign""")
BROKEN_PROMISES = text(
    " UNION ALL ".join(
        f"SELECT '{sentence.replace(chr(39), chr(39) * 2)}' WHERE EXISTS ({statement})"
        for sentence, statement in INVARIANTS.items()
    )
)
SCAN = scan()
WHY = ReturnBody(reason="请补充数据。")
ACCEPTED = Verdict(CheckDecision.ACCEPT)
DISQUALIFIED = Verdict(CheckDecision.DISQUALIFY, ["untrue"])
TAKEN_BACK = Verdict(CheckDecision.TAKE_BACK, remark="误点，应为另一件。")

ACTS: dict[str, Callable[[Context, UUID], Awaitable[Any]]] = {
    "edit": lambda ctx, id_: applications.edit(ctx, id_, ApplicationForm(effects=f"果{uuid4()}" * 30), None),
    "delete": lambda ctx, id_: applications.delete(ctx, id_, None),
    "submit": applications.submit,
    "return": lambda ctx, id_: applications.decide(ctx, id_, RETURN, WHY),
    "pause": lambda ctx, id_: applications.decide(ctx, id_, PAUSE, WHY),
    "resume": lambda ctx, id_: applications.decide(ctx, id_, RESUME, WHY),
    "decline": lambda ctx, id_: applications.decide(ctx, id_, DECLINE, WHY),
    "reconsider": lambda ctx, id_: applications.decide(ctx, id_, RECONSIDER, WHY),
    "revoke_endorsement": lambda ctx, id_: endorsements.revoke(ctx, id_, None),
    "withdraw": lambda ctx, id_: withdrawals.withdraw(ctx, id_, WithdrawalBody()),
    "accept": lambda ctx, id_: checks.check(ctx, id_, ACCEPTED),
    "disqualify": lambda ctx, id_: checks.check(ctx, id_, DISQUALIFIED),
    "take_back_check": lambda ctx, id_: checks.check(ctx, id_, TAKEN_BACK),
}
"""Each is tried by everybody; what needs bytes, a date or several applications has a rule of its own."""

ELSEWHERE = st.sampled_from([1, 1, 2, 0])
PICK, PLACE, OWN = st.integers(0, 99), st.integers(0, 2), st.sampled_from([True] * 7 + [False])


def who(act: str) -> st.SearchStrategy[Role]:
    """Mostly somebody whose act it is."""
    return st.sampled_from([*sorted(BY[act]) * 3, Role.UNIT, Role.COMMITTEE, Role.OFFICE])


@dataclass
class Place:
    """A committee and its units, as those who act for them."""

    liaison: Actor
    units: list[Actor]

    @property
    def committee(self) -> UUID:
        return cast(UUID, self.liaison.committee_id)

    def takes(self, members: list[Actor]) -> None:
        """Units that come from elsewhere, with their accounts."""
        self.units += [replace(member, committee_id=self.committee) for member in members]


async def place(world: World, units: int) -> Place:
    committee = await world.committee()
    members = [await world.account(Role.UNIT, unit=await world.unit(committee)) for _ in range(units)]
    liaison = await world.account(Role.COMMITTEE, committee=committee)
    return Place(actor_of(liaison), [actor_of(member) for member in members])


class Machine(RuleBasedStateMachine):
    """One campaign, three committees, four units; every act by everybody at every time."""

    campaign: Campaign
    places: list[Place]
    office: Actor
    model: Model
    commendation: Commendation

    def __init__(self, system: System) -> None:
        super().__init__()
        self.system = system
        self.awards: dict[Entry, UUID] = {}

    @initialize(has_filed=st.booleans(), merged=st.sampled_from([0, 1, None]))
    def district(self, has_filed: bool, merged: int | None) -> None:
        self.system.run(self._district())
        window = CampaignSettings.model_validate(self.campaign.settings)
        self.model = Model(window.closes_at(window.applications), NOW)
        for at in (0, 0, 0, 1, 1):
            self.another_is_sealed(at)
        self.begin(0, 1, Role.UNIT, complete=True)
        self.somebody_lowers_a_minimum(1, 1, Role.OFFICE)
        self.somebody_extends_a_deadline(0, 3, Role.OFFICE)
        if has_filed:
            self.a_committee_files(0, {0}, all_sealed=True)
        if merged is not None:
            self.somebody_merges_a_committee(merged, 1, Role.OFFICE)

    async def _district(self) -> None:
        world = self.system.world
        world.database.clock.stopped_at = NOW
        self.campaign = await world.campaign(images={"minimum": 1, "maximum": 8})
        self.places = [await place(world, units) for units in (2, 1, 1)]
        self.office = actor_of(await world.account(Role.OFFICE))
        published = {"status": CommendationStatus.PUBLISHED, "published_at": NOW, "document_number": str(uuid4())}
        self.commendation = Commendation(campaign_id=self.campaign.id, title="通报", **published)
        await world.add(self.commendation)

    @rule(at=PLACE, unit=st.integers(0, 1), role=who("edit"), complete=st.booleans())
    def begin(self, at: int, unit: int, role: Role, complete: bool) -> None:
        where = self.place(at)
        if not where.units:
            return
        member = where.units[unit % len(where.units)]
        actor = {Role.UNIT: member, Role.COMMITTEE: where.liaison, Role.OFFICE: self.office}[role]
        cells = CELLS if complete else {"brand_name": "只有名字"}
        body = ApplicationCreate(campaign_id=self.campaign.id, unit_id=member.unit_id, **cells)
        made: list[UUID] = []

        async def command(ctx: Context) -> None:
            made.append(await applications.begin(ctx, body, PLENTY))

        expected = None if self.model.now < self.model.closes_at(where.committee) else RulesViolated
        assert self.system.attempt(actor, command) == (Forbidden if role is Role.OFFICE else expected)
        for application_id in made:
            self.model.entries.append(Entry(application_id, where.committee, member, complete))
            self.system.run(self._picture(member, application_id))

    async def _picture(self, member: Actor, application_id: UUID) -> None:
        await add_pictures(self.system.world, application_id, 1)
        async with self.system.world.acting(member) as ctx:
            application = await applications.get(ctx, application_id)
            await contents.content_changed(ctx, application, APPLICATION_IMAGE_ADDED, ["images"])

    def another_is_sealed(self, at: int) -> None:
        self.begin(at, 0, Role.UNIT, complete=True)
        self.try_act("submit", self.model.entries[-1], Role.UNIT, own=True)
        self.endorse(self.model.entries[-1], Role.COMMITTEE, own=True)

    @rule(pick=PICK, other=PICK, agrees=st.booleans())
    def a_unit_names_a_partner(self, pick: int, other: int, agrees: bool) -> None:
        """Of whatever committee; it reads the case from then on, and does nothing to it but agree."""
        entry = self.picked("edit", pick)
        others = [each for each in self.units() if each.unit_id != entry.member.unit_id]
        partner = others[other % len(others)]
        body = PartnersSet(partners=[PartnerNamed(unit_id=partner.unit_id)])
        expected = self.expected("edit", entry, Role.UNIT, own=True)
        lead = self.actor(entry, Role.UNIT, own=True)
        assert self.system.attempt(lead, lambda ctx: partners.name(ctx, entry.id, body, None)) == expected
        if expected is None:
            self.model.joined(entry, partner.unit_id)
            if agrees and not entry.partners[partner.unit_id]:
                assert self.system.attempt(partner, lambda ctx: partners.agree(ctx, entry.id)) is None
                entry.partners[partner.unit_id] = True

    @rule(data=st.data(), act=st.sampled_from(sorted(ACTS)), pick=PICK, own=OWN)
    def somebody_tries(self, data: st.DataObject, act: str, pick: int, own: bool) -> None:
        entry, role = self.picked(act, pick), data.draw(who(act))
        before = self.model.filed_by(entry.committee)
        self.try_act(act, entry, role, own=own)
        if role is not Role.OFFICE:
            self.nothing_or_the_minimum_is_left(entry.committee, before)

    @rule(data=st.data(), acts=st.lists(st.sampled_from(sorted(ACTS)), min_size=2, max_size=6), pick=PICK)
    def its_owners_try_one_thing_after_another(self, data: st.DataObject, acts: list[str], pick: int) -> None:
        for act in acts:
            self.somebody_tries(data, act, pick, own=True)

    def try_act(self, act: str, entry: Entry, role: Role, *, own: bool) -> None:
        expected = self.expected(act, entry, role, own=own)
        actor = self.actor(entry, role, own=own)
        self.compare(act, entry, self.system.attempt(actor, lambda ctx: ACTS[act](ctx, entry.id)), expected)

    @rule(pick=PICK, role=who("endorse"), own=OWN)
    def somebody_endorses(self, pick: int, role: Role, own: bool) -> None:
        self.endorse(self.picked("endorse", pick), role, own=own)

    def endorse(self, entry: Entry, role: Role, *, own: bool) -> None:
        expected = self.expected("endorse", entry, role, own=own)
        actor = self.actor(entry, role, own=own)
        found = self.system.upload(actor, lambda intake: endorsements.endorse(intake, entry.id, SCAN, None))
        self.compare("endorse", entry, found, expected)

    @rule(at=PLACE, picks=st.sets(PICK, min_size=1, max_size=3), all_sealed=st.booleans())
    def a_committee_files(self, at: int, picks: set[int], all_sealed: bool) -> None:
        where = self.place(at)
        sealed = [each for each in self.model.entries if self.model.may_be_filed(where.committee, each)]
        named = sealed if all_sealed and sealed else self.several(picks)
        body = FilingCreate(campaign_id=self.campaign.id, application_ids=[entry.id for entry in named])
        for entry in named:
            if entry.committee == where.committee:
                offered = self.system.allowed(where.liaison, entry.id)["file"]
                assert offered == self.model.offers_filing(where.committee, entry)
        expected = self.model.filing_refusal(where.committee, named)
        assert self.system.attempt(where.liaison, lambda ctx: filings.file(ctx, body)) == expected
        if expected is None:
            self.model.filed(named)

    @rule(at=PLACE, picks=st.sets(PICK, min_size=1, max_size=3))
    def a_committee_withdraws_several(self, at: int, picks: set[int]) -> None:
        where, named = self.place(at), self.several(picks)
        before = self.model.filed_by(where.committee)
        body = WithdrawalCreate(application_ids=[entry.id for entry in named], reason="本年度不再参评。")
        expected = self.model.withdrawal_refusal(where.committee, named)
        assert self.system.attempt(where.liaison, lambda ctx: withdrawals.withdraw_together(ctx, body)) == expected
        if expected is None:
            for entry in named:
                self.model.done("withdraw", entry)
        self.nothing_or_the_minimum_is_left(where.committee, before)

    @rule(pick=PICK, role=who("request_correction"), days=st.integers(-2, 30))
    def somebody_asks_for_a_correction(self, pick: int, role: Role, days: int) -> None:
        entry = self.picked("request_correction", pick)
        due_on = (self.model.now.astimezone(ZONE) + timedelta(days=days)).date()
        verdict = Verdict(CheckDecision.REQUEST_CORRECTION, ["seal_unclear"], None, due_on)
        expected = self.expected("request_correction", entry, role, own=True) or (RulesViolated if days < 0 else None)
        actor = self.actor(entry, role, own=True)
        found = self.system.attempt(actor, lambda ctx: checks.check(ctx, entry.id, verdict))
        self.compare("request_correction", entry, found, expected)
        if found is None:
            until = datetime.combine(due_on + timedelta(days=1), time(), ZONE)
            entry.corrections.append(until)

    @rule(pick=PICK)
    def the_office_awards_and_nominates(self, pick: int) -> None:
        accepted = [each for each in self.model.entries if each.status is Status.ACCEPTED and not each.awarded]
        if accepted:
            entry = accepted[pick % len(accepted)]
            entry.awarded = True
            self.awards[entry] = self.system.run(self._awarded(entry.id))
            body = NominationCreate(application_id=entry.id, position=1, reason="做法成熟。")
            assert self.system.attempt(self.office, lambda ctx: nominations.prepare(ctx, body)) is None

    async def _awarded(self, application_id: UUID) -> UUID:
        world = self.system.world
        async with world.database.transaction() as session:
            version_id = (await session.get_one(Application, application_id)).filed_version_id
        case = {"application_id": application_id, "version_id": version_id}
        given = {"certificate_number": str(uuid4()), "verification_code": str(uuid4()), "awarded_at": NOW}
        return (await award(world, self.commendation, status=AwardStatus.AWARDED, **case, **given)).id

    @rule(pick=PICK, role=who("accept"))
    def somebody_revokes_an_award(self, pick: int, role: Role) -> None:
        """Nothing stands in the way of other decisions afterwards, and the nomination is withdrawn with it."""
        awarded = [each for each in self.model.entries if each.awarded]
        if awarded:
            entry = awarded[pick % len(awarded)]
            award_id, body = self.awards[entry], AwardRevocation(reason="经查实，数据不真实。")
            expected = None if role is Role.OFFICE else Forbidden
            actor = self.actor(entry, role, own=True)
            assert self.system.attempt(actor, lambda ctx: awards.revoke(ctx, award_id, body)) == expected
            entry.awarded = role is not Role.OFFICE

    @rule(at=PLACE, step=ELSEWHERE, role=who("accept"))
    def somebody_moves_a_unit(self, at: int, step: int, role: Role) -> None:
        left, there = self.place(at), self.place(at + step)
        if left.units:
            member, body = left.units[-1], UnitMove(committee_id=there.committee, reason="区划调整")
            expected = Forbidden if role is not Role.OFFICE else RulesViolated if left is there else None
            actor = {Role.UNIT: member, Role.COMMITTEE: left.liaison, Role.OFFICE: self.office}[role]
            unit = cast(UUID, member.unit_id)
            found = self.system.attempt(actor, lambda ctx: reorganisations.move_unit(ctx, unit, body))
            assert found == expected
            if found is None:
                left.units.remove(member)
                there.takes([member])
                theirs = [each for each in self.model.entries if each.member.unit_id == member.unit_id]
                self.model.moved(theirs, left.committee, there.committee, merged=False)

    @rule(at=PLACE, step=ELSEWHERE, role=who("accept"))
    def somebody_merges_a_committee(self, at: int, step: int, role: Role) -> None:
        """One is left beside it, whose business it is not."""
        left, there = self.place(at), self.place(at + step)
        if len(self.places) > 2 or left is there:
            body = CommitteeMerger(successor_id=there.committee, reason="机构改革")
            expected = Forbidden if role is not Role.OFFICE else RulesViolated if left is there else None
            actor = self.office if role is Role.OFFICE else left.liaison
            found = self.system.attempt(actor, lambda ctx: reorganisations.merge(ctx, left.committee, body))
            assert found == expected
            if found is None:
                self.places.remove(left)
                there.takes(left.units)
                self.model.merged(left.committee, there.committee)

    @rule(at=PLACE, days=st.integers(-1, 30), role=who("accept"))
    def somebody_extends_a_deadline(self, at: int, days: int, role: Role) -> None:
        where = self.place(at)
        due_on = (self.model.closes_at(where.committee).astimezone(ZONE) + timedelta(days=days - 1)).date()
        until = datetime.combine(due_on + timedelta(days=1), time(), ZONE)
        body = ExtensionCreate(**self.conceded(where), deadline=DeadlineKind.APPLICATION, due_on=due_on)
        later = until > max(self.model.now, self.model.closes_at(where.committee))
        self.concede(where, role, lambda ctx: extensions.grant(ctx, body), until=until, looser=later)

    @rule(at=PLACE, value=st.integers(0, 2), role=who("accept"))
    def somebody_lowers_a_minimum(self, at: int, value: int, role: Role) -> None:
        where = self.place(at)
        body = ExemptionCreate(**self.conceded(where), limit=LimitKind.MINIMUM_FILED, value=value)
        looser = 1 <= value < self.model.minimum(where.committee)
        self.concede(where, role, lambda ctx: exemptions.grant(ctx, body), minimum=value, looser=looser)

    def conceded(self, where: Place) -> dict[str, Any]:
        return {"campaign_id": self.campaign.id, "committee_id": where.committee, "reason": "暴雨"}

    def concede(
        self, where: Place, role: Role, grant: Callable[[Context], Awaitable[UUID]], *, looser: bool, **what: Any
    ) -> None:
        made: list[UUID] = []

        async def command(ctx: Context) -> None:
            made.append(await grant(ctx))

        expected = Forbidden if role is not Role.OFFICE else None if looser else RulesViolated
        assert self.system.attempt(self.office if role is Role.OFFICE else where.liaison, command) == expected
        self.model.concessions += [Concession(id_, where.committee, **what) for id_ in made if expected is None]

    @rule(pick=PICK, role=who("accept"))
    def somebody_revokes_a_concession(self, pick: int, role: Role) -> None:
        """Nothing that was done under it is undone."""
        if self.model.concessions:
            one = self.model.concessions[pick % len(self.model.concessions)]
            revoke: Callable[[Context], Awaitable[None]] = (
                (lambda ctx: extensions.revoke(ctx, one.id, ExtensionRevocation(reason="误批")))
                if one.until
                else (lambda ctx: exemptions.revoke(ctx, one.id, ExemptionRevocation(reason="误批")))
            )
            own = next(each.liaison for each in self.places if each.committee == self.model.standing(one.committee))
            expected = Forbidden if role is not Role.OFFICE else RulesViolated if one.revoked else None
            assert self.system.attempt(self.office if role is Role.OFFICE else own, revoke) == expected
            one.revoked |= expected is None

    @rule(step=st.sampled_from([*[timedelta(hours=1)] * 5, timedelta(days=20), None]))
    def time_goes_by(self, step: timedelta | None) -> None:
        """An hour, some days — or to the last microsecond before the deadline, and then over it."""
        last = self.model.deadline - timedelta(microseconds=1)
        over = last if self.model.now < last else self.model.now + timedelta(microseconds=1)
        self.model.now = self.model.now + step if step else over
        self.system.world.database.clock.stopped_at = self.model.now

    def picked(self, act: str, pick: int) -> Entry:
        """Mostly one from which the act is possible."""
        fitting = [entry for entry in self.model.entries if entry.status in FROM[act]]
        choice = fitting if fitting and pick % 5 else self.model.entries
        return choice[pick % len(choice)]

    def several(self, picks: set[int]) -> list[Entry]:
        return list({entry.id: entry for entry in (self.picked("withdraw", pick) for pick in picks)}.values())

    def actor(self, entry: Entry, role: Role, *, own: bool) -> Actor:
        """The owner in this role, or its counterpart in the other committee."""
        if role is Role.OFFICE:
            return self.office
        standing = self.model.standing(entry.committee)
        if role is Role.COMMITTEE:
            return next(each.liaison for each in self.places if (each.committee == standing) == own)
        return next(each for each in self.units() if (each.unit_id == entry.member.unit_id) == own)

    def place(self, at: int) -> Place:
        return self.places[at % len(self.places)]

    def units(self) -> list[Actor]:
        return [unit for each in self.places for unit in each.units]

    def expected(self, act: str, entry: Entry, role: Role, *, own: bool) -> Refusal:
        """Return the model's refusal, after a comparison with the `actions` read beforehand.

        That a correction has begun is none of the office's business, until it would recall it.
        """
        expected, actor = self.model.refusal(act, entry, role, own=own), self.actor(entry, role, own=own)
        allowed = self.system.allowed(actor, entry.id)
        if role is Role.UNIT and not own and actor.unit_id in entry.partners:
            expected = Forbidden
        unseen = act == "take_back_check" and expected is RulesViolated
        assert allowed.get(act) == (None if expected in {NotFound, Forbidden} else expected is None or unseen)
        return expected

    def compare(self, act: str, entry: Entry, found: Refusal, expected: Refusal) -> None:
        assert found == expected, f"{act} on {entry}: {found}, the model says {expected}"
        if expected is None:
            self.model.done(act, entry)

    def nothing_or_the_minimum_is_left(self, committee: UUID | None, before: set[Entry]) -> None:
        """By what a committee takes back itself; the office may leave it with less."""
        left = self.model.filed_by(committee)
        enough = len(self.model.put_forward_by(committee)) >= self.model.lowest_minimum(committee)
        assert left == before or not left or enough

    @invariant()
    def both_agree(self) -> None:
        found = {row.id: row for row in self.system.rows(STANDS, campaign=self.campaign.id)}
        state = attrgetter("status", "versions", "once_filed", "reconsidered", "sealed")
        assert {id_: state(row) for id_, row in found.items()} == {each.id: state(each) for each in self.model.entries}
        assert all(row.fixed == list(range(1, row.versions + 1)) for row in found.values())

    @invariant()
    def no_promise_is_broken(self) -> None:
        assert self.system.rows(BROKEN_PROMISES) == []


@pytest.fixture
def system(world: World, settings: Settings, contract: Contract) -> Iterator[System]:
    """Its rows are cleared away with the world's."""
    system = System(settings, contract)
    yield system
    system.close()


@pytest.mark.parametrize("examples", [4, pytest.param(20, marks=pytest.mark.thorough)])
def test_the_machine_does_what_the_model_says(system: System, examples: int) -> None:
    bounded = hypothesis_settings(HYPOTHESIS, max_examples=examples)
    run_state_machine_as_test(partial(Machine, system), settings=bounded)  # type: ignore[arg-type]  # any maker does
