"""The awards of before that an application's campaign looks at: of its unit, or under its brand's name.

Looked up where its campaign asks; those that were given here, and those that the office entered.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Text,
    and_,
    false,
    func,
    literal_column,
    null,
    select,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import aliased

from app.context import View
from app.database import Query, bound_ids
from app.models import Application, ApplicationVersion, Award, Campaign, EarlierWin, FormerName, Unit
from app.models.enums import AwardStatus, CampaignStatus
from app.rows import row_type
from app.services.filing.earlier_wins import COUNTS
from app.services.pages import Expression, Rows, compared, named
from app.services.policies.filing.award_settings import AwardKind
from app.services.policies.filing.earlier_wins import NOTHING_WON, Past, Same, Win
from app.services.policies.filing.notice import CampaignSettings

_theirs, _version, _its_campaign = aliased(Application), aliased(ApplicationVersion), aliased(Campaign)


def _same(same: Same) -> tuple[Expression, Expression]:
    return named("same", literal_column(f"'{same}'", Text))


_kind = func.jsonb_path_query_first(
    _its_campaign.settings,
    literal_column("'$.award_kinds[*] ? (@.code == $kind)'::jsonpath"),
    func.jsonb_build_object(*named("kind", Award.kind)),
)
_GIVEN = and_(Award.status == AwardStatus.AWARDED, Award.campaign_id != Application.campaign_id)


def _award(same: Same, name: Expression, *, of_case: bool) -> Expression:
    """Put an award of another campaign into the values of a `Win`, with its kind as its notice has it."""
    return func.jsonb_build_object(
        *named("year", _its_campaign.year),
        *named("kind", Award.kind),
        *named("grade", Award.grade),
        *named("award", null()),
        *named("of", _kind),
        *_same(same),
        *named("name", name),
        *named("of_case", literal_column(str(of_case).lower(), Boolean)),
        *named("here", func.coalesce(_its_campaign.programme_id == Campaign.programme_id, false())),
    ).label("one")


def _given(same: Same, name: Expression, *conditions: ColumnElement[bool]) -> Rows:
    """Select the awards of cases in other campaigns of this deployment that stand."""
    return (
        select(_award(same, name, of_case=True))
        .select_from(Award)
        .join(_its_campaign, _its_campaign.id == Award.campaign_id)
        .join(_theirs, _theirs.id == Award.application_id)
        .join(_version, and_(_version.id == Award.version_id, _version.application_id == _theirs.id))
        .where(_GIVEN, *conditions)
        .correlate(Application, Campaign)
    )


_GIVEN_TO_UNIT = (
    select(_award("unit", Award.to_unit_name, of_case=False))
    .select_from(Award)
    .join(_its_campaign, _its_campaign.id == Award.campaign_id)
    .where(_GIVEN, Award.to_unit_id == Application.unit_id, Award.person_name.is_(None))
    .correlate(Application, Campaign)
)
"""Awards to the unit itself; those to its people are not its own."""


def _entered(same: Same, name: Expression, condition: ColumnElement[bool]) -> Rows:
    """Select the awards that the office entered."""
    one = func.jsonb_build_object(
        *named("year", EarlierWin.year),
        *named("kind", EarlierWin.kind),
        *named("grade", EarlierWin.grade),
        *named("award", EarlierWin.award),
        *_same(same),
        *named("name", name),
    )
    return select(one.label("one")).where(COUNTS, condition).correlate(Application, Unit)


_brand = func.nullif(compared(Application.brand_name), literal_column("''", Text))
_this_unit = func.jsonb_build_array(func.jsonb_build_object(*named("unit_id", Application.unit_id)))
_former_names = select(compared(FormerName.name)).where(FormerName.unit_id == Unit.id).correlate(Unit)
_names = func.array_append(func.array(_former_names.scalar_subquery()), compared(Unit.name), type_=ARRAY(Text))
"""Every name of the unit, of now and of before."""
_WINS = (
    _given("unit", _version.unit_name, _theirs.unit_id == Application.unit_id),
    _given(
        "unit",
        _version.unit_name,
        _version.partners.contains(_this_unit),
        _version.partners != literal_column("'[]'::jsonb", JSONB),
    ),
    _GIVEN_TO_UNIT,
    _given("brand", _version.brand_name, compared(_version.brand_name) == _brand),
    _entered("unit", EarlierWin.unit_name, EarlierWin.comparable_unit_name == func.any(_names)),
    _entered("brand", EarlierWin.brand_name, EarlierWin.comparable_brand_name == _brand),
)
_held = union(
    select(EarlierWin.year).where(COUNTS),
    select(_its_campaign.year).where(_its_campaign.status != CampaignStatus.DRAFT),
).subquery()
_YEARS = func.array(select(_held.c.year).scalar_subquery(), type_=ARRAY(Integer))
_ALL_WINS = func.array(union_all(*_WINS).scalar_subquery())


@row_type
class _Selected:
    """Awards of before of an application's unit or under its brand's name, as they are selected."""

    id: UUID
    years: list[int]
    wins: list[Mapping[str, Any]]


_OF_APPLICATIONS = Query(
    select(Application.id, _YEARS.label("years"), func.to_jsonb(_ALL_WINS).label("wins"))
    .join(Unit, Unit.id == Application.unit_id)
    .join(Campaign, Campaign.id == Application.campaign_id)
    .where(Application.id == bound_ids("application_ids").any_()),
    _Selected,
)


async def of(view: View, settings_of: Mapping[UUID, CampaignSettings]) -> Mapping[UUID, Past]:
    """Return what was won before of each application, by its campaign's settings: nothing where they do not ask.

    A statement of its own: within the application's it would be planned and begun for each, and few campaigns ask.
    """
    asking = [application_id for application_id, settings in settings_of.items() if settings.earlier_winners]
    rows = await view.rows(_OF_APPLICATIONS, application_ids=asking) if asking else []
    return dict.fromkeys(settings_of, NOTHING_WON) | {row.id: facts_of(row.wins, row.years) for row in rows}


def facts_of(wins: Sequence[Mapping[str, Any]], years: Sequence[int]) -> Past:
    """Return what was selected as a rule looks at it."""
    return Past([_win(**each) for each in wins], years)


def _win(*, kind: str, grade: str | None, award: str | None, of: object = None, **values: Any) -> Win:
    """Name an award that was given here in the words of its campaign, or by its code where the notice lost it."""
    given = AwardKind.model_validate(of) if of else None
    return Win(kind=kind, grade=grade, award=award or (given.called(grade) if given else kind), **values)
