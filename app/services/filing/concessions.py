"""Concessions of the office to one committee or one application: a later deadline, a looser limit.

Here is what both have in common: for whom they are, who sees them, and how they are listed and found.
"""

from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from app.context import ACTOR_COMMITTEE, ACTOR_UNIT, acting_as, own_committees
from app.database import bound_id
from app.inputs import Input
from app.models import Account, Application, Campaign, Committee, Exemption, Extension, Programme
from app.models.enums import LimitKind, Role
from app.problems import RulesViolated
from app.services.filing.visibility import AS_PARTNER
from app.services.pages import Filter, Rows, exactly
from app.services.policies import UNKNOWN_REFERENCE
from app.services.policies.filing.exemptions import Granted
from app.services.policies.filing.notice import DIRECT

Kind = type[Extension] | type[Exemption]
HELD = select(Campaign.id).where(Campaign.id == bindparam("campaign_id")).with_for_update(key_share=True)
"""Two grants, or a grant and a change of the campaign, are judged one after the other."""

_granter, _revoker = aliased(Account), aliased(Account)
_CAMPAIGN_ID, _COMMITTEE_ID, _APPLICATION_ID = (
    bound_id(name) for name in ("campaign_id", "committee_id", "application_id")
)


class Beneficiary(Input):
    """The committee, or the one application of it, that something is conceded to."""

    campaign_id: UUID = Field(description="The campaign.")
    committee_id: UUID | None = Field(
        None,
        description="The committee; null when `application_id` is given.",
        examples=["0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"],
    )
    application_id: UUID | None = Field(
        None, description="The application alone; null when `committee_id` is given.", examples=[None]
    )

    @model_validator(mode="after")
    def _one_beneficiary(self) -> Self:
        return self.with_one_of("committee_id", "application_id")

    @property
    def named(self) -> dict[str, UUID | None]:
        """The parameters by which `target` finds it."""
        return {
            "campaign_id": self.campaign_id,
            "committee_id": self.committee_id,
            "application_id": self.application_id,
        }

    def unknown(self, *, campaign_known: bool) -> RulesViolated:
        """The refusal of a reference that leads nowhere."""
        of_campaign = "/application_id" if self.application_id else "/committee_id"
        return RulesViolated([UNKNOWN_REFERENCE(of_campaign if campaign_known else "/campaign_id")])


def visible(kind: Kind, to_units: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """The office sees all, a committee its own, a unit those its applications profit from, wherever it is by now."""
    of_unit = or_(
        and_(kind.application_id.is_(None), kind.committee_id == ACTOR_COMMITTEE),
        Application.unit_id == ACTOR_UNIT,
        AS_PARTNER,
    )
    return or_(
        acting_as(Role.OFFICE),
        and_(acting_as(Role.COMMITTEE), own_committees(kind.committee_id)),
        and_(acting_as(Role.UNIT), true() if to_units is None else to_units, of_unit),
    )


def selected(kind: Kind, active: ColumnElement[bool], *own: SQLColumnExpression[Any]) -> Rows:
    """Select what is listed of a kind, its own columns in between; the names of clerks are for the office alone."""
    return (
        select(
            kind.id,
            kind.campaign_id,
            kind.committee_id,
            Committee.name.label("committee_name"),
            kind.application_id,
            Application.number.label("application_number"),
            kind.kind,
            *own,
            kind.reason,
            active.label("active"),
            kind.granted_at,
            case((acting_as(Role.OFFICE), _granter.name)).label("granted_by"),
            kind.revoked_at,
            case((acting_as(Role.OFFICE), _revoker.name)).label("revoked_by"),
            kind.revocation_reason,
        )
        .join(Committee, Committee.id == kind.committee_id)
        .join(_granter, _granter.id == kind.granted_by)
        .outerjoin(_revoker, _revoker.id == kind.revoked_by)
        .outerjoin(Application, Application.id == kind.application_id)
    )


_recommender, _granted_in = aliased(Committee), aliased(Campaign)
_NONE = literal_column("'[]'::jsonb", JSONB)
_ONE_IS_ENOUGH = literal_column(f'\'[["{DIRECT}", 0], ["{LimitKind.MINIMUM_FILED}", 1]]\'::jsonb', JSONB)
"""Units without a committee are no set."""
_OF_ITS_KIND = case(
    (_recommender.direct, _ONE_IS_ENOUGH),
    else_=func.jsonb_build_array(func.jsonb_build_array(_recommender.kind, 0)),
)


def exemptions_of(
    campaign_id: SQLColumnExpression[UUID],
    committee_id: SQLColumnExpression[UUID],
    application_id: SQLColumnExpression[UUID] | None = None,
) -> ColumnElement[Granted]:
    """Select the exemptions that apply to a committee, or to one application, wherever it is, for `settings_for`.

    The kind of committee stands before them, as `in_force` expects it.
    """
    granted = _granted(committee_id, application_id).where(Exemption.campaign_id == campaign_id).scalar_subquery()
    of_kind = select(_OF_ITS_KIND).where(_recommender.id == committee_id).scalar_subquery()
    return func.coalesce(of_kind, _NONE).op("||")(func.coalesce(granted, _NONE)).label("exemptions")


def exemptions_together(
    committee_id: SQLColumnExpression[UUID], application_id: SQLColumnExpression[UUID] | None = None
) -> ColumnElement[Granted]:
    """Select the exemptions granted in any campaign of a programme, of which some are from its own rules."""
    granted = (
        _granted(committee_id, application_id)
        .join(_granted_in, _granted_in.id == Exemption.campaign_id)
        .where(_granted_in.programme_id == Programme.id)
        .correlate_except(Exemption, _granted_in)
    )
    return func.coalesce(granted.scalar_subquery(), _NONE).label("exemptions")


def _granted(
    committee_id: SQLColumnExpression[UUID], application_id: SQLColumnExpression[UUID] | None
) -> Select[tuple[Any]]:
    """Select the exemptions in force of a committee, and of one application."""
    for_all = and_(Exemption.application_id.is_(None), Exemption.committee_id == committee_id)
    whose = for_all if application_id is None else or_(for_all, Exemption.application_id == application_id)
    pairs = func.jsonb_agg(func.jsonb_build_array(Exemption.kind, Exemption.value))
    return select(pairs).where(Exemption.revoked_at.is_(None), whose)


def filters(kind: Kind, active: ColumnElement[bool]) -> Mapping[str, Filter]:
    return {
        "campaign_id": exactly(kind.campaign_id, UUID, "Only of this campaign."),
        "committee_id": exactly(kind.committee_id, UUID, "Only of this committee."),
        "application_id": exactly(kind.application_id, UUID, "Only for this application."),
        "active": exactly(active, bool, "Only those in force, or only the others."),
    }


def target(*columns: SQLColumnExpression[Any]) -> Select[*tuple[Any, ...]]:
    """Select the campaign with the committee that is meant; without one if the request names none that is known."""
    meant = case((_APPLICATION_ID.is_(None), _COMMITTEE_ID), else_=Application.committee_id)
    known = Application.filed_version_id.is_not(None)  # the office knows of no other
    of_campaign = and_(Application.id == _APPLICATION_ID, Application.campaign_id == Campaign.id, known)
    return (
        select(Campaign.status, Campaign.settings_digest, Committee.id.label("committee_id"), *columns)
        .select_from(Campaign)
        .outerjoin(Application, of_campaign)
        .outerjoin(Committee, Committee.id == meant)
        .outerjoin(Programme, Programme.id == Campaign.programme_id)
        .where(Campaign.id == _CAMPAIGN_ID)
    )
