"""Trials of templates of papers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Response, UploadFile
from pydantic import Field

from app.api.filing.paper_templates import FILE, Addressed, TemplateUploads
from app.api.filing.prints import Printing, drawn
from app.api.http.dependencies import Viewer
from app.api.http.downloads import bytes_of
from app.api.http.routing import Router
from app.file_names import DOCX
from app.inputs import Input
from app.problems import RulesViolated
from app.services.commending import template_trials
from app.services.commending.template_trials import Trial
from app.services.policies.filing.prints import PrintFormat

router = Router("/campaigns/{campaign_id}/paper-templates/{paper}", tags=["prints"], in_a_seat=True)


class TemplateTrial(Input):
    """A template that is tried on one case."""

    file: UploadFile | None = Field(None, description=f"{FILE} Without it the template in force is tried.")
    subject_id: UUID | None = Field(
        None,
        description="Subject that it is tried on: a plan, an application (of the form, and of its first decision), a "
        "filing, a committee (of the table), an award or a commendation. Without it a form is empty, "
        "and the table lists all.",
    )


@router.post("/trial", response_class=Response, responses=bytes_of(DOCX), raises=[RulesViolated])
async def try_paper_template(
    of: Addressed,
    form: Annotated[TemplateTrial, Form(media_type="multipart/form-data")],
    uploads: TemplateUploads,
    view_of: Viewer,
    press: Printing,
) -> Response:
    """Try a template on one case, and download the paper as Word document; nothing is changed or kept. Office only."""
    trial = Trial(of.campaign_id, of.paper, form.subject_id, press.link_base)
    data = await form.file.read() if form.file else b""
    template = await template_trials.receive(uploads, trial, data) if form.file else b""
    async with view_of() as view:
        sheet = await template_trials.lay_out(view, trial, template)
    return await drawn(press, view.actor.id, sheet, PrintFormat.DOCX)
