"""Filled forms of plans (附件1) that come as Word documents: each is read, and becomes the draft of a plan, or not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from app.context import Context
from app.imaging import FormDocument
from app.services.files import Arrival, Intake
from app.services.filing import campaigns, plans
from app.services.filing.filled_forms import FORM
from app.services.filing.planned_cases import PlannedCaseInput
from app.services.filing.plans import PlanCreate
from app.services.policies import refuse
from app.services.policies.filing import filled_plans as policy
from app.services.policies.filing.filled_blocks import blocks_of
from app.services.policies.filing.filled_forms import Document
from app.services.policies.filing.filled_plans import FilledPlan


@dataclass(frozen=True, slots=True)
class ReceivedPlan:
    """A document as it was understood, for which campaign."""

    campaign_id: UUID
    plan: FilledPlan
    arrival: Arrival[FormDocument]


async def receive(intake: Intake, campaign_id: UUID, data: bytes) -> ReceivedPlan:
    """Read a document; refused where no plan may be begun, which is tried before the document is opened."""
    tried: list[plans.PlanRecord] = []

    async def admit(ctx: Context) -> None:
        await campaigns.find(ctx, campaign_id)
        async with ctx.attempt(dry_run=True):
            plan_id = await plans.begin(ctx, PlanCreate(campaign_id=campaign_id, cases=[]))
            tried.append(await plans.read(ctx, plan_id))

    arrival = await intake.receive(data, FORM, admit)
    found, record = arrival.found, tried[0]
    document = Document(blocks_of(found.blocks), found.notes, found.hidden, found.drawings, found.codes)
    plan = policy.read(record.settings, document, record.row.committee_name)
    refuse(policy.refusal_findings(plan))
    return ReceivedPlan(campaign_id, plan, arrival)


@asynccontextmanager
async def drafted(intake: Intake, received: ReceivedPlan, *, dry_run: bool) -> AsyncIterator[tuple[Context, UUID]]:
    """Make a draft of a plan that was read, for as long as it is read; of a dry run nothing stays."""
    cases = [PlannedCaseInput(name=each.name, unit_name=each.unit_name) for each in received.plan.rows]
    async with intake.attaching(received.arrival) as ctx, ctx.attempt(dry_run=dry_run):
        yield ctx, await plans.begin(ctx, PlanCreate(campaign_id=received.campaign_id, cases=cases))
