"""年度报告: a campaign's report upward, of its statistics, the progress of its committees, and its awards."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, tuple_

from app.context import View
from app.database import Query, bound_id
from app.models import Application, Award, Committee, Extension
from app.models.enums import AwardStatus, ExtensionCause
from app.rows import row_type
from app.services.filing import progress, statistics
from app.services.filing.filed_sets import stands_for
from app.services.filing.prints import Sheet
from app.services.filing.progress import CommitteeProgress
from app.services.policies.filing import reports as policy
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.reports import CommitteeFigures, Figures
from app.services.policies.filing.statistics import MOST_YEARS, Counted, Dimension, in_words

_CAMPAIGN_ID = bound_id("campaign_id")


@row_type
class AwardCount:
    """The number of awards of one kind and grade that are in force."""

    kind: str
    grade: str | None
    count: int


@row_type
class CommitteeAwards:
    """The number of a committee's cases with an award that is in force."""

    code: str
    count: int


@row_type
class Totals:
    """Numbers of a campaign that no statistics have."""

    units: int
    extensions: int


_in_force = (Award.campaign_id == _CAMPAIGN_ID, Award.status == AwardStatus.AWARDED)
_AWARDS = Query(
    select(Award.kind, Award.grade, func.count().label("count"))
    .where(*_in_force)
    .group_by(Award.kind, Award.grade)
    .order_by(Award.kind, Award.grade),
    AwardCount,
)
_AWARDED = Query(
    select(Committee.code, func.count(Application.id.distinct()).label("count"))
    .select_from(Award)
    .join(Application, Application.id == Award.application_id)
    .join(Committee, Committee.id == Application.committee_id)
    .where(*_in_force)
    .group_by(Committee.id),
    CommitteeAwards,
)
_granted = tuple_(*(stands_for(Committee), Extension.application_id, Extension.kind, Extension.until, Extension.reason))
_TOTALS = Query(
    select(
        select(func.count(Application.unit_id.distinct()))
        .where(Application.campaign_id == _CAMPAIGN_ID, Application.filed_version_id.is_not(None))
        .scalar_subquery()
        .label("units"),
        select(func.count(_granted.distinct()))
        .join(Committee, Committee.id == Extension.committee_id)
        .where(
            *(Extension.campaign_id == _CAMPAIGN_ID, Extension.revoked_at.is_(None)),
            Extension.cause == ExtensionCause.GRANT,
        )
        .scalar_subquery()
        .label("extensions"),
    ),
    Totals,
)
"""A plan that goes to another committee in a merger takes its extension along, which is a second row of one grant."""


async def paper(view: View, campaign_id: UUID) -> Sheet:
    """Lay out the report; NotFound unless there is the campaign. Office only."""
    found = await statistics.read(view, campaign_id)
    settings, at = found.settings, view.now.astimezone(found.settings.zone)
    words = await statistics.words(view, settings)
    counted = {of: in_words(of, found.counts.get(of, ()), words) for of in Dimension}
    days = {date.fromisoformat(row.code): row.count for row in found.counts.get(Dimension.DAY, ()) if row.code}
    of_committees = await progress.read(view, campaign_id)
    (totals,) = await view.rows(_TOTALS, campaign_id=campaign_id)
    figures = Figures(
        *(at, found.funnel, found.stages, counted, days),
        *(await _committees(view, found, of_committees.committees)),
        *(totals.units, totals.extensions, of_committees.totals.out_for_correction),
        _awards(settings, await view.rows(_AWARDS, campaign_id=campaign_id)),
        (await statistics.latest(view, before=found.funnel.year))[1 - MOST_YEARS :],
    )
    return Sheet(policy.report_of(settings, figures), policy.report_name(settings, campaign_id, f"{at:%Y%m%d}"))


async def _committees(
    view: View, found: statistics.Statistics, committees: Sequence[CommitteeProgress]
) -> tuple[list[CommitteeFigures], CommitteeFigures | None]:
    """Return the figures of the committees, those that filed most first, and of the units without one.

    Committees that are one since a merger have their figures together.
    """
    counted = (*found.counts.get(Dimension.COMMITTEE, ()), *found.counts.get(Dimension.DIRECT, ()))
    filed = {row.code: row.count for row in counted}
    awards = await view.rows(_AWARDED, campaign_id=found.funnel.id)
    awarded: dict[str | None, int] = {row.code: row.count for row in awards}
    kin: dict[UUID | None, list[CommitteeProgress]] = defaultdict(list)
    for each in committees:
        kin[None if each.row.direct else each.row.whole_id].append(each)
    direct = kin.pop(None, None)
    figures = [_figures(together, filed, awarded) for together in kin.values()]
    return (
        sorted(figures, key=lambda each: -each.filed),
        replace(_figures(direct, filed, awarded), name=Dimension.DIRECT.label) if direct else None,
    )


def _figures(
    kin: Sequence[CommitteeProgress], filed: Mapping[str | None, int], awarded: Mapping[str | None, int]
) -> CommitteeFigures:
    """Sum committees up that are one, under the name of the last of them, which owes what they lack."""
    last = next((each for each in kin if each.row.whole_id == each.row.committee_id), kin[0])
    codes = [each.row.committee_code for each in kin]
    return CommitteeFigures(
        name=last.row.committee_name or "",
        planned=sum(each.counts.planned for each in kin),
        filed=sum(filed.get(code, 0) for code in codes),
        accepted=sum(each.counts.accepted for each in kin),
        awarded=sum(awarded.get(code, 0) for code in codes),
        missing=last.missing,
        plan_owed=last.plan_owed,
    )


def _awards(settings: CampaignSettings, rows: Iterable[AwardCount]) -> list[Counted]:
    """Name kinds and grades, in the order of the notice."""
    names = {
        (kind.code, code): f"{kind.name}{name}"
        for kind in settings.award_kinds
        for code, name in (*((grade.code, grade.name) for grade in kind.grades), (None, ""))
    }
    counts = {(row.kind, row.grade): row.count for row in rows}
    unknown = [key for key in counts if key not in names]
    return [Counted(names.get(key, key[0]), counts[key]) for key in (*names, *unknown) if key in counts]
