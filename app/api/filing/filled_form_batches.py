"""Several filled forms (附件2) in one request over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Form, UploadFile
from pydantic import BeforeValidator, Field

from app.api.filing.applications import ApplicationOut
from app.api.filing.campaigns import CampaignId
from app.api.filing.filled_forms import FilledFormOut, Findings
from app.api.http.dependencies import LateEffect, Limits
from app.api.http.output import Out
from app.api.http.routing import Router
from app.api.http.uploads import BatchUploads
from app.context import Context
from app.inputs import Input
from app.models.enums import Language
from app.problems import URN, RulesViolated
from app.services.filing import filled_form_batches
from app.services.filing.filled_form_batches import Outcome, Refusal
from app.services.policies.filing.filled_form_batches import MOST_FILES

router = Router("/campaigns/{campaign_id}/filled-form-batch", tags=["applications"], in_a_seat=True)
LONGEST_NAME = 200


class FilledFormBatchUpload(Input):
    """Several filled forms (申报表) as Word documents."""

    files: list[UploadFile] = Field(
        description="Word (.docx), one part each, at most 25 MiB each and 100 MiB together, with pictures as JPEG, "
        "PNG, WebP or HEIC in them.",
        min_length=1,
        max_length=MOST_FILES,
    )
    unit_ids: list[Annotated[UUID | None, BeforeValidator(lambda sent: sent or None)]] = Field(
        default_factory=list,
        description="申报单位, one part for each file in the same order; a unit sends no part and means itself.",
        max_length=MOST_FILES,
    )
    dry_run: bool = Field(
        False, description="True tries everything, answers the same, and changes nothing.", examples=[True]
    )


class FileRefusal(Out):
    """The refusal of one file, with the members of the problem that it alone would have been answered with."""

    type: str = Field(
        description="Stable identifier of the problem type.",
        max_length=100,
        json_schema_extra={"format": "uri"},
        examples=[f"{URN}rules-violated"],
    )
    title: str = Field(
        description="Short summary of the problem type, in English, never localized.",
        max_length=100,
        examples=["Rules violated"],
    )
    status: int = Field(description="HTTP status code of the problem type.", ge=400, le=599, examples=[409])
    detail: str = Field(
        description="Explanation in the negotiated language.", max_length=1000, examples=["有 1 处不符合要求。"]
    )
    findings: Findings = Field(description="All that refuses it, or the one limit that decided.")
    retry_after: int | None = Field(
        description="Seconds after which a limit may have been restored; null where waiting does not help.",
        examples=[None],
    )

    @classmethod
    def of(cls, problem: Refusal, language: Language) -> Self:
        findings = problem.findings if isinstance(problem, RulesViolated) else [problem.limit]
        return cls(
            type=URN + problem.code(),
            title=problem.title,
            status=problem.status,
            detail=problem.sentence.say(language, **problem.params),
            findings=[finding.worded(language) for finding in findings],
            retry_after=problem.retry_after,
        )


class FileResult(Out):
    """Result for one of the files: exactly one of `form` and `problem` is not null."""

    file_name: str = Field(description="Its name as it was sent.", max_length=LONGEST_NAME, examples=["龙华社区.docx"])
    form: FilledFormOut | None = Field(
        description="The form as it was understood, and its draft, as `POST …/filled-forms` answers; null if refused."
    )
    problem: FileRefusal | None = Field(
        description="The refusal, which concerns this file alone; null if there is none."
    )
    findings: Findings = Field(description="Advice on it as one of several: another has its name.", examples=[[]])

    @classmethod
    async def read(cls, ctx: Context, outcome: Outcome, *, dry_run: bool) -> Self:
        form = None
        if outcome.received and (drafted := outcome.drafted):
            application = await ApplicationOut.read(drafted.ctx, drafted.application_id)
            form = FilledFormOut.of(drafted.ctx, outcome.received, application, dry_run=dry_run)
        return cls(
            file_name=outcome.name[:LONGEST_NAME],
            form=form,
            problem=FileRefusal.of(outcome.refused, ctx.language) if outcome.refused else None,
            findings=[finding.worded(ctx.language) for finding in outcome.findings],
        )


class FilledFormBatchOut(Out):
    """Several filled forms as they were understood, each with its draft or its refusal."""

    dry_run: bool = Field(description="True when nothing was changed.", examples=[True])
    results: list[FileResult] = Field(description="One for each file, in the order sent.", max_length=MOST_FILES)


@router.post("", raises=[RulesViolated])
async def create_applications_from_forms(
    campaign_id: CampaignId,
    form: Annotated[FilledFormBatchUpload, Form(media_type="multipart/form-data")],
    *,
    uploads: BatchUploads,
    effect: LateEffect,
    most: Limits,
) -> FilledFormBatchOut:
    """Begin an application with each of several filled forms (申报表), or try them out, with a result for each.

    Each is taken as `POST …/filled-forms` takes one, by the same rules and allowances, and all count as handed in when
    the request came. One that is refused has its problem in its result, and undoes none of the others: the answer is
    200 in either case. Findings point at `/files/0`, `/files/1` and so on, in what was understood below them
    (`/files/1/started_on`). A file that is the same as an earlier one for the same unit is refused; one that only has
    its name is told. What concerns all of them, such as a campaign that does not exist, refuses the request.
    """
    received = await filled_form_batches.receive(uploads, campaign_id, form.files, form.unit_ids)
    ctx = await effect.begun()
    async with filled_form_batches.drafted(ctx, uploads, received, most, dry_run=form.dry_run) as outcomes:
        results = [await FileResult.read(ctx, each, dry_run=form.dry_run) for each in outcomes]
    return FilledFormBatchOut(dry_run=form.dry_run, results=results)
