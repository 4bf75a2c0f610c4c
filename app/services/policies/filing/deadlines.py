"""The deadline that counts, found in one function, and the one rule that compares it with the clock."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import DeadlineKind, DeadlineSource
from app.services.policies.filing.notice import CampaignSettings

NOT_YET_OPEN = Rule(
    "not_yet_open", "“{campaign}”的{label}自{opens_on}起方可办理。", "{campaign}: {kind} opens on {opens_on}."
)
DEADLINE_PASSED = Rule(
    "deadline_passed",
    "“{campaign}”的{label}截止时间（{enforced_at}）已过。",
    "The {kind} deadline of {campaign} ({enforced_at}) has passed.",
)

CLOSES_BEFORE_ITS_DAY = Rule(
    "closes_before_its_day",
    "“{campaign}”的截止时间（{enforced_at}）早于公布的最后一天（{due_on}）。",
    "The instant that enforces it ({enforced_at}) in {campaign} is before the published day ({due_on}).",
)
NO_PLAN_STAGE = Rule("no_plan_stage", "“{campaign}”不要求报送实施计划。", "{campaign} asks for no plans.")


@dataclass(frozen=True, slots=True)
class LaterDeadline:
    """The latest extension that applies: its published day and its instant."""

    id: UUID
    due_on: date
    until: datetime


@dataclass(frozen=True, slots=True)
class Deadline:
    """The deadline that counts for one committee or one application, and where it comes from."""

    kind: DeadlineKind
    opens_at: datetime
    due_on: date
    enforced_at: datetime
    source: DeadlineSource
    extension_id: UUID | None
    campaign: str

    @property
    def named(self) -> dict[str, str]:
        """Its kind and its campaign, for a sentence: several may run at a time."""
        return {"kind": self.kind, "label": self.kind.label, "campaign": self.campaign}


def effective(settings: CampaignSettings, kind: DeadlineKind, extension: LaterDeadline | None) -> Deadline:
    """The latest of the campaign's deadline and the extension that applies."""
    window = settings.window(kind)
    opens_at, closes_at = settings.opens_at(window), settings.closes_at(window)
    if extension is None or extension.until <= closes_at:
        return Deadline(kind, opens_at, window.due_on, closes_at, DeadlineSource.CAMPAIGN, None, settings.name)
    until = extension.until.astimezone(settings.zone)
    return Deadline(kind, opens_at, extension.due_on, until, DeadlineSource.EXTENSION, extension.id, settings.name)


def correction_until(settings: CampaignSettings, due_on: date | None, deadline: Deadline) -> datetime:
    """Return the end of a correction: of the day it is asked for, or the later deadline that counts already."""
    return max(settings.end_of(due_on), deadline.enforced_at) if due_on else deadline.enforced_at


def closing_findings(settings: CampaignSettings, due_on: date, until: datetime) -> list[Finding]:
    """Require an instant that is not before the published day begins: the one is what the other says."""
    if until.astimezone(settings.zone).date() >= due_on:
        return []
    return [CLOSES_BEFORE_ITS_DAY("/enforced_at", campaign=settings.name, enforced_at=until, due_on=due_on)]


def stage_findings(settings: CampaignSettings, kind: DeadlineKind, pointer: str | None = None) -> list[Finding]:
    """Require a campaign that has such a stage: that of plans is optional."""
    return [] if settings.asks_for(kind) else [NO_PLAN_STAGE(pointer, campaign=settings.name)]


def deadline_findings(deadline: Deadline, now: datetime) -> list[Finding]:
    """Require an open deadline: from the first day until the enforcing instant, which is exclusive."""
    if now < deadline.opens_at:
        return [NOT_YET_OPEN(**deadline.named, opens_on=deadline.opens_at.date(), opens_at=deadline.opens_at)]
    if now >= deadline.enforced_at:
        return [DEADLINE_PASSED(**deadline.named, due_on=deadline.due_on, enforced_at=deadline.enforced_at)]
    return []
