"""Reviewers over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Paging, Reads, filtered_by
from app.api.http.output import Instant, Out, Page, VersionTag
from app.api.http.routing import Router
from app.context import View
from app.models.enums import AccountStatus
from app.problems import RulesViolated
from app.services.judging import reviewers
from app.services.judging.reviewers import ReviewerProfile

router = Router("/reviewers", tags=["reviewers"])
Filters = Annotated[Chosen, filtered_by(reviewers.FILTERS)]
AccountId = Annotated[UUID, Path(description="The reviewer's account.")]
Label = Annotated[str, Field(max_length=100)]
Code = Annotated[str, Field(max_length=40)]


class ReviewerOut(Out):
    """A reviewer: whose person they are, what they know, how much they can read."""

    account_id: UUID = Field(description="Their account, by which they are named everywhere.")
    etag: VersionTag
    name: Label = Field(description="姓名", examples=["周敏"])
    account_status: AccountStatus = Field(description="State of their account; only active ones can sign in.")
    organisation: Label = Field(description="工作单位", examples=["唐山师范学院"])
    committee_id: UUID | None = Field(description="The committee they belong to.", examples=[None])
    committee_name: Label | None = Field(description="党（工）委", examples=["区直机关工委"])
    unit_id: UUID | None = Field(description="The civilized unit they belong to.", examples=[None])
    unit_name: Label | None = Field(description="文明单位", examples=["路北区图书馆"])
    expertise: list[Code] = Field(
        description="Codes of the categories they know best.", max_length=20, examples=[["derun"]]
    )
    minimum_load: int = Field(description="The fewest cases worth their while.", ge=0, le=1000, examples=[5])
    maximum_load: int = Field(description="The most cases they can read.", ge=1, le=1000, examples=[30])
    created_at: Instant = Field(description="Time of creation.")
    updated_at: Instant = Field(description="Time of the last change.")

    @classmethod
    async def read(cls, view: View, account_id: UUID) -> Self:
        return cls.model_validate(await reviewers.read(view, account_id))


class ReviewerPage(Page[ReviewerOut]):
    """One page of reviewers, oldest first."""


@router.get("")
async def list_reviewers(view: Reads, filters: Filters, page: Paging) -> ReviewerPage:
    """List the reviewers you may see, oldest first: the office all, a reviewer themselves, nobody else any."""
    found = await reviewers.search(view, **filters, **page.binds)
    return ReviewerPage.of(found, [ReviewerOut.model_validate(row) for row in found.rows])


@router.get("/{account_id}")
async def read_reviewer(account_id: AccountId, view: Reads) -> ReviewerOut:
    """Read a reviewer's profile: the office anybody's, a reviewer their own."""
    return await ReviewerOut.read(view, account_id)


@router.put(
    "/{account_id}",
    raises=[RulesViolated],
    responses={201: {"model": ReviewerOut, "description": "Written down for the first time."}},
    location="/reviewers/{account_id}",
)
async def replace_reviewer(
    account_id: AccountId, body: ReviewerProfile, version: IfMatch, ctx: Ctx, response: Response
) -> ReviewerOut:
    """Write down what a reviewer brings; the first time with `If-Match: "0"`. Office only.

    The account must be a reviewer's. A person of a unit or a committee is recused from its cases at once,
    also from those they had.
    """
    if await reviewers.put(ctx, account_id, body, version):
        response.status_code = 201
    return await ReviewerOut.read(ctx, account_id)
