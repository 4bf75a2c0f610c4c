"""The formal check (形式审查): the office accepts, asks for a correction, or disqualifies — one, or many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Annotated
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.context import Context
from app.findings import Finding, refusing
from app.inputs import ApplicationIds, Code, Day, Input, Prose, Reason
from app.models.enums import ApplicationStatus, CheckDecision, Role
from app.services.filing import extensions, filings, reorganisations
from app.services.filing.filings import Held
from app.services.history import change_state
from app.services.policies import UNKNOWN_REFERENCE, judge, require_role
from app.services.policies.filing import applications as policy
from app.services.policies.filing import vetoes
from app.services.policies.filing.applications import ApplicationFacts
from app.services.policies.filing.deadlines import correction_until
from app.services.policies.filing.decisions import reasons_of
from app.services.policies.filing.notice import CampaignSettings

ReasonCodes = Annotated[
    list[Code],
    Field(max_length=20, description="Reason codes the campaign defines.", examples=[["seal_unclear"]]),
]
Remark = Annotated[Prose, Field(max_length=500, description="Further remarks for the unit; kept, and visible to it.")]
_ACTS = {
    CheckDecision.ACCEPT: policy.ACCEPT,
    CheckDecision.REQUEST_CORRECTION: policy.REQUEST_CORRECTION,
    CheckDecision.DISQUALIFY: policy.DISQUALIFY,
    CheckDecision.TAKE_BACK: policy.TAKE_BACK_CHECK,
}
_REFUSALS = {CheckDecision.REQUEST_CORRECTION, CheckDecision.DISQUALIFY}
_NEEDED = {
    CheckDecision.REQUEST_CORRECTION: {"reason_codes", "due_on"},
    CheckDecision.DISQUALIFY: {"reason_codes"},
    CheckDecision.TAKE_BACK: {"remark"},
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The office's decision with its reasons; a correction has its day."""

    decision: CheckDecision
    reason_codes: Sequence[str] = ()
    remark: str | None = None
    due_on: date | None = None


class CorrectionRequest(Input):
    """Send a filed application back to be corrected until a day: an extension of its own, where that is the later."""

    reason_codes: Annotated[ReasonCodes, Field(min_length=1)]
    remark: Remark | None = Field(None, examples=["第二幅图片无法辨认，请更换。"])
    due_on: Day = Field(
        description="The last day for the correction; where the deadline that counts already is later, that one.",
        examples=["2015-09-25"],
    )

    @property
    def verdict(self) -> Verdict:
        return Verdict(CheckDecision.REQUEST_CORRECTION, self.reason_codes, self.remark, self.due_on)


class Disqualification(Input):
    """Rule a filed application out."""

    reason_codes: Annotated[ReasonCodes, Field(min_length=1)]
    remark: Remark | None = Field(None, examples=["申报单位不属于文明单位。"])

    @property
    def verdict(self) -> Verdict:
        return Verdict(CheckDecision.DISQUALIFY, self.reason_codes, self.remark)


class CheckReversal(Input):
    """Take a decision back."""

    reason: Reason = Field(description="Reason; kept, and visible to those concerned.", examples=["误点，应为另一件。"])

    @property
    def verdict(self) -> Verdict:
        return Verdict(CheckDecision.TAKE_BACK, remark=self.reason)


