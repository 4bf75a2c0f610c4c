"""Occasions of notices: the owners of what an event is about, and the facts about it that they may learn.

Everything is read when the notice is made, of the recipients' own things: names as their owners see them.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import aliased

from app.database import Query
from app.models import (
    Account,
    Answer,
    Application,
    ApplicationVersion,
    Assignment,
    AuditEvent,
    Award,
    Campaign,
    Commendation,
    Committee,
    Delivery,
    Exemption,
    Extension,
    Filing,
    Nomination,
    Objection,
    Partner,
    Plan,
    Review,
    Round,
    Swap,
    Unit,
)
from app.models.enums import DeadlineKind, ExtensionCause, PlanStatus, Role, RoundStatus
from app.rows import row_type
from app.services.judging.visibility import IN_FORCE
from app.services.pages import Expression
from app.services.policies.filing.forms import OPEN_TO_EDIT
from app.services.policies.notifying.notifications import Particulars

_NOW = bindparam("now", type_=DateTime(timezone=True))
_ASKED = AuditEvent.sequence == bindparam("sequences", type_=ARRAY(BigInteger)).any_()
_DATA = AuditEvent.data
_REASON, _DEADLINE, _UNTIL = (_DATA[name] for name in ("reason", "deadline", "until"))
_NUMBER = _DATA["number"].astext
_NOBODY = cast(null(), Uuid)
_NONE = literal_column("'[]'::jsonb", JSONB)
_NO_UNITS = literal_column("'{}'::uuid[]", ARRAY(Uuid))
_partners = func.array(
    select(Partner.unit_id)
    .where(Partner.application_id == Application.id, Partner.agreed_at.is_not(None))
    .correlate(Application)
    .scalar_subquery()
)
"""The partners of an application that have agreed: they are told of it as its own unit is."""
_direct = aliased(Committee)
_ZONE, _RECOMMENDER = (Campaign.settings[name] for name in ("timezone", "recommender"))
_ORGANIZER, _RECEIVER = (Campaign.settings[party, "short_name"] for party in ("organizer", "receiver"))


@row_type
class Occasion:
    """An event that somebody gets a notice of: its subject, the owners of that, and the facts for them."""

    sequence: int
    action: str
    at: datetime
    actor_id: UUID | None
    actor_role: Role
    request_id: UUID
    campaign_id: UUID | None
    subject_type: str
    subject_id: UUID
    committee_id: UUID | None
    unit_id: UUID | None
    account_id: UUID | None
    partner_ids: list[UUID]
    direct: bool
    particulars: Particulars


def _about(noun: str, facts: Mapping[str, Expression], **whose: Expression) -> Select[*tuple[object, ...]]:
    """Select the events about one kind of thing: the subject of the notice, its owners, and its particulars."""
    named: list[Expression] = []
    for name, fact in facts.items():
        named += [literal_column(f"'{name}'"), fact]
    return select(
        AuditEvent.sequence,
        AuditEvent.action,
        AuditEvent.at,
        AuditEvent.actor_id,
        AuditEvent.actor_role,
        AuditEvent.request_id,
        whose.get("campaign_id", AuditEvent.campaign_id).label("campaign_id"),
        whose.get("subject_type", literal_column(f"'{noun}'")).label("subject_type"),
        whose.get("subject_id", AuditEvent.subject_id).label("subject_id"),
        *(whose.get(name, _NOBODY).label(name) for name in ("committee_id", "unit_id", "account_id")),
        whose.get("partner_ids", _NO_UNITS).label("partner_ids"),
        exists().where(_direct.id == whose.get("committee_id", _NOBODY), _direct.direct).label("direct"),
        func.jsonb_build_object(*named).label("particulars"),
    ).where(_ASKED)


def _names(reasons: str) -> Expression:
    """Select the campaign's words for the codes that were given."""
    path: ColumnElement[str] = literal_column(f"'$.{reasons}[*] ? (@.code == $codes[*]).name'::jsonpath")
    codes = func.jsonb_build_object(literal_column("'codes'"), func.coalesce(_DATA["reason_codes"], _NONE))
    return func.jsonb_path_query_array(Campaign.settings, path, codes)


def _granted(*conditions: ColumnElement[bool]) -> Expression:
    """Select the date for what was sent back: the extension that the very same act granted."""
    return select(Extension.until).where(Extension.granted_at == AuditEvent.at, *conditions).limit(1).scalar_subquery()


