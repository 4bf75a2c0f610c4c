"""The formal check over HTTP."""

from typing import Self
from uuid import UUID

from pydantic import Field

from app.api.filing.applications import ApplicationId, ApplicationOut
from app.api.http.dependencies import Ctx
from app.api.http.output import Out
from app.api.http.routing import Router
from app.findings import FindingOut
from app.models.enums import CheckDecision, Language
from app.problems import RulesViolated, WrongState
from app.services.filing import checks
from app.services.filing.checks import (
    CheckCreate,
    CheckResult,
    CheckReversal,
    CorrectionRequest,
    Disqualification,
    Verdict,
)

router = Router(tags=["checks"])


class CheckResultOut(Out):
    """Result for one application of a bulk check."""

    application_id: UUID = Field(description="The application.")
    done: bool = Field(description="False when a finding refused it; it is then as it was.", examples=[True])
    findings: list[FindingOut] = Field(
        description="Reasons of the refusal, with pointers into the request.", max_length=100
    )

    @classmethod
    def of(cls, result: CheckResult, language: Language) -> Self:
        findings = [finding.worded(language) for finding in result.findings]
        return cls(application_id=result.application_id, done=result.done, findings=findings)


class CheckResultsOut(Out):
    """Result for each application, in the order they were sent."""

    items: list[CheckResultOut] = Field(description="One for each application.", max_length=200)


@router.post("/applications/{application_id}/acceptance", raises=[WrongState, RulesViolated])
async def accept_application(application_id: ApplicationId, ctx: Ctx) -> ApplicationOut:
    """Accept a filed application: its form is in order, it goes to review. Office only.

    It is refused where the campaign takes no earlier winners, and its unit or its brand is one; and where an item of
    its veto list is open or was found.
    """
    await checks.check(ctx, application_id, Verdict(CheckDecision.ACCEPT))
    return await ApplicationOut.read(ctx, application_id)


@router.post("/applications/{application_id}/correction-request", raises=[WrongState, RulesViolated])
async def request_application_correction(
    application_id: ApplicationId, body: CorrectionRequest, ctx: Ctx
) -> ApplicationOut:
    """Send a filed or an accepted application back to be corrected until a day. Office only.

    The day becomes an extension for this application: until then, or until the deadline that counts already where that
    is later, it may be edited, submitted, sealed and filed again.
    You go on seeing it as it was filed until it is filed again.
    """
    await checks.check(ctx, application_id, body.verdict)
    return await ApplicationOut.read(ctx, application_id)


@router.post("/applications/{application_id}/disqualification", raises=[WrongState, RulesViolated])
async def disqualify_application(application_id: ApplicationId, body: Disqualification, ctx: Ctx) -> ApplicationOut:
    """Disqualify a filed or an accepted application, for reasons the campaign defines. Office only.

    What was accepted is disqualified while nothing stands on it: no award, no nomination, no round that is not closed.
    """
    await checks.check(ctx, application_id, body.verdict)
    return await ApplicationOut.read(ctx, application_id)


@router.post("/applications/{application_id}/check-reversal", raises=[WrongState, RulesViolated])
async def take_back_application_check(application_id: ApplicationId, body: CheckReversal, ctx: Ctx) -> ApplicationOut:
    """Take the decision on an application back, with the reason: it is `filed` again, as it was. Office only.

    An acceptance is taken back while no award, nomination or open round stands on it; a disqualification at any time;
    a correction that was asked for, with its days, until its unit or its committee has begun to correct it.
    """
    await checks.check(ctx, application_id, body.verdict)
    return await ApplicationOut.read(ctx, application_id)


@router.post("/checks")
async def create_checks(body: CheckCreate, ctx: Ctx) -> CheckResultsOut:
    """Decide on up to 200 filed applications at once. Office only.

    Each is judged for itself: the answer is 200 with one result per application, in the order sent, also when some of
    them were refused. `reason_codes` are needed to disqualify or to ask for a correction, `due_on` for a correction,
    `remark` to take decisions back — also all of an earlier call at once; what a decision does not need is ignored.
    """
    results = await checks.check_together(ctx, body)
    return CheckResultsOut(items=[CheckResultOut.of(result, ctx.language) for result in results])
