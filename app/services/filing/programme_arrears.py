"""Committees that still owe something in a programme (系列活动): in each of its campaigns, and in all together."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.context import View
from app.models.enums import CampaignStatus
from app.problems import NotFound
from app.services.filing import arrears, campaigns, programme_progress, programmes
from app.services.filing.arrears import Arrears, Contact
from app.services.filing.prints import Sheet
from app.services.filing.programmes import MemberRow
from app.services.filing.progress import CommitteeOfProgress
from app.services.pages import Page
from app.services.policies.filing import arrears as policy


@dataclass(frozen=True, slots=True)
class ArrearsOfCampaign:
    """Things owed by a committee in a campaign of the programme."""

    campaign: MemberRow
    arrears: Arrears

    @property
    def label(self) -> str:
        return "·".join(filter(None, [self.campaign.entry, self.campaign.batch])) or self.campaign.name


@dataclass(frozen=True, slots=True)
class ProgrammeArrears:
    """Things owed by a committee in each campaign, and the cases it lacks in all of them together.

    `filed` counts its cases with those of committees merged into it.
    """

    row: CommitteeOfProgress
    campaigns: Sequence[ArrearsOfCampaign]
    filed: int
    minimum: int
    missing: int

    @property
    def owes(self) -> bool:
        return bool(self.campaigns or self.missing)

    @property
    def in_words(self) -> str:
        labelled = [(each.label, each.arrears.in_words) for each in self.campaigns]
        return policy.in_all(labelled, self.filed, self.minimum, self.missing)


@dataclass(frozen=True, slots=True)
class ProgrammeArrearsRecord:
    """Things owed by a committee, and its people."""

    arrears: ProgrammeArrears
    contact: Contact


async def search(view: View, programme_id: UUID, *, after: UUID | None, limit: int) -> Page[ProgrammeArrearsRecord]:
    """Return the committees that owe something, by code. Office and committees only."""
    every = await _every(view, programme_id, await programmes.members_of(view, programme_id))
    ids = [each.row.committee_id for each in every]
    left = [each for each in every[ids.index(after) + 1 if after in ids else 0 :] if each.owes]
    page = await _with_contacts(view, left[:limit])
    total = sum(each.owes for each in every)
    return Page(page, page[-1].contact.id if len(left) > limit else None, total)


async def paper(view: View, programme_id: UUID) -> Sheet:
    """Lay out the whole list; NotFound while no campaign of the programme is published."""
    programme, members = await programmes.find(view, programme_id), await programmes.members_of(view, programme_id)
    every = await _every(view, programme_id, members)
    if not (published := _published(members)):
        raise NotFound
    first = await campaigns.settings_of(view, published[0].settings_digest)
    found = await _with_contacts(view, [each for each in every if each.owes])
    rows = [(each.arrears.row.committee_name or "", each.arrears.in_words, each.contact) for each in found]
    notice = policy.Notice(programme.title, programme.year, programme.organizer, first.recommender)
    return arrears.laid(notice, programme_id, rows, view.now.astimezone(first.zone))


def _published(members: Sequence[MemberRow]) -> list[MemberRow]:
    """Return the campaigns in which something can be owed, in their order."""
    return [each for each in members if each.status is CampaignStatus.PUBLISHED]


async def _every(view: View, programme_id: UUID, members: Sequence[MemberRow]) -> list[ProgrammeArrears]:
    """Return every committee by code, with what it owes: a statement for each campaign, of which there are few."""
    progress = await programme_progress.of_committees(view, programme_id, members)
    owed: dict[UUID | None, list[ArrearsOfCampaign]] = {}
    rows: dict[UUID | None, CommitteeOfProgress] = {each.row.committee_id: each.row for each in progress}
    for member in _published(members):
        for each in await arrears.of_campaign(view, member.id):
            rows.setdefault(each.progress.row.committee_id, each.progress.row)
            owed.setdefault(each.progress.row.committee_id, []).append(ArrearsOfCampaign(member, each))
    figures = {each.row.committee_id: (each.on_file, each.minimum, each.missing) for each in progress}
    every = [
        ProgrammeArrears(row, owed.get(committee_id, []), *figures.get(committee_id, (0, 0, 0)))
        for committee_id, row in rows.items()
    ]
    return sorted(every, key=lambda each: each.row.committee_code or "")


async def _with_contacts(view: View, owing: Sequence[ProgrammeArrears]) -> list[ProgrammeArrearsRecord]:
    named = [(each, each.row.committee_id) for each in owing]
    found = await arrears.contacts(view, [committee_id for _, committee_id in named if committee_id])
    return [ProgrammeArrearsRecord(each, found[committee_id]) for each, committee_id in named if committee_id]