_disqualified = AuditEvent.action == "application.disqualified"
_offices_own = case((_disqualified, _names("disqualification_reasons")), else_=_names("return_reasons"))
_OF_APPLICATIONS = (
    _about(
        "application",
        {
            "name": func.coalesce(Application.brand_name, Application.number),
            "remark": _REASON,
            "reasons": _offices_own.op("||")(_names("vetoes")),
            "until": func.coalesce(_UNTIL, func.to_jsonb(_granted(Extension.application_id == Application.id))),
            "timezone": _ZONE,
            "organizer": _ORGANIZER,
            "recommender": _RECOMMENDER,
        },
        committee_id=Application.committee_id,
        unit_id=Application.unit_id,
        partner_ids=_partners,
    )
    .join(Application, Application.id == AuditEvent.subject_id)
    .join(Campaign, Campaign.id == Application.campaign_id)
)
_to_partner = or_(*(AuditEvent.action == action for action in ("partner.asked", "partner.removed")))
_gone = AuditEvent.action == "partner.removed"
_application_id, _campaign_id = (cast(_DATA[name].astext, Uuid) for name in ("application_id", "campaign_id"))
_OF_PARTNERS = (
    _about(
        "application",
        {
            "name": case((_gone, _DATA["number"]), else_=func.to_jsonb(func.coalesce(Application.brand_name, _NUMBER))),
            "unit": Unit.name,
        },
        campaign_id=_campaign_id,
        subject_type=case((_gone, literal_column("'campaign'")), else_=literal_column("'application'")),
        subject_id=case((_gone, _campaign_id), else_=_application_id),
        committee_id=case((~_to_partner, Application.committee_id)),
        unit_id=cast(case((_to_partner, _DATA["unit_id"].astext), else_=_DATA["lead_id"].astext), Uuid),
    )
    .join(Unit, Unit.id == cast(case((_to_partner, _DATA["lead_id"].astext), else_=_DATA["unit_id"].astext), Uuid))
    .outerjoin(Application, Application.id == _application_id)
    .where(or_(_gone, Application.id.is_not(None)), AuditEvent.subject_type == "partner")
)
"""Who is asked or taken out is told by the lead, and the lead by who agrees or leaves; the rest is what a unit may see.

A unit that was taken out learns the number alone: the draft is not its own any more.
"""
_OF_PLANS = (
    _about("plan", {"remark": _REASON, "until": _UNTIL, "timezone": _ZONE}, committee_id=Plan.committee_id)
    .join(Plan, Plan.id == AuditEvent.subject_id)
    .join(Campaign, Campaign.id == Plan.campaign_id)
)
_OF_FILINGS = (
    _about(
        "filing",
        {
            "number": Filing.number,
            "count": func.jsonb_array_length(_DATA["applications"]),
            "committee": Committee.name,
        },
        committee_id=Filing.committee_id,
    )
    .join(Filing, Filing.id == AuditEvent.subject_id)
    .join(Committee, Committee.id == Filing.committee_id)
)
_one = func.jsonb_build_object(literal_column("'name'"), func.coalesce(Application.brand_name, Application.number))
_OF_EXTENSIONS = (
    _about(
        "extension",
        {
            "deadline": Extension.kind,
            "until": Extension.until,
            "timezone": _ZONE,
            "items": case((Application.id.is_not(None), func.jsonb_build_array(_one)), else_=_NONE),
        },
        committee_id=Extension.committee_id,
        unit_id=Application.unit_id,
        partner_ids=_partners,
    )
    .join(Extension, Extension.id == AuditEvent.subject_id)
    .join(Campaign, Campaign.id == Extension.campaign_id)
    .outerjoin(Application, Application.id == Extension.application_id)
    .where(or_(Extension.cause == ExtensionCause.GRANT, Extension.revoked_at.is_not(None)))
)
"""The date of a correction is part of the correction's own notice."""

