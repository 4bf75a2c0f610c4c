"""Progress of a programme (系列活动): what every committee has filed in each of its campaigns, and in all together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Text, and_, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from app.context import View, acting_as, own_committees
from app.database import Query, bound_id
from app.models import Campaign, Committee, Programme, Tally
from app.models.enums import Role
from app.problems import NotFound
from app.rows import row_type
from app.services.filing import campaigns, programmes, tallies
from app.services.filing.concessions import exemptions_together
from app.services.filing.progress import COMMITTEE, CommitteeOfProgress
from app.services.pages import Page
from app.services.policies import require_role
from app.services.policies.filing import siblings as policy
from app.services.policies.filing.applications import FILED_STATES
from app.services.policies.filing.exemptions import Granted, in_force_together
from app.services.policies.filing.notice import StoredSettings
from app.services.policies.filing.programmes import ProgrammeSettings

_PROGRAMME_ID = bound_id("programme_id")
_in_it = select(Campaign.id).where(Campaign.programme_id == _PROGRAMME_ID, campaigns.VISIBLE)
_counted = (
    select(
        Tally.committee_id,
        Tally.subject_id,
        tallies.number(or_(*(Tally.code == status for status in sorted(FILED_STATES)))).label("filed"),
    )
    .where(Tally.subject_id.in_(_in_it), tallies.APPLICATIONS)
    .group_by(Tally.committee_id, Tally.subject_id)
    .subquery("counted")
)
_by_campaign = (
    select(
        _counted.c.committee_id,
        func.jsonb_object_agg(cast(_counted.c.subject_id, Text), _counted.c.filed).label("filed"),
    )
    .group_by(_counted.c.committee_id)
    .subquery("by_campaign")
)


@row_type
class ProgressRow(CommitteeOfProgress):
    """A committee and what it has filed, by campaign; without a committee where there is none yet."""

    settings: StoredSettings
    filed: Mapping[str, int]
    exemptions: Granted


_PROGRESS = Query(
    select(
        *COMMITTEE,
        Programme.settings,
        func.coalesce(_by_campaign.c.filed, literal_column("'{}'::jsonb", JSONB)).label("filed"),
        exemptions_together(Committee.id),
    )
    .select_from(Programme)
    .outerjoin(
        Committee,
        and_(
            or_(acting_as(Role.OFFICE), own_committees(Committee.id)),
            or_(Committee.retired_at.is_(None), Committee.id.in_(select(_counted.c.committee_id))),
        ),
    )
    .outerjoin(_by_campaign, _by_campaign.c.committee_id == Committee.id)
    .where(Programme.id == _PROGRAMME_ID, programmes.VISIBLE)
    .order_by(Committee.code, Committee.id),
    ProgressRow,
)


@dataclass(frozen=True, slots=True)
class FiledInCampaign:
    """The number of cases that a committee has filed in a campaign of the programme."""

    campaign_id: UUID
    entry: str | None
    batch: str | None
    filed: int


@dataclass(frozen=True, slots=True)
class CommitteeProgress:
    """A committee's numbers in each campaign, in their order, and in all.

    `on_file` counts the cases of all committees that are one with it since a merger.
    """

    row: ProgressRow
    campaigns: Sequence[FiledInCampaign]
    filed: int
    on_file: int
    minimum: int
    missing: int


async def search(view: View, programme_id: UUID, *, after: UUID | None, limit: int) -> Page[CommitteeProgress]:
    """Return the committees that the actor may see, by code, each with its numbers. Office and committees only."""
    committees = await of_committees(view, programme_id, await programmes.members_of(view, programme_id))
    ids = [each.row.committee_id for each in committees]
    left = committees[ids.index(after) + 1 if after in ids else 0 :]
    page = left[:limit]
    return Page(page, page[-1].row.committee_id if len(left) > limit else None, len(committees))


async def of_committees(
    view: View, programme_id: UUID, members: Sequence[programmes.MemberRow]
) -> list[CommitteeProgress]:
    """Return all committees that the actor may see, by code. Office and committees only."""
    require_role(view.actor.role, Role.OFFICE, Role.COMMITTEE)
    rows = await view.rows(_PROGRESS, programme_id=programme_id)
    if not rows:
        raise NotFound
    settings, together = ProgrammeSettings.model_validate(rows[0].settings), Counter[UUID | None]()
    for row in rows:
        together[row.whole_id] += sum(row.filed.values())
    return [_assessed(row, members, settings, together[row.whole_id]) for row in rows if row.committee_id]


def _assessed(
    row: ProgressRow, members: Sequence[programmes.MemberRow], settings: ProgrammeSettings, together: int
) -> CommitteeProgress:
    """Assess one committee; what committees that are one since a merger lack together, the last one owes."""
    filed = [FiledInCampaign(each.id, each.entry, each.batch, row.filed.get(str(each.id), 0)) for each in members]
    owes_nothing = bool(row.direct) or row.whole_id != row.committee_id
    held = in_force_together(settings, row.exemptions)
    missing = policy.missing(held, together, owes_nothing=owes_nothing)
    numbers = sum(each.filed for each in filed), together, held.minimum_filed or 0, missing
    return CommitteeProgress(row, filed, *numbers)
