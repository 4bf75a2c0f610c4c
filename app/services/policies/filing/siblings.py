"""The regulation of siblings: what a programme asks of applications in several of its campaigns together."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.findings import Finding, Rule
from app.models.enums import ApplicationStatus as Status
from app.models.enums import Severity
from app.services.policies.filing.exemptions import Granted
from app.services.policies.filing.programmes import ProgrammeSettings

TAKING_PART = frozenset(Status) - {Status.DRAFT, Status.DECLINED, Status.DISQUALIFIED, Status.WITHDRAWN}
"""States of what was handed to the committee and is still in the running."""

TOO_MANY_ENTRIES = Rule(
    "too_many_entries",
    "本单位已参评“{entries}”；“{title}”规定每个单位最多参评 {most} 类。",
    "This unit takes part in “{entries}” already: “{title}” lets a unit take part in at most {most} kinds of entry.",
)
MANY_ENTRIES = Rule(
    "too_many_entries",
    "本单位已参评“{entries}”；“{title}”建议每个单位最多参评 {most} 类，请核对。",
    "This unit takes part in “{entries}” already; “{title}” advises at most {most} kinds of entry: please look at it.",
    Severity.ADVICE,
)
IN_ANOTHER_BATCH = Rule(
    "in_another_batch",
    "同一品牌正在“{campaign}”中申报，不能同时参加两批。",
    "The same brand takes part in “{campaign}”, which is not closed: it cannot be in two batches at once.",
)
ALSO_IN_ANOTHER_BATCH = Rule(
    "in_another_batch",
    "同一品牌正在“{campaign}”中申报，请核对。",
    "The same brand takes part in “{campaign}”, which is not closed: please look at it.",
    Severity.ADVICE,
)
TOO_MANY_TOGETHER = Rule(
    "too_many_together",
    "连同各类别、各批次已上报的共 {count} 件，“{title}”规定最多 {maximum} 件。",
    "{count} with those filed in all entries and batches; “{title}” allows at most {maximum}.",
)
TOO_FEW_TOGETHER = Rule(
    "too_few_together",
    "此后各类别、各批次已上报的共剩 {count} 件，少于“{title}”规定的最低 {minimum} 件。",
    "{count} would be left in all entries and batches, of {minimum} at least by “{title}”.",
    Severity.ADVICE,
)


@dataclass(frozen=True, slots=True)
class Siblings:
    """Applications in the other campaigns of a programme, as its rules look at them.

    `entries` are the other kinds of entry that the unit takes part in, `batches` the running campaigns of the same kind
    that have a case of the unit under the same brand's name. `filed` counts what the committee has put forward in all
    campaigns together, without what the office disqualified. The settings are those in force for the committee, or the
    application, by the exemptions that it has.
    """

    settings: ProgrammeSettings
    entries: Sequence[str] = ()
    batches: Sequence[str] = ()
    filed: int = 0
    exemptions: Granted = ()


def unit_findings(siblings: Siblings | None) -> list[Finding]:
    """Judge what else of its programme the unit takes part in; it counts from the submission to the committee on."""
    if siblings is None:
        return []
    return [*_entry_findings(siblings), *_batch_findings(siblings)]


def most_together(siblings: Siblings | None, filed_now: int) -> list[Finding]:
    """Require that a committee puts no more forward in all campaigns of a programme than its notice allows."""
    maximum = siblings and siblings.settings.maximum_filed
    if siblings is None or not maximum or not filed_now or siblings.filed + filed_now <= maximum:
        return []
    count = siblings.filed + filed_now
    return [TOO_MANY_TOGETHER(count=count, maximum=maximum, title=siblings.settings.title)]


def rest_together(siblings: Siblings | None, leaving: int) -> list[Finding]:
    """Advise on a withdrawal that leaves less in all campaigns of a programme than its notice asks for."""
    minimum = siblings and siblings.settings.minimum_filed
    if siblings is None or not minimum or not leaving or siblings.filed - leaving >= minimum:
        return []
    return [TOO_FEW_TOGETHER(count=siblings.filed - leaving, minimum=minimum, title=siblings.settings.title)]


def missing(settings: ProgrammeSettings, filed: int, *, owes_nothing: bool) -> int:
    """Count what a committee lacks to the minimum of all campaigns together."""
    return 0 if owes_nothing else max(0, (settings.minimum_filed or 0) - filed)


def _entry_findings(siblings: Siblings) -> list[Finding]:
    asked = siblings.settings.entries_per_unit
    if asked is None or len(siblings.entries) < asked.most:
        return []
    rule = TOO_MANY_ENTRIES if asked.effect == "refused" else MANY_ENTRIES
    return [rule("/unit_id", entries=list(siblings.entries), most=asked.most, title=siblings.settings.title)]


def _batch_findings(siblings: Siblings) -> list[Finding]:
    rule = IN_ANOTHER_BATCH if siblings.settings.one_batch == "refused" else ALSO_IN_ANOTHER_BATCH
    names = siblings.batches if siblings.settings.one_batch else ()
    return [rule("/brand_name", campaign=name) for name in names]