_OF_EXEMPTIONS = (
    _about(
        "exemption",
        {
            "limit": Exemption.kind,
            "value": Exemption.value,
            "remark": case((Exemption.revoked_at.is_(None), Exemption.reason), else_=Exemption.revocation_reason),
            "items": case((Application.id.is_not(None), func.jsonb_build_array(_one)), else_=_NONE),
        },
        committee_id=Exemption.committee_id,
        unit_id=Application.unit_id,
        partner_ids=_partners,
    )
    .join(Exemption, Exemption.id == AuditEvent.subject_id)
    .outerjoin(Application, Application.id == Exemption.application_id)
)
_OF_SWAPS = (
    _about(
        "swap",
        {
            "name": func.coalesce(Application.brand_name, Application.number),
            "committee": Committee.name,
            "remark": func.coalesce(Swap.answer, Swap.reason),
        },
        committee_id=Swap.committee_id,
    )
    .join(Swap, Swap.id == AuditEvent.subject_id)
    .join(Application, Application.id == Swap.application_id)
    .join(Committee, Committee.id == Swap.committee_id)
)
_merged = AuditEvent.action == "committee.merged"
_other = aliased(Committee)
_left, _to, _successor_id = (cast(_DATA[name].astext, Uuid) for name in ("from", "to", "successor_id"))
_name_of_left, _name_of_other = (
    select(_other.name).where(_other.id == which).scalar_subquery()
    for which in (case((_merged, AuditEvent.subject_id), else_=_left), _to)
)
_of_committee = {"left": _name_of_left, "to": _name_of_other, "unit": _DATA["unit"], "remark": _REASON}
_OF_COMMITTEES = _about(
    "committee", {"name": Committee.name, **_of_committee}, committee_id=Committee.id, subject_id=Committee.id
).join(
    Committee,
    and_(
        AuditEvent.subject_type == "committee",
        Committee.id == case((_merged, _successor_id), else_=AuditEvent.subject_id),
    ),
)
"""A merger is told to who is there afterwards: the liaisons of both."""
_OF_UNITS = (
    _about(
        "committee",
        {"name": Committee.name, "unit": Unit.name, "remark": case((AuditEvent.action == "unit.moved", _REASON))},
        committee_id=Committee.id,
        unit_id=Unit.id,
        subject_id=Committee.id,
    )
    .join(Unit, Unit.id == AuditEvent.subject_id)
    .join(Committee, Committee.id == Unit.committee_id)
)
_OF_ASSIGNMENTS = (
    _about(
        "round",
        {"name": Round.name},
        subject_id=Round.id,
        campaign_id=Round.campaign_id,
        account_id=Assignment.reviewer_id,
    )
    .join(Assignment, Assignment.id == AuditEvent.subject_id)
    .join(Round, Round.id == Assignment.round_id)
    .where(Round.status == RoundStatus.OPEN, Round.opens_at <= _NOW, Assignment.assigned_at >= Round.opens_at, IN_FORCE)
)
"""Cases given before the round opened are announced when it opens, with the reminders."""

_body = func.coalesce(Award.to_unit_name, Award.to_committee_name)
_recipient = func.coalesce(ApplicationVersion.brand_name, _body + Award.person_name, _body)
"""A person is named with their unit or committee, whose accounts are told."""
_prize = func.jsonb_path_query_first(
    Campaign.settings,
    literal_column("'$.award_kinds[*] ? (@.code == $kind).name'::jsonpath"),
    func.jsonb_build_object(literal_column("'kind'"), Award.kind),
)
_revoked = AuditEvent.action == "award.revoked"
"""A revoked award is not visible any more: the link leads to its commendation."""
_OF_AWARDS = (
    _about(
        "award",
        {
            "name": _recipient,
            "award": func.coalesce(_prize, func.to_jsonb(Award.kind)),
            "title": func.coalesce(Commendation.document_number, Commendation.title),
        },
        subject_type=case((_revoked, literal_column("'commendation'")), else_=literal_column("'award'")),
        subject_id=case((_revoked, Commendation.id), else_=Award.id),
        committee_id=func.coalesce(Application.committee_id, Award.to_committee_id),
        unit_id=func.coalesce(Application.unit_id, Award.to_unit_id),
        partner_ids=_partners,
    )
    .join(Award, Award.id == AuditEvent.subject_id)
    .join(Commendation, and_(Commendation.id == Award.commendation_id, Commendation.published_at.is_not(None)))
    .join(Campaign, Campaign.id == Award.campaign_id)
    .outerjoin(Application, Application.id == Award.application_id)
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Award.version_id)
)
_OF_OBJECTIONS = (
    _about("objection", {"name": _recipient}, campaign_id=Award.campaign_id, account_id=Objection.raised_by)
    .join(Objection, Objection.id == AuditEvent.subject_id)
    .join(Award, Award.id == Objection.award_id)
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Award.version_id)
)
_by_the_office = and_(AuditEvent.actor_role == Role.OFFICE, Account.role != Role.OFFICE)
_about_codes = or_(*(AuditEvent.action == action for action in ("account.invited", "account.code_issued")))
_awaits = literal_column("(audit_events.data ->> 'awaits_confirmation')::boolean", Boolean)
_how_reached = literal_column("audit_events.data -> 'changed' ?| array['phone', 'email']", Boolean)
_OF_ACCOUNTS = (
    _about(
        "account",
        {
            "name": Account.name,
            "by": case((_by_the_office, literal_column(f"'{Role.OFFICE.label}'")), else_=AuditEvent.actor_name),
            "address": literal_column("coalesce(audit_events.changes -> 'trace', audit_events.data) -> 'address'"),
        },
        account_id=Account.id,
    )
    .join(Account, Account.id == AuditEvent.subject_id)
    .where(
        or_(~_about_codes, _awaits),
        or_(AuditEvent.action != "account.edited", _how_reached),
    )
)
"""An invitation of somebody new, whom it takes nothing from, is no occasion; outside the office no clerk is named."""

