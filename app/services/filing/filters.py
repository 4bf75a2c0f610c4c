"""Filters and orders of lists of applications: by cells of the form, and by what a clerk has to run after."""

from typing import Literal
from uuid import UUID

from sqlalchemy import Integer, and_, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import array

from app.context import acting_as
from app.inputs import Name
from app.models import Application, ApplicationListing, Campaign, Exemption
from app.models.enums import ApplicationStatus, LimitKind, Role
from app.services.filing import visibility
from app.services.pages import Filter, among, exactly, searching, updated_since
from app.services.policies.filing.applications import IN_PREPARATION
from app.services.policies.people.vocabularies import MOST_WORDS, CommitteeKind, HonourLevel

_FOR_OFFICE = acting_as(Role.OFFICE)
UPDATED_AT = case((_FOR_OFFICE, Application.filed_at), else_=Application.updated_at)
"""The office never notices a change of what was not filed yet."""
_SEALED = or_(_FOR_OFFICE, func.coalesce(Application.endorsed_digest == Application.content_digest, False))
"""What was filed had a seal."""

_loosened = (
    select(func.min(Exemption.value))
    .where(Exemption.kind == LimitKind.IMAGES_MINIMUM, Exemption.revoked_at.is_(None))
    .where(Exemption.campaign_id == Application.campaign_id, Exemption.committee_id == Application.committee_id)
    .where(Exemption.application_id.is_(None) | (Exemption.application_id == Application.id))
    .scalar_subquery()
)
_usual = (
    select(cast(Campaign.settings["images", "minimum"].astext, Integer))
    .where(Campaign.id == Application.campaign_id)
    .scalar_subquery()
)
_LACKS_PICTURES = and_(
    visibility.OWN,
    or_(*(Application.status == status for status in sorted(IN_PREPARATION))),
    Application.image_count < func.least(_usual, _loosened),
)
"""It is in preparation, and has fewer than the campaign and an exemption ask for; nothing is filed that has."""

_RETURNED = visibility.in_states(array([literal(ApplicationStatus.RETURNED.value)]))
_RETURNED_BY = case(
    (and_(visibility.OWN, func.jsonb_array_length(Application.reason_codes) == 0), Role.COMMITTEE.value),
    else_=Role.OFFICE.value,
)
"""A return by the office names at least one of the campaign's reasons, one by a committee none.

To the office a correction is returned by itself until it is filed anew, whatever happens to it meanwhile.
"""

FILTERS = {
    "campaign_id": exactly(Application.campaign_id, UUID, "Only of this campaign."),
    "committee_id": exactly(Application.committee_id, UUID, "Only of this committee."),
    "unit_id": exactly(Application.unit_id, UUID, "Only of this unit."),
    "status": Filter(
        list[ApplicationStatus],
        "Only in these states.",
        visibility.in_states,
        limits={"max_length": len(ApplicationStatus)},
    ),
    "category": among(ApplicationListing.category, Name, "Only in these categories.", max_length=20),
    "topic": among(ApplicationListing.topic, Name, "Only of these topics (子项).", max_length=50),
    "honour_level": among(
        ApplicationListing.honour_level,
        HonourLevel,
        "Only of units with a title of these levels; an unknown code finds nothing.",
        max_length=MOST_WORDS,
    ),
    "committee_kind": among(
        ApplicationListing.committee_kind,
        CommitteeKind,
        "Only of committees of these kinds; an unknown code finds nothing.",
        max_length=MOST_WORDS,
    ),
    "returned_by": Filter(
        Literal[Role.COMMITTEE, Role.OFFICE],
        "Only those returned, and not submitted again yet: by the `committee` to its unit (退回修改), or by the "
        "`office` for a correction (退回补正); with `overdue`, corrections whose day has passed.",
        lambda asked: and_(_RETURNED, asked == _RETURNED_BY),
    ),
    "lacks_pictures": exactly(
        _LACKS_PICTURES,
        bool,
        "True: only those in preparation with fewer pictures than they need; false: the others.",
    ),
    "sealed": exactly(
        _SEALED, bool, "True: only those whose content is sealed (审核盖章) as it is; false: the others."
    ),
    "overdue": exactly(
        visibility.OVERDUE, bool, "True: only those in preparation whose deadline has passed; false: the others."
    ),
    "updated_since": updated_since(
        UPDATED_AT, "For the office, which learns of filings alone: only those filed at or after it."
    ),
    "q": searching(
        "In the brand's name, the number, names of its units and committee (former ones too), or texts in own cells.",
        ApplicationListing.text,
        ApplicationListing.grams,
    ),
}
SORTS = {
    "category": ApplicationListing.category,
    "topic": ApplicationListing.topic,
    "honour_level": ApplicationListing.honour_rank,
    "committee_kind": ApplicationListing.kind_rank,
}
"""What a list may be sorted by, instead of by age."""

_STAGE = case((_FOR_OFFICE, "filed"), else_="own")
LISTED = and_(ApplicationListing.application_id == Application.id, ApplicationListing.stage == _STAGE)
"""It costs nothing where no filter and no order asks for it: PostgreSQL leaves out a join that adds nothing."""
