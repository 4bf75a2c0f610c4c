"""The awards of before that an application's campaign looks at: of its unit, or under its brand's name.

Selected with the application where its campaign asks; those that were given here, and those that the office entered.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Text,
    and_,
    case,
    func,
    literal_column,
    null,
    select,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import aliased

from app.models import Application, ApplicationVersion, Award, Campaign, EarlierWin, FormerName, Unit
from app.models.enums import AwardStatus, CampaignStatus
from app.services.filing.earlier_wins import COUNTS
from app.services.pages import Expression, Rows, compared, named
from app.services.policies.filing.award_settings import AwardKind
from app.services.policies.filing.earlier_wins import NOTHING_WON, Past, Same, Win

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
        .correlate(Application)
    )


_GIVEN_TO_UNIT = (
    select(_award("unit", Award.to_unit_name, of_case=False))
    .select_from(Award)
    .join(_its_campaign, _its_campaign.id == Award.campaign_id)
    .where(_GIVEN, Award.to_unit_id == Application.unit_id, Award.person_name.is_(None))
    .correlate(Application)
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


OF_APPLICATION = case(
    (
        Campaign.settings.has_key("earlier_winners"),
        func.jsonb_build_object(
            *named("years", func.to_jsonb(_YEARS)),
            *named("wins", func.to_jsonb(func.array(union_all(*_WINS).scalar_subquery()))),
        ),
    )
).label("past")
"""What was won before by an application's unit or under its brand's name, where its campaign asks for it."""


def facts_of(selected: Mapping[str, Any] | None) -> Past:
    """Return what was selected as a rule looks at it."""
    return _past(**selected) if selected else NOTHING_WON


def _past(wins: Sequence[Mapping[str, Any]], years: Sequence[int]) -> Past:
    return Past([_win(**each) for each in wins], years)


def _win(*, kind: str, grade: str | None, award: str | None, of: object = None, **values: Any) -> Win:
    """Name an award that was given here in the words of its campaign, or by its code where the notice lost it."""
    given = AwardKind.model_validate(of) if of else None
    return Win(kind=kind, grade=grade, award=award or (given.called(grade) if given else kind), **values)
