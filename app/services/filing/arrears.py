"""Committees that still owe something in a campaign, with whom to ring: of the figures of its progress."""

from collections.abc import Sequence
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
    """All that a committee owes, and its people."""

    progress: CommitteeProgress
    contact: Contact
    missing: int

    @property
    def in_words(self) -> str:
        one = self.progress
        return policy.in_words(one.counts, self.missing, one.minimum_filed, plan=one.plan_owed and not one.row.direct)


async def search(view: View, campaign_id: UUID, *, after: UUID | None, limit: int) -> Page[Arrears]:
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
    at: datetime = view.now.astimezone(settings.zone)
    rows = [_cells(each) for each in await _with_contacts(view, owing)]
    laid = policy.arrears_paper(settings, rows, f"{at:%Y-%m-%d %H:%M}")
    return Sheet(laid, policy.arrears_name(settings, campaign_id, f"{at:%Y%m%d}"))


def _owing(committees: Sequence[CommitteeProgress]) -> list[tuple[CommitteeProgress, int]]:
    """Keep the committees that owe something, each with the applications it lacks."""
    owing = []
    for one in committees:
        direct = bool(one.row.direct)
        missing = policy.missing(one.counts, one.minimum_filed, direct=direct)
        if policy.owes(one.counts, missing, plan=one.plan_owed and not direct):
            owing.append((one, missing))
    return owing


async def _with_contacts(view: View, owing: Sequence[tuple[CommitteeProgress, int]]) -> list[Arrears]:
    ids = [each.row.committee_id for each, _ in owing]
    contacts = {each.id: each for each in await view.rows(_CONTACTS, committee_ids=ids)}
    return [Arrears(one, contacts[one.row.committee_id], missing) for one, missing in owing if one.row.committee_id]


def _cells(arrears: Arrears) -> list[str]:
    contact = arrears.contact
    leader = [contact.leader_name, contact.leader_title and f"（{contact.leader_title}）"]
    named = ["".join(filter(None, leader)), contact.liaison_name or "", contact.liaison_phone or ""]
    return [arrears.progress.row.committee_name or "", arrears.in_words, *named]
