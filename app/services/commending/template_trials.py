"""Trials of templates: the paper of one case, laid out by a template before it is put in force, or the one in force."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from app.context import View
from app.models.enums import PaperKind, Role
from app.problems import NotFound
from app.services.commending import certificates, notices
from app.services.files import Intake
from app.services.filing import decisions, paper_templates, prints, receipts, summaries
from app.services.filing.prints import Sheet
from app.services.pages import FilterValue
from app.services.policies import refuse, require_role
from app.services.policies.filing.paper_templates import subject_findings
from app.services.policies.filing.prints import FormKind, PrintedPictures


@dataclass(frozen=True, slots=True)
class Trial:
    """A paper that a template is tried on: of which campaign, and about what; `link_base` is what its codes lead to."""

    campaign_id: UUID
    paper: PaperKind
    subject_id: UUID | None
    link_base: str | None


Lay = Callable[[View, UUID, Trial], Awaitable[Sheet]]


async def receive(intake: Intake, trial: Trial, data: bytes) -> bytes:
    """Check a template that is to be tried, and return it written anew; nothing is kept."""
    arrival = await paper_templates.attempt(intake, trial.campaign_id, trial.paper, data)
    return arrival.found.content


async def lay_out(view: View, trial: Trial, template: bytes) -> Sheet:
    """Lay out the paper by this template, or without one by that in force; NotFound unless it is of the campaign."""
    require_role(view.actor.role, Role.OFFICE)
    sheet = await _sheet(view, trial)
    if sheet.campaign_id != trial.campaign_id:
        raise NotFound
    file = template or await paper_templates.in_force(view, trial.campaign_id, trial.paper)
    return paper_templates.laid_out(sheet, file)


async def _sheet(view: View, trial: Trial) -> Sheet:
    if trial.subject_id:
        return await _OF[trial.paper](view, trial.subject_id, trial)
    refuse(subject_findings(trial.paper))
    if trial.paper is PaperKind.SUMMARY:
        return await _summary(view, None, trial)
    kind = FormKind.PLAN if trial.paper is PaperKind.PLAN_FORM else FormKind.APPLICATION
    return await prints.blank(view, trial.campaign_id, kind)


async def _plan(view: View, plan_id: UUID, _: Trial) -> Sheet:
    return await prints.plan(view, plan_id)


async def _application(view: View, application_id: UUID, _: Trial) -> Sheet:
    return await prints.application(view, application_id, None, PrintedPictures.THUMBNAILS)


async def _receipt(view: View, filing_id: UUID, _: Trial) -> Sheet:
    return await receipts.paper(view, filing_id)


async def _decision(view: View, application_id: UUID, _: Trial) -> Sheet:
    """Lay out the first decision on an application; NotFound while there is none."""
    found = await decisions.search(view, application_id, after=None, limit=1)
    if not found.rows:
        raise NotFound
    return await decisions.letter(view, application_id, found.rows[0].id)


async def _summary(view: View, committee_id: UUID | None, trial: Trial) -> Sheet:
    chosen: dict[str, FilterValue] = dict.fromkeys(summaries.FILTERS)
    return await summaries.summary(view, trial.campaign_id, **chosen | {"committee_id": committee_id})


async def _publicity(view: View, commendation_id: UUID, _: Trial) -> Sheet:
    return await notices.publicity(view, commendation_id)


async def _publication(view: View, commendation_id: UUID, _: Trial) -> Sheet:
    return await notices.publication(view, commendation_id)


async def _certificate(view: View, award_id: UUID, trial: Trial) -> Sheet:
    return await certificates.of_award(view, award_id, trial.link_base)


_OF: Mapping[PaperKind, Lay] = {
    PaperKind.PLAN_FORM: _plan,
    PaperKind.APPLICATION_FORM: _application,
    PaperKind.RECEIPT: _receipt,
    PaperKind.DECISION: _decision,
    PaperKind.SUMMARY: _summary,
    PaperKind.PUBLICITY: _publicity,
    PaperKind.PUBLICATION: _publication,
    PaperKind.CERTIFICATE: _certificate,
}