class CheckCreate(Input):
    """One decision on many filed applications; each is judged for itself."""

    decision: CheckDecision = Field(description="Decision.")
    application_ids: ApplicationIds
    reason_codes: ReasonCodes = Field([], validate_default=True)
    remark: Remark | None = Field(
        None,
        description="Further remarks for the unit, or the reason of taking a decision back.",
        examples=["第二幅图片无法辨认，请更换。"],
        validate_default=True,
    )
    due_on: Day | None = Field(
        None, description="The last day for a correction.", examples=["2015-09-25"], validate_default=True
    )

    @field_validator("reason_codes", "remark", "due_on")
    @classmethod
    def _needed(cls, value: object, info: ValidationInfo) -> object:
        if not value and info.field_name in _NEEDED.get(info.data.get("decision", CheckDecision.ACCEPT), ()):
            raise PydanticCustomError("missing", "Needed for this decision.")
        return value

    @property
    def verdict(self) -> Verdict:
        """The members that the decision needs."""
        if self.decision is CheckDecision.ACCEPT:
            return Verdict(self.decision)
        due_on = self.due_on if self.decision is CheckDecision.REQUEST_CORRECTION else None
        codes = () if self.decision is CheckDecision.TAKE_BACK else self.reason_codes
        return Verdict(self.decision, codes, self.remark, due_on)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one item of a bulk check: done unless one of the findings refuses."""

    application_id: UUID
    findings: list[Finding]

    @property
    def done(self) -> bool:
        return not refusing(self.findings)


async def check(ctx: Context, application_id: UUID, verdict: Verdict) -> None:
    """Decide on one application."""
    one = await filings.hold_one(ctx, application_id)
    judge(_ACTS[verdict.decision], ctx.actor.role, one.facts, _findings(one, verdict))
    await _decide(ctx, one, verdict)


async def check_together(ctx: Context, body: CheckCreate) -> list[CheckResult]:
    """Decide on many: each one independently of the others.

    Each is judged before it is changed, under the locks of all, so that nothing ever has to be undone.
    """
    require_role(ctx.actor.role, Role.OFFICE)
    held = await filings.hold(ctx, body.application_ids)
    return [
        CheckResult(
            application_id, await _attempt(ctx, f"/application_ids/{index}", held.get(application_id), body.verdict)
        )
        for index, application_id in enumerate(body.application_ids)
    ]


async def _attempt(ctx: Context, place: str, one: Held | None, verdict: Verdict) -> list[Finding]:
    """Decide on one of many, unless something refuses it."""
    if one is None:
        return [UNKNOWN_REFERENCE(place)]
    act = _ACTS[verdict.decision]
    barred = [finding.under(place) for finding in act.obstacles(ctx.actor.role, one.facts)]
    found = barred or [*act.findings(ctx.actor.role, one.facts), *_findings(one, verdict)]
    if not refusing(found):
        await _decide(ctx, one, verdict)
    return found


def _findings(one: Held, verdict: Verdict) -> list[Finding]:
    """Return why the verdict's reasons or date may not be used; the act has rules of its own."""
    if verdict.decision is CheckDecision.ACCEPT:
        return []
    if verdict.decision is CheckDecision.TAKE_BACK:
        return policy.untouched_findings(one.facts)
    if verdict.due_on is None:
        reasons = one.facts.settings.disqualification_reasons
        return policy.decision_findings(one.facts, reasons, verdict.reason_codes)
    return policy.correction_findings(one.facts, verdict.due_on, verdict.reason_codes)


async def _decide(ctx: Context, one: Held, verdict: Verdict) -> None:
    taken_back = verdict.decision is CheckDecision.TAKE_BACK
    recalled = taken_back and one.facts.status is ApplicationStatus.RETURNED
    codes = _reasons(one.facts, verdict)
    change_state(
        ctx,
        one.application,
        _ACTS[verdict.decision],
        data={"reason_codes": codes, "reason": verdict.remark, **_until(one.facts, verdict)},
        reason_codes=codes,
        reason=None if taken_back else verdict.remark,
    )
    if recalled and verdict.remark:
        await extensions.revoke_correction(ctx, one.application.id, verdict.remark)
    if verdict.due_on:
        if one.facts.retired:
            await reorganisations.hand_on(ctx, one.application)
        why = verdict.remark or _names(one.facts.settings, codes)
        await extensions.grant_correction(ctx, one.application, one.facts.settings, verdict.due_on, why)


def _until(facts: ApplicationFacts, verdict: Verdict) -> dict[str, str]:
    """Return the deadline of a correction: the day it is asked for, or the later one that counts already."""
    if verdict.due_on is None:
        return {}
    until = correction_until(facts.settings, verdict.due_on, facts.deadline)
    return {"until": until.astimezone(UTC).isoformat()}


def _reasons(facts: ApplicationFacts, verdict: Verdict) -> list[str]:
    if verdict.decision not in _REFUSALS:
        return list(verdict.reason_codes)
    return vetoes.reasons_of_refusal(facts.settings.vetoes, facts.vetoes, verdict.reason_codes)


def _names(settings: CampaignSettings, codes: Sequence[str]) -> str:
    """The reasons in the campaign's words, as long as an extension's reason may be."""
    return "；".join(reasons_of(settings, codes))[:500]
