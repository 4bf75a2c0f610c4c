"""Several filled forms (附件2) in one request: each becomes a draft or is refused by itself, and undoes no other."""

import hashlib
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import zip_longest
from typing import Protocol
from uuid import UUID

from app.context import Context
from app.findings import Finding
from app.problems import InsufficientStorage, LimitReached, RulesViolated
from app.services import files
from app.services.files import Intake
from app.services.filing import campaigns, filled_forms
from app.services.filing.filled_forms import ReceivedForm
from app.services.filing.images import Readable
from app.services.policies import refuse, require_role
from app.services.policies.filing import filled_form_batches as policy
from app.services.policies.filing.beginnings import APPLICATION
from app.services.policies.limits import Quotas

Refusal = RulesViolated | InsufficientStorage | LimitReached
REFUSALS = (RulesViolated, InsufficientStorage, LimitReached)
"""Refusals of one file, or of one more; whatever else is refused is refused for all."""


class SentFile(Readable, Protocol):
    """A file as it was sent, with its name."""

    filename: str | None


@dataclass(frozen=True, slots=True)
class Drafted:
    """The application that a form became, and the context in which it is read."""

    ctx: Context
    application_id: UUID


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result for a file: what was understood and the draft of it, or the refusal."""

    name: str
    findings: Sequence[Finding]
    received: ReceivedForm | None = None
    refused: Refusal | None = None
    drafted: Drafted | None = None


@dataclass(slots=True)
class _Batch:
    """The files for units of a campaign as they come, all handed in at one instant."""

    intake: Intake
    campaign_id: UUID
    at: datetime
    seen: list[Hashable] = field(default_factory=list)

    async def read(self, index: int, file: SentFile, unit_id: UUID | None) -> ReceivedForm:
        """Read one of the files; raises what refuses it."""
        refuse(policy.large_findings(file.size or 0))
        data = await file.read()
        digest = unit_id, hashlib.sha256(data).digest()
        before, self.seen = self.seen, [*self.seen, digest]
        refuse(policy.repeated_findings(digest, before))
        received = await filled_forms.receive(self.intake, self.campaign_id, unit_id, data, self.at)
        return received.pointed(partial(policy.in_batch, index))


async def receive(
    intake: Intake, campaign_id: UUID, sent: Sequence[SentFile], unit_ids: Sequence[UUID | None]
) -> list[Outcome]:
    """Read the documents, one after the other, and take in their pictures."""
    async with intake.transaction() as ctx:
        await campaigns.find(ctx, campaign_id)
        require_role(ctx.actor.role, *APPLICATION.by)
        refuse(policy.batch_findings(len(sent), len(unit_ids)))
        batch = _Batch(intake, campaign_id, ctx.now)
    names = [file.filename or "" for file in sent]
    outcomes: list[Outcome] = []
    try:
        for index, (file, unit_id) in enumerate(zip_longest(sent, unit_ids)):
            outcome = Outcome(names[index], policy.name_findings(index, names))
            try:
                outcomes.append(replace(outcome, received=await batch.read(index, file, unit_id)))
            except REFUSALS as problem:
                outcomes.append(replace(outcome, refused=_pointed(index, problem)))
    except BaseException:
        await intake.abandon(arrival for each in outcomes if each.received for arrival in each.received.arrivals)
        raise
    return outcomes


def _pointed(index: int, problem: Refusal) -> Refusal:
    """Let the findings of a refusal point at the file."""
    if isinstance(problem, RulesViolated):
        return RulesViolated([policy.in_batch(index, each) for each in problem.findings])
    return problem


@asynccontextmanager
async def drafted(
    ctx: Context, intake: Intake, outcomes: Sequence[Outcome], most: Quotas, *, dry_run: bool
) -> AsyncIterator[list[Outcome]]:
    """Make a draft of each form that was read, for as long as they are read; of a dry run nothing stays."""
    async with ctx.attempt(dry_run=dry_run):
        yield [await _drafted(ctx, intake, index, each, most) for index, each in enumerate(outcomes)]
    if dry_run:
        arrivals = [arrival for each in outcomes if each.received for arrival in each.received.arrivals]
        await files.condemn(ctx, [file_id for arrival in arrivals for file_id in arrival.file_ids])


async def _drafted(ctx: Context, intake: Intake, index: int, outcome: Outcome, most: Quotas) -> Outcome:
    """Make a draft of one form, or leave nothing of it."""
    if outcome.received is None:
        return outcome
    try:
        async with (
            ctx.attempt(dry_run=False),
            filled_forms.drafted(intake, outcome.received, most, dry_run=False) as (own, application_id),
        ):
            return replace(outcome, drafted=Drafted(own, application_id))
    except REFUSALS as problem:
        return replace(outcome, refused=_pointed(index, problem))
