"""The panel of a round over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from app.api.http.dependencies import Ctx, IfMatch, Reads
from app.api.http.output import Instant, Out, VersionTag
from app.api.http.routing import Router
from app.api.judging.rounds import RoundId
from app.context import View
from app.models.enums import AccountStatus
from app.problems import RulesViolated, WrongState
from app.services.judging import panels
from app.services.judging.panels import PanelSetting

router = Router("/rounds/{round_id}/panel", tags=["rounds"])
Label = Annotated[str, Field(max_length=100)]
Code = Annotated[str, Field(max_length=40)]


class PanelMemberOut(Out):
    """A judge of a round, as the office sees them."""

    reviewer_id: UUID = Field(description="The reviewer's account.")
    name: Label = Field(description="姓名", examples=["周敏"])
    account_status: AccountStatus = Field(description="State of their account; only active ones can sign in.")
    organisation: Label = Field(description="工作单位", examples=["唐山师范学院"])
    expertise: list[Code] = Field(
        description="Codes of the categories they know best.", max_length=20, examples=[["derun"]]
    )
    minimum_load: int = Field(description="The fewest cases worth their while.", ge=0, le=1000, examples=[5])
    maximum_load: int = Field(description="The most cases they can read.", ge=1, le=1000, examples=[30])
    assigned: int = Field(description="Number of cases they have.", ge=0, examples=[12])
    joined_at: Instant = Field(description="Time at which they joined the panel.")


class PanelOut(Out):
    """Reviewers of a round. The panel is changed with the round, and carries the round's `etag`."""

    round_id: UUID = Field(description="The round.")
    etag: VersionTag
    members: list[PanelMemberOut] = Field(description="In the order they joined.", max_length=200)

    @classmethod
    async def read(cls, view: View, round_id: UUID) -> Self:
        record = await panels.read(view, round_id)
        members = [PanelMemberOut.model_validate(row) for row in record.members]
        return cls(round_id=record.round.id, etag=record.round.version, members=members)


@router.get("")
async def read_panel(round_id: RoundId, view: Reads) -> PanelOut:
    """Read who judges in a round, with their loads. Office only."""
    return await PanelOut.read(view, round_id)


@router.put("", raises=[WrongState, RulesViolated])
async def replace_panel(round_id: RoundId, body: PanelSetting, version: IfMatch, ctx: Ctx) -> PanelOut:
    """Say who judges in a round that is not closed. `If-Match` is the round's. Office only.

    A member must have an active account and a profile. A member with an assigned case cannot be removed.
    """
    await panels.replace(ctx, round_id, body, version)
    return await PanelOut.read(ctx, round_id)