_case_name = {"name": Nomination.payload["application", "content", "form", "brand_name"]}
_OF_NOMINATIONS = (
    _about(
        "nomination",
        {
            **_case_name,
            "receiver": _RECEIVER,
            "result": Answer.result,
            "remark": case((AuditEvent.action == "nomination.returned", Answer.text)),
        },
        committee_id=Application.committee_id,
        unit_id=Application.unit_id,
        partner_ids=_partners,
    )
    .join(Nomination, Nomination.id == AuditEvent.subject_id)
    .join(Application, Application.id == Nomination.application_id)
    .join(Campaign, Campaign.id == Nomination.campaign_id)
    .outerjoin(Answer, Answer.id == cast(_DATA["answer"].astext, Uuid))
    .where(or_(AuditEvent.action != "nomination.answered", Answer.result.is_not(None)))
)
"""An answer that moves nothing is an occasion where it brings another result."""

_OF_DELIVERIES = (
    _about("delivery", _case_name, campaign_id=Nomination.campaign_id)
    .join(Delivery, Delivery.id == AuditEvent.subject_id)
    .join(Nomination, Nomination.id == Delivery.nomination_id)
)
_OF_REVIEWS = (
    _about(
        "round",
        {"name": Round.name},
        subject_id=Round.id,
        campaign_id=Round.campaign_id,
        account_id=func.coalesce(Review.entered_by, Assignment.reviewer_id),
    )
    .join(Review, Review.id == AuditEvent.subject_id)
    .join(Assignment, Assignment.id == Review.assignment_id)
    .join(Round, Round.id == Assignment.round_id)
    .where(IN_FORCE)
)
_moved = AuditEvent.action == "campaign.deadline_moved"
_of_plan, _of_applications = (_DEADLINE.astext == kind.value for kind in DeadlineKind)
_campaign = {
    "name": Campaign.name,
    "deadline": _DEADLINE,
    "until": _DATA["to", "enforced_at"],
    "timezone": _ZONE,
    "remark": _REASON,
}
_its_plan = and_(Plan.campaign_id == Campaign.id, Plan.committee_id == Committee.id)
_handed_in = exists().where(_its_plan, Plan.status == PlanStatus.SUBMITTED)
_public = or_(~_moved, AuditEvent.data.has_key("deadline"))
"""The move of a draft's deadline has no particulars, and nobody is told of it."""
_OF_CAMPAIGNS = (
    _about("campaign", _campaign, committee_id=Committee.id)
    .join(Campaign, Campaign.id == AuditEvent.subject_id)
    .join(Committee, Committee.retired_at.is_(None))
    .where(_public, or_(~_moved, _of_applications, and_(_of_plan, ~_handed_in)))
)
"""A deadline of applications concerns every committee: each may still file, or withdraw what it filed."""

_being_written = or_(*(Application.status == status for status in sorted(OPEN_TO_EDIT)))
_in_preparation = exists().where(Application.campaign_id == Campaign.id, Application.unit_id == Unit.id, _being_written)
_OF_CAMPAIGNS_FOR_UNITS = (
    _about("campaign", _campaign, unit_id=Unit.id)
    .join(Campaign, Campaign.id == AuditEvent.subject_id)
    .join(Unit, and_(Unit.retired_at.is_(None), _in_preparation))
    .where(_public, _moved, _of_applications)
)

SAID_OF = {
    "account": (_OF_ACCOUNTS,),
    "application": (_OF_APPLICATIONS,),
    "assignment": (_OF_ASSIGNMENTS,),
    "award": (_OF_AWARDS,),
    "campaign": (_OF_CAMPAIGNS, _OF_CAMPAIGNS_FOR_UNITS),
    "committee": (_OF_COMMITTEES,),
    "delivery": (_OF_DELIVERIES,),
    "exemption": (_OF_EXEMPTIONS,),
    "extension": (_OF_EXTENSIONS,),
    "filing": (_OF_FILINGS,),
    "nomination": (_OF_NOMINATIONS,),
    "objection": (_OF_OBJECTIONS,),
    "partner": (_OF_PARTNERS,),
    "plan": (_OF_PLANS,),
    "review": (_OF_REVIEWS,),
    "swap": (_OF_SWAPS,),
    "unit": (_OF_UNITS,),
}
"""The owners and facts of each subject of events that lead to a notice."""

OCCASIONS = Query(union_all(*chain.from_iterable(SAID_OF.values())).order_by("sequence"), Occasion)
