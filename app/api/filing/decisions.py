"""The office's decisions over HTTP, as a list and as letters."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field

from app.api.filing.applications import ApplicationId, Label
from app.api.filing.prints import PAPER, Edited, Printing, drawn
from app.api.http.dependencies import Paging, Reads, Viewer
from app.api.http.output import Digest, Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.context import View
from app.models.enums import CheckDecision
from app.problems import RulesViolated
from app.services.filing import decisions
from app.services.filing.decisions import DecisionRow
from app.services.policies.filing.decisions import reasons_of

router = Router("/applications/{application_id}/decisions", tags=["checks"], in_a_seat=True)
DecisionId = Annotated[UUID, Path(description="The decision.")]


class DecisionOut(Out):
    """A decision of the office on what was filed. It never changes, but may be taken back by a later one."""

    id: ResourceId
    number: str = Field(description="文书编号", max_length=50, examples=["2015-QT-001-D01"])
    decision: CheckDecision = Field(description="Decision.")
    application_id: UUID = Field(description="The application.")
    application_number: Label = Field(description="申报编号", examples=["2015-QT-001"])
    unit_name: Label = Field(description="申报单位, as filed.", examples=["乔屯街道龙华社区"])
    brand_name: Label = Field(description="品牌名称, as filed.", examples=["“红马甲”邻里互助站"])
    version: int = Field(description="The filed version that it is about.", ge=1, examples=[2])
    digest: Digest
    decided_at: Instant = Field(description="Time of the decision.")
    reasons: list[Label] = Field(
        description="原因, in the campaign's words.", max_length=50, examples=[["盖章扫描件不清晰"]]
    )
    remark: str | None = Field(
        description="说明: further remarks, or the reason of taking a decision back.",
        max_length=500,
        examples=["第二幅图片无法辨认，请更换。"],
    )
    until: Instant | None = Field(description="End of the correction, exclusive; null for other decisions.")
    withdrawn_at: Instant | None = Field(description="Time at which it was taken back; null while it counts.")
    withdrawal_reason: str | None = Field(description="Reason of taking it back.", max_length=500, examples=[None])
    letter_href: str = Field(
        description="It as a letter, PDF.", max_length=200, examples=["/api/v1/applications/…/decisions/…/letter"]
    )

    @classmethod
    async def of(cls, view: View, row: DecisionRow) -> Self:
        decided, settings = await decisions.described(view, row)
        return cls(
            id=row.id,
            number=decided.number,
            decision=decided.decision,
            application_id=row.application_id,
            application_number=decided.application_number,
            unit_name=decided.unit,
            brand_name=decided.brand,
            version=decided.version,
            digest=decided.digest,
            decided_at=decided.at,
            reasons=reasons_of(settings, decided.reason_codes),
            remark=decided.remark,
            until=decided.until,
            withdrawn_at=decided.withdrawn_at,
            withdrawal_reason=decided.withdrawal_reason,
            letter_href=f"/api/v1/applications/{row.application_id}/decisions/{row.id}/letter",
        )


class DecisionPage(Page[DecisionOut]):
    """One page of decisions, oldest first."""


@router.get("")
async def list_decisions(application_id: ApplicationId, view: Reads, page: Paging) -> DecisionPage:
    """List the office's decisions on an application, oldest first: acceptance, correction, disqualification, reversal.

    The numbers of their letters count within the application, and stay.
    """
    found = await decisions.search(view, application_id, **page.binds)
    return DecisionPage.of(found, [await DecisionOut.of(view, row) for row in found.rows])


@router.get("/{decision_id}/letter", response_class=Response, responses=PAPER, raises=[RulesViolated])
async def read_decision_letter(
    application_id: ApplicationId,
    decision_id: DecisionId,
    view_of: Viewer,
    press: Printing,
    edition: Edited,
) -> Response:
    """Download a decision as a letter (通知书) with its number, date, reasons, deadline and sender.

    It is a 受理通知书, 补正通知书, 不予受理通知书 or 撤销审查决定通知书, about the version that was on file.
    One that was taken back says so, and why.
    """
    async with view_of() as view:
        sheet = await edition.of(view, await decisions.letter(view, application_id, decision_id))
    return await drawn(press, view.actor.id, sheet, edition.form)
