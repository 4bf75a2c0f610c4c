"""Candidates for awards: cases, committees, units and persons, as a choice finds them, each with its place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, NamedTuple, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import ColumnElement, SQLColumnExpression, Text, bindparam, func, literal_column, or_, select

from app.context import View
from app.database import Query, bound_id, bound_ids
from app.inputs import Input, Name
from app.models import Application, ApplicationVersion, Award, Committee, Unit
from app.models.enums import ApplicationStatus
from app.rows import R, row_type
from app.services.commending.recipients import SORT, STANDS
from app.services.filing import recommended
from app.services.filing.visibility import VETOED
from app.services.policies import UNKNOWN_REFERENCE
from app.services.policies.commending import recipients as policy
from app.services.policies.commending.awards import Candidate, Choice
from app.services.policies.commending.recipients import Known, Named, Recipient

_CAMPAIGN_ID, _KIND = bound_id("campaign_id"), bindparam("kind", type_=Text)
_IDS = bound_ids("ids")


class Place(NamedTuple):
    """A place in a ranking."""

    rank: int | None = None
    score: float | None = None


Places = Mapping[UUID, Place]
"""The place of each candidate, by the id of the application, committee or unit."""


class AwardedPerson(Input):
    """A person to award, by their name and where they belong."""

    name: Name = Field(description="姓名, as the certificate has it.", examples=["王芳"])
    unit_id: UUID | None = Field(None, description="The unit they belong to; null with `committee_id`.")
    committee_id: UUID | None = Field(
        None, description="The committee they belong to; null with `unit_id`.", examples=[None]
    )
    title: Name | None = Field(None, description="职务, as the list has it; null to name none.", examples=["社区主任"])
    another_person: Annotated[bool, Field(strict=True)] = Field(
        False,
        description="True if they are another person than the one of the same name there who has an award of this "
        "kind already.",
        examples=[False],
    )

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        return self.with_one_of("unit_id", "committee_id")

    @property
    def body_id(self) -> UUID | None:
        """The unit or the committee."""
        return self.unit_id or self.committee_id


def _awarded_in(
    sort: str, recipient: SQLColumnExpression[UUID | None], key: SQLColumnExpression[UUID]
) -> ColumnElement[UUID]:
    """Select the commendation of the campaign that has an award of this kind for the recipient already."""
    return (
        select(Award.commendation_id)
        .where(Award.campaign_id == _CAMPAIGN_ID, Award.kind == _KIND, recipient == key, STANDS)
        .where(SORT.element == literal_column(f"'{sort}'", Text))
        .correlate(Application, Committee, Unit)
        .scalar_subquery()
        .label("awarded_in")
    )


@row_type
class _Found:
    """Somebody to whom an award may be given, and the commendation that gives it already."""

    id: UUID
    name: str
    awarded_in: UUID | None

    @property
    def to(self) -> Recipient:
        """The recipient that they would be."""
        return Recipient(to_committee_id=self.id, to_committee_name=self.name)

    def candidate(self, place: Place) -> Candidate:
        return Candidate(self.id, self.name, *place, awarded_in=self.awarded_in, to=self.to)


@row_type
class _Unit(_Found):
    committee_id: UUID
    committee_name: str

    @property
    def to(self) -> Recipient:
        return Recipient(
            to_committee_id=self.committee_id,
            to_committee_name=self.committee_name,
            to_unit_id=self.id,
            to_unit_name=self.name,
        )


@row_type
class _Case(_Found):
    category: str | None
    version_id: UUID
    accepted: bool
    ruled_out: bool
    recommended_rank: int | None

    @property
    def to(self) -> Recipient:
        return Recipient(application_id=self.id, version_id=self.version_id)

    def candidate(self, place: Place) -> Candidate:
        return replace(
            _Found.candidate(self, place),
            category=self.category,
            accepted=self.accepted,
            ruled_out=self.ruled_out,
            recommended_rank=self.recommended_rank,
        )


_CASES = Query(
    select(
        Application.id,
        Application.number.label("name"),
        _awarded_in("application", Award.application_id, Application.id),
        ApplicationVersion.category,
        Application.filed_version_id.label("version_id"),
        (Application.status == ApplicationStatus.ACCEPTED).label("accepted"),
        or_(Application.status == ApplicationStatus.DISQUALIFIED, VETOED).label("ruled_out"),
        recommended.RANK,
    )
    .join(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
    .where(Application.campaign_id == _CAMPAIGN_ID, Application.id == _IDS.any_()),
    _Case,
)
_COMMITTEES = Query(
    select(Committee.id, Committee.name, _awarded_in("committee", Award.to_committee_id, Committee.id)).where(
        Committee.id == _IDS.any_(),
        ~Committee.direct,
    ),
    _Found,
)
_UNITS = Query(
    select(
        Unit.id,
        Unit.name,
        _awarded_in("unit", Award.to_unit_id, Unit.id),
        Unit.committee_id,
        Committee.name.label("committee_name"),
    )
    .join(Committee, Committee.id == Unit.committee_id)
    .where(Unit.id == _IDS.any_()),
    _Unit,
)


@row_type
class _Namesakes:
    body_id: UUID
    name: str
    last: int


_body = func.coalesce(Award.to_unit_id, Award.to_committee_id)
_PERSONS = Query(
    select(
        _body.label("body_id"),
        Award.comparable_person_name.label("name"),
        func.max(Award.person_namesake).label("last"),
    )
    .where(Award.campaign_id == _CAMPAIGN_ID, Award.kind == _KIND, _body == _IDS.any_(), STANDS)
    .where(Award.person_name.is_not(None))
    .group_by(_body, Award.comparable_person_name),
    _Namesakes,
)


_QUERIES: Mapping[str, Query[_Found]] = {"application": _CASES, "committee": _COMMITTEES, "unit": _UNITS}
"""Where those who are named by their ids are found, by the sort of recipient."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates for one kind of award in a campaign."""

    view: View
    campaign_id: UUID
    kind: str

    async def placed(self, sort: str, places: Places) -> list[Candidate]:
        """Return those of one sort, each with its place: filed cases, committees, units whether they applied or not."""
        found = await self._rows(_QUERIES[sort], places)
        return [each.candidate(places[each.id]) for each in found]

    async def named(self, sort: str, named: Mapping[str, UUID]) -> Choice:
        """Choose those with these ids, in their order; what points to an id that there is not is a finding."""
        found = {each.id: each for each in await self.placed(sort, dict.fromkeys(named.values(), Place()))}
        unknown = [UNKNOWN_REFERENCE(pointer) for pointer, each in named.items() if each not in found]
        return Choice([found[each] for each in named.values() if each in found], unknown)

    async def persons(self, people: Sequence[AwardedPerson], pointer: str) -> Choice:
        """Choose these persons; one whose body is unknown is a finding, and so is a name that has the award."""
        choices = [await self._bodies(sort, people, pointer) for sort in ("unit", "committee")]
        bodies = {each.to.body_id: each.to for choice in choices for each in choice.chosen}
        known = {Known(row.body_id, row.name): row.last for row in await self._rows(_PERSONS, bodies)}
        chosen, same = policy.persons(
            [
                Named(f"{pointer}/{at}", bodies[each.body_id], each.name, each.title, another=each.another_person)
                for at, each in enumerate(people)
                if each.body_id in bodies
            ],
            known,
        )
        unknown = [finding for choice in choices for finding in choice.findings]
        return Choice([Candidate(each.body_id, each.person_name or "", to=each) for each in chosen], [*unknown, *same])

    async def _bodies(self, sort: str, people: Sequence[AwardedPerson], pointer: str) -> Choice:
        """Find the units, or the committees, that persons belong to."""
        ids = ((f"{pointer}/{at}/{sort}_id", getattr(each, f"{sort}_id")) for at, each in enumerate(people))
        return await self.named(sort, {place: body_id for place, body_id in ids if body_id})

    async def _rows(self, query: Query[R], ids: Iterable[UUID | None]) -> list[R]:
        return await self.view.rows(query, campaign_id=self.campaign_id, kind=self.kind, ids=list(ids))
