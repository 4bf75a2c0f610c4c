"""Filled forms of plans (附件1), Word documents or tables: each is read, and becomes the draft of a plan, or not."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.context import Context, View
from app.file_names import Part
from app.findings import Finding
from app.imaging.formats import format_of
from app.models.enums import DeadlineKind
from app.services.files import Arrival, Blob, Intake, Kind
from app.services.filing import campaigns, plans
from app.services.filing.filled_forms import FORM
from app.services.filing.planned_cases import PlannedCaseInput
from app.services.filing.plans import PlanCreate
from app.services.policies import refuse
from app.services.policies.filing import filled_plans as policy
from app.services.policies.filing.deadlines import stage_findings
from app.services.policies.filing.filled_blocks import blocks_of
from app.services.policies.filing.filled_forms import Document
from app.services.policies.filing.filled_plans import FilledPlan
from app.services.policies.filing.filled_sheets import hidden_findings, tables_of
from app.services.policies.filing.notice import CampaignSettings
from app.tables.books import ODS_TYPE
from app.tables.cells import ListSheet
from app.tables.lists import read_lists

NAME = Part("实施计划登记表", "plan-form")
SHEETS = {"Excel (XLSX)", "Excel/ET (XLS)", "unknown"}
"""Formats of tables by the names that people know; a text has none."""
Admit = Callable[[Context], Awaitable[None]]


def _nothing(_: Sequence[ListSheet]) -> list[Blob]:
    """Nothing is kept of the table: the draft has what it says."""
    return []


TABLE = Kind(read_lists, _nothing, files=0)


@dataclass(frozen=True, slots=True)
class ReceivedPlan:
    """A document as it was understood, for which campaign."""

    campaign_id: UUID
    plan: FilledPlan
    arrival: Arrival[None]


async def described(view: View, campaign_id: UUID) -> Mapping[str, object]:
    """Describe the empty form as a workbook; refused where a campaign asks for no plans."""
    settings = CampaignSettings.model_validate((await campaigns.find(view, campaign_id)).settings)
    refuse(stage_findings(settings, DeadlineKind.PLAN))
    return policy.template(settings)


async def receive(intake: Intake, tables: Intake, campaign_id: UUID, data: bytes) -> ReceivedPlan:
    """Read a document or a table; refused where no plan may be begun, which is tried before the file is opened.

    `tables` is the intake whose process opens tables.
    """
    tried: list[plans.PlanRecord] = []

    async def admit(ctx: Context) -> None:
        await campaigns.find(ctx, campaign_id)
        async with ctx.attempt(dry_run=True):
            plan_id = await plans.begin(ctx, PlanCreate(campaign_id=campaign_id, cases=[]))
            tried.append(await plans.read(ctx, plan_id))

    is_table = format_of(data) in SHEETS or ODS_TYPE in data[:100]
    document, told, at = await (_of_table(tables, data, admit) if is_table else _of_word(intake, data, admit))
    record = tried[0]
    plan = policy.read(record.settings, document, record.row.committee_name)
    plan = replace(plan, findings=[*told, *plan.findings])
    refuse(policy.refusal_findings(plan))
    return ReceivedPlan(campaign_id, plan, Arrival(None, (), (), at))


async def _of_word(intake: Intake, data: bytes, admit: Admit) -> tuple[Document, list[Finding], datetime]:
    arrival = await intake.receive(data, FORM, admit)
    found = arrival.found
    return Document(blocks_of(found.blocks), found.notes, found.hidden, found.drawings, found.codes), [], arrival.at


async def _of_table(tables: Intake, data: bytes, admit: Admit) -> tuple[Document, list[Finding], datetime]:
    arrival = await tables.receive(data, TABLE, admit)
    return Document(tables_of(arrival.found)), [*hidden_findings(arrival.found)], arrival.at


@asynccontextmanager
async def drafted(intake: Intake, received: ReceivedPlan, *, dry_run: bool) -> AsyncIterator[tuple[Context, UUID]]:
    """Make a draft of a plan that was read, for as long as it is read; of a dry run nothing stays."""
    cases = [PlannedCaseInput(name=each.name, unit_name=each.unit_name) for each in received.plan.rows]
    async with intake.attaching(received.arrival) as ctx, ctx.attempt(dry_run=dry_run):
        yield ctx, await plans.begin(ctx, PlanCreate(campaign_id=received.campaign_id, cases=cases))
