"""汇总表: a committee's cases in its recommended order, or those of all that the office chooses, on paper."""

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLColumnExpression

from app.context import ACTOR_COMMITTEE, View, acting_as, own_committees
from app.database import Query, bound_id, bound_ids
from app.file_names import Part
from app.models import Application, ApplicationListing, ApplicationVersion, Committee, Filing, FilingItem, Unit
from app.models.enums import ApplicationStatus, PaperKind, Role, Term
from app.rows import row_type
from app.services.filing import campaigns, contents, filed_sets, filters, prints, recommended, visibility
from app.services.history import digest_of
from app.services.pages import FilterValue, clauses, exactly
from app.services.people import vocabularies
from app.services.policies import refuse, require_role
from app.services.policies.filing import summaries as policy
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.people.vocabularies import COMMITTEE_KIND, HONOUR_LEVEL

_OF_CASES = {name: filters.FILTERS[name] for name in ("committee_kind", "honour_level", "category", "topic", "status")}
FILTERS = {
    "committee_id": exactly(Committee.id, UUID, "Only of this committee, and of those that were merged into it."),
    **_OF_CASES,
}
_KEPT = {"committee_kind": COMMITTEE_KIND, "honour_level": HONOUR_LEVEL}
"""The choices by words that the office keeps, each with its vocabulary."""
_COMMITTEE_IDS = bound_ids("committee_ids")
_OF_COMMITTEES = or_(_COMMITTEE_IDS.is_(None), Application.committee_id == _COMMITTEE_IDS.any_())
"""Cases of committees that are one: found before, so that an index can look them up."""
_FOR_OFFICE = acting_as(Role.OFFICE)
_AS_FILED = or_(
    _FOR_OFFICE, *(Application.status == each for each in (ApplicationStatus.FILED, ApplicationStatus.ACCEPTED))
)
"""A case on file, and every case to the office, is listed as it was filed; what is filed next as it is now."""


@row_type
class Listed:
    """A case of the list."""

    number: str
    committee_name: str
    unit_name: str
    partners: list[Mapping[str, object]]
    brand_name: str | None
    category: str | None
    leader_name: str | None
    status: ApplicationStatus


@row_type
class Whose:
    """A committee with its code, and its id with those of the committees that were merged into it."""

    name: str
    code: str
    committee_ids: list[UUID]


