"""Committees that still owe something in a campaign, with whom to ring: of the figures of its progress."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.context import View
from app.database import Query, bound_ids
from app.models import Committee
from app.rows import row_type
from app.services.filing import campaigns, progress
from app.services.filing.prints import Sheet
from app.services.filing.progress import CommitteeProgress
from app.services.pages import Page
from app.services.policies.filing import arrears as policy
from app.services.policies.filing.notice import CampaignSettings


@row_type
class Contact:
    """The people of a committee."""

    id: UUID
    leader_name: str | None
    leader_title: str | None
    liaison_name: str | None
    liaison_phone: str | None


_CONTACTS = Query(
    select(
        *(Committee.id, Committee.leader_name, Committee.leader_title),
        *(Committee.liaison_name, Committee.liaison_phone),
    ).where(Committee.id == bound_ids("committee_ids").any_()),
    Contact,
)


@dataclass(frozen=True, slots=True)
class Arrears:
    """Things owed by a committee in a campaign."""

    progress: CommitteeProgress

    @property
    def owes(self) -> bool:
        one = self.progress
        return policy.owes(one.counts, one.missing, plan=one.plan_owed)

    @property
    def in_words(self) -> str:
        one = self.progress
        return policy.in_words(one.counts, one.on_file, one.missing, plan=one.plan_owed)


@dataclass(frozen=True, slots=True)
class ArrearsRecord:
    """Things owed by a committee, and its people."""

    arrears: Arrears
    contact: Contact


async def search(view: View, campaign_id: UUID, *, after: UUID | None, limit: int) -> Page[ArrearsRecord]:
    """Return the committees that owe something, by code. Office and committees only."""
    committees = (await progress.read(view, campaign_id)).committees
    ids = [each.row.committee_id for each in committees]
    left = _owing(committees[ids.index(after) + 1 if after in ids else 0 :])
    page = await _with_contacts(view, left[:limit])
    return Page(page, page[-1].contact.id if len(left) > limit else None, len(_owing(committees)))


async def paper(view: View, campaign_id: UUID) -> Sheet:
    """Lay out the whole list."""
    owing = _owing((await progress.read(view, campaign_id)).committees)
    settings = CampaignSettings.model_validate((await campaigns.find(view, campaign_id)).settings)
    found = await _with_contacts(view, owing)
    rows = [(each.arrears.progress.row.committee_name or "", each.arrears.in_words, each.contact) for each in found]
    return laid(policy.of_campaign(settings), campaign_id, rows, view.now.astimezone(settings.zone))


def laid(notice: policy.Notice, its_id: UUID, rows: Iterable[tuple[str, str, Contact]], at: datetime) -> Sheet:
    """Lay out committees by name, what each owes in words, and its people."""
    cells = [[name, words, *_people(contact)] for name, words, contact in rows]
    paper = policy.arrears_paper(notice, cells, f"{at:%Y-%m-%d %H:%M}")
    return Sheet(paper, policy.arrears_name(notice, its_id, f"{at:%Y%m%d}"))


async def of_campaign(view: View, campaign_id: UUID) -> list[Arrears]:
    """Return what each committee that owes something owes in a campaign. Office and committees only."""
    return _owing((await progress.read(view, campaign_id)).committees)


async def contacts(view: View, committee_ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Return the people of committees."""
    return {each.id: each for each in await view.rows(_CONTACTS, committee_ids=list(committee_ids))}


def _owing(committees: Sequence[CommitteeProgress]) -> list[Arrears]:
    """Keep the committees that owe something."""
    return [each for each in map(Arrears, committees) if each.owes]


async def _with_contacts(view: View, owing: Sequence[Arrears]) -> list[ArrearsRecord]:
    named = [(each, each.progress.row.committee_id) for each in owing]
    found = await contacts(view, [committee_id for _, committee_id in named if committee_id])
    return [ArrearsRecord(each, found[committee_id]) for each, committee_id in named if committee_id]


def _people(contact: Contact) -> list[str]:
    leader = [contact.leader_name, contact.leader_title and f"（{contact.leader_title}）"]
    return ["".join(filter(None, leader)), contact.liaison_name or "", contact.liaison_phone or ""]
