"""Work in the background over HTTP."""

from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field

from app.api.http.dependencies import Ctx, Paging, Reads
from app.api.http.output import Instant, Out, Page
from app.api.http.problems import problems
from app.database import Row
from app.models.enums import JobStatus, Language
from app.problems import NotFound, WrongState
from app.services import jobs
from app.services.policies.jobs import TASKS

router = APIRouter(prefix="/jobs", tags=["jobs"])
JobId = Annotated[UUID, Path(description="The job.")]
Task = Annotated[str, Field(max_length=60, pattern="^[a-z_]+$", examples=["deliver"])]


class JobOut(Out):
    """Something to be done in the background."""

    id: UUID = Field(description="Opaque identity.", examples=["00000000-0000-0000-0000-00000000002a"])
    task: Task = Field(description="What is to be done, as a stable code; new ones may be added.")
    summary: str = Field(description="What, in the negotiated language.", max_length=100, examples=["报送推荐材料"])
    status: JobStatus = Field(description="Where it stands.")
    attempts: int = Field(description="How often it was tried and failed.", ge=0, le=2**31 - 1, examples=[15])
    failure: str | None = Field(
        description="Why the last attempt failed; null before.", max_length=500, examples=["ConnectTimeout: timed out"]
    )
    arguments: dict[str, Any] = Field(
        description="What it is about.", examples=[{"delivery_id": "0149d3c4-5d6e-7f80-9a1b-2c3d4e5f6071"}]
    )
    queued_at: Instant = Field(description="Since when it is to be done; by the real clock, as the next two.")
    tried_at: Instant | None = Field(description="When it was last begun; null before.")
    due_at: Instant | None = Field(description="When it is tried next; null for at once, or for never.")

    @classmethod
    def of(cls, row: Row, language: Language) -> Self:
        words = TASKS.get(row["task"])
        summary = words.say(language) if words else row["task"]
        return cls(**(row | {"id": row["job_id"], "summary": summary}))


class JobPage(Page[JobOut]):
    """One page of jobs: those that failed for good, those that run, those that wait; each the oldest first."""


@router.get("")
async def list_jobs(
    view: Reads,
    page: Paging,
    status: Annotated[list[JobStatus] | None, Query(description="Only in these states.", max_length=3)] = None,
    task: Annotated[Task | None, Query(description="Only this task.")] = None,
) -> JobPage:
    """List what is still to be done in the background, what failed for good first. For the office.

    A job that fails is tried again after 5 seconds, 1, 5 and 30 minutes, 2, 6 and 12 hours, then daily for a week.
    """
    found = await jobs.search(view, statuses=status, task=task, **page.binds)
    return JobPage.of(found, [JobOut.of(row, view.language) for row in found.rows])


@router.get("/{job_id}", responses=problems(NotFound))
async def read_job(view: Reads, job_id: JobId) -> JobOut:
    """Read a job. What was done is gone: not found."""
    return JobOut.of(await jobs.read(view, job_id), view.language)


@router.post("/{job_id}/retry", responses=problems(NotFound, WrongState))
async def retry_job(ctx: Ctx, job_id: JobId) -> JobOut:
    """Do a job now that failed or waits for its next attempt; it gets the whole schedule of attempts anew."""
    await jobs.retry(ctx, job_id)
    return JobOut.of(await jobs.read(ctx, job_id), ctx.language)