def _shown(name: str, now: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    return case((_AS_FILED, getattr(ApplicationVersion, name)), else_=now).label(name)


_leader = ApplicationVersion.content["form", "leader_name"].astext
_cases = (
    select(
        Application.number,
        _shown("committee_name", Committee.name),
        _shown("unit_name", Unit.name),
        contents.PARTNERS,
        _shown("brand_name", Application.brand_name),
        _shown("category", Application.category),
        case((_AS_FILED, _leader), else_=Application.leader_name).label("leader_name"),
        visibility.STATUS.label("status"),
        Committee.code.label("committee_code"),
        recommended.PLACE.label("place"),
        Filing.filed_at,
        FilingItem.position,
    )
    .join(Unit, Unit.id == Application.unit_id)
    .join(Committee, Committee.id == Application.committee_id)
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
    .outerjoin(FilingItem, FilingItem.version_id == Application.filed_version_id)
    .outerjoin(Filing, Filing.id == FilingItem.filing_id)
    .outerjoin(ApplicationListing, filters.LISTED)
    .where(
        Application.campaign_id == bound_id("campaign_id"),
        visibility.VISIBLE,
        Application.status != ApplicationStatus.DISQUALIFIED,
        or_(
            and_(~_FOR_OFFICE, Application.status == ApplicationStatus.ENDORSED),
            filed_sets.put_forward(Application),
        ),
        _OF_COMMITTEES,
        *clauses(_OF_CASES),
    )
    .limit(policy.MOST_CASES + 1)
    .subquery()
)
"""Not in order yet: to sort them all would cost more where there are more, and of too many none is shown."""
_CASES = Query(
    select(*(_cases.c[name] for name in Listed.__annotations__)).order_by(
        _cases.c.committee_code,
        _cases.c.place.nulls_last(),
        _cases.c.filed_at.nulls_last(),
        _cases.c.position.nulls_last(),
        _cases.c.number,
    ),
    Listed,
)
"""A committee's cases as it recommends them, else as it filed them, then by number what it will file."""
_kin = aliased(Committee)
_one_with_it = select(_kin.id).where(or_(_kin.id == Committee.id, _kin.successor_id == Committee.id))
_WHOSE = Query(
    select(Committee.name, Committee.code, func.array(_one_with_it.scalar_subquery()).label("committee_ids")).where(
        Committee.id == func.coalesce(bound_id("committee_id"), ACTOR_COMMITTEE),
        or_(_FOR_OFFICE, own_committees(Committee.id)),
    ),
    Whose,
)


async def summary(view: View, campaign_id: UUID, **chosen: FilterValue) -> prints.Sheet:
    """Lay out the cases; NotFound unless the campaign is visible. Office and committees only."""
    require_role(view.actor.role, Role.OFFICE, Role.COMMITTEE)
    settings = CampaignSettings.model_validate((await campaigns.find(view, campaign_id)).settings)
    categories = chosen.get("category")
    refuse(policy.category_findings(settings, categories if isinstance(categories, list) else ()))
    said = chosen | {name: await _terms(view, name, chosen[name]) for name in _KEPT}
    committee_id = chosen.pop("committee_id", None)
    whose = await (view.get if committee_id else view.one)(_WHOSE, committee_id=committee_id)
    committee_ids = whose.committee_ids if whose else None
    found = await view.rows(_CASES, campaign_id=campaign_id, committee_ids=committee_ids, **chosen)
    refuse(policy.size_findings(len(found)))
    at = view.now.astimezone(settings.zone)
    cases = [_cells(settings, each) for each in found]
    foot = policy.summary_foot(digest_of(cases), f"{at:%Y-%m-%d %H:%M}")
    paper = policy.summary_paper(settings, whose.name if whose else None, _words(settings, said), cases, foot)
    part = Part(whose.name, whose.code) if whose else Part(f"各{settings.recommender}", "all")
    name = policy.summary_name(settings, campaign_id, part, f"{at:%Y%m%d}")
    return prints.Sheet(paper, name, kind=PaperKind.SUMMARY, campaign_id=campaign_id)


async def _terms(view: View, name: str, codes: FilterValue) -> list[Term] | None:
    """Return codes of a vocabulary that the office keeps with their words; None where none were chosen."""
    if not isinstance(codes, list):
        return None
    known = await vocabularies.terms(view, _KEPT[name])
    refuse(policy.word_findings(name, known, codes))
    return [known[code] for code in codes]


def _cells(settings: CampaignSettings, row: Listed) -> list[str]:
    """Word a case, its committee first."""
    names = map(itemgetter("name"), row.partners)
    partners = "、".join(name for name in names if name not in row.unit_name)  # as filed, it names them all
    unit = f"{row.unit_name}（联合：{partners}）" if partners else row.unit_name
    texts = [row.number, unit, row.brand_name, _category(settings, row.category), row.leader_name]
    return [row.committee_name, *(text or "" for text in texts), row.status.label]


def _category(settings: CampaignSettings, code: str | None) -> str:
    return {each.code: each.name for each in settings.categories}.get(code or "", code or "")


def _words(settings: CampaignSettings, chosen: Mapping[str, Any]) -> str:
    """Say by which choices the list was made, but for the committee, which stands beside them."""
    spoken: dict[str, Callable[[Any], str]] = {
        **dict.fromkeys((*_KEPT, "status"), lambda word: word.label),
        "category": lambda code: _category(settings, code),
        "topic": settings.topic_name,
    }
    values = ((say, chosen[name]) for name, say in spoken.items())
    words = ["、".join(map(say, each)) for say, each in values if isinstance(each, list)]
    return f"范围：{'；'.join(words)}" if words else ""
