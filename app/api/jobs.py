"""Work in the background over HTTP."""

from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, Paging, Reads, filtered_by
from app.api.http.output import CountedPage, Instant, Out
from app.api.http.routing import Router
from app.models.enums import JobStatus, Language
from app.problems import WrongState
from app.rows import values_of
from app.services import jobs
from app.services.jobs import JobRow, TaskName
from app.services.policies.jobs import TASKS

router = Router("/jobs", tags=["jobs"])
Filters = Annotated[Chosen, filtered_by(jobs.FILTERS)]
JobId = Annotated[UUID, Path(description="The job.")]


class JobOut(Out):
    """Something to be done in the background."""

    id: UUID = Field(description="Opaque identity.", examples=["00000000-0000-0000-0000-00000000002a"])
    task: TaskName = Field(description="Stable code of the task; new ones may be added.")
    summary: str = Field(
        description="Label of it in the negotiated language.", max_length=100, examples=["报送推荐材料"]
    )
    status: JobStatus = Field(description="State.")
    attempts: int = Field(description="Number of failed attempts.", ge=0, le=2**31 - 1, examples=[15])
    failure: str | None = Field(
        description="Error of the last attempt; null before.", max_length=500, examples=["ConnectTimeout: timed out"]
    )
    arguments: dict[str, Any] = Field(
        description="Ids of its subject.", examples=[{"delivery_id": "0149d3c4-5d6e-7f80-9a1b-2c3d4e5f6071"}]
    )
    queued_at: Instant = Field(description="Since when it is to be done; by the real clock, as the next two.")
    tried_at: Instant | None = Field(description="Time of the last start; null before.")
    due_at: Instant | None = Field(description="Time of the next attempt; null for at once, or for never.")

    @classmethod
    def of(cls, row: JobRow, language: Language) -> Self:
        words = TASKS.get(row.task)
        summary = words.say(language) if words else row.task
        return cls(**(values_of(row) | {"id": row.job_id, "summary": summary}))


class JobPage(CountedPage[JobOut]):
    """One page of jobs: those that failed for good, those that run, those that wait; each the oldest first."""


@router.get("")
async def list_jobs(view: Reads, filters: Filters, page: Paging) -> JobPage:
    """List what is still to be done in the background, what failed for good first. For the office.

    A job that fails is tried again after 5 seconds, 1, 5 and 30 minutes, 2, 6 and 12 hours, then daily for a week.
    """
    found = await jobs.search(view, **filters, **page.binds)
    return JobPage.of(found, [JobOut.of(row, view.language) for row in found.rows])


@router.get("/{job_id}")
async def read_job(view: Reads, job_id: JobId) -> JobOut:
    """Read a job. What was done is gone: not found."""
    return JobOut.of(await jobs.read(view, job_id), view.language)


@router.post("/{job_id}/retry", raises=[WrongState])
async def retry_job(ctx: Ctx, job_id: JobId) -> JobOut:
    """Do a job now that failed or waits for its next attempt; it gets the whole schedule of attempts anew."""
    await jobs.retry(ctx, job_id)
    return JobOut.of(await jobs.read(ctx, job_id), ctx.language)
