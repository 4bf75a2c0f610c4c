"""Resemblances (查重): the cases whose text or pictures stand in another one, found by the worker after a submission.

Everybody learns only of cases they may read anyway, as they may read them: the office of what was filed, a committee of
its units' cases, a unit of its own. Judges and the municipal office learn nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.context import ACTOR_UNIT, Context, View, acting_as, own_committees
from app.database import Query, bound_id
from app.models import (
    Application,
    ApplicationVersion,
    Campaign,
    Image,
    Resemblance,
    Sketch,
    VersionImage,
    sketch_marks,
)
from app.models.enums import Role, VersionOccasion
from app.rows import row_type
from app.services.pages import FilterValue, Listing, Page, exactly
from app.services.policies import require_role
from app.services.policies.filing import resemblances as policy
from app.services.policies.filing.forms import Content

TASK = "compare"
_TURN = select(func.pg_advisory_xact_lock(func.hashtextextended("resemblances", 0)))
"""One content is compared at a time: the next one finds this one's sketch."""


@row_type
class Submitted:
    """The latest content of an application that was submitted."""

    version_id: UUID
    digest: str
    content: Content
    fingerprints: Mapping[str, str]
    sketched: bool


@row_type
class Candidate:
    """A content of another application that has part of a sketch."""

    id: UUID
    content: Content
    fingerprints: Mapping[str, str]
    hashes: Sequence[int]


_fingerprints = (
    select(func.coalesce(func.jsonb_object_agg(VersionImage.slot, Image.fingerprint), func.jsonb_build_object()))
    .join(Image, Image.id == VersionImage.image_id)
    .where(VersionImage.version_id == ApplicationVersion.id)
    .correlate(ApplicationVersion)
    .scalar_subquery()
)
_sketched = select(Sketch.id).where(
    Sketch.application_id == ApplicationVersion.application_id, Sketch.digest == ApplicationVersion.digest
)
_APPLICATION_ID = bound_id("application_id")
_SUBMITTED = Query(
    select(
        ApplicationVersion.id.label("version_id"),
        ApplicationVersion.digest,
        ApplicationVersion.content,
        _fingerprints.label("fingerprints"),
        _sketched.exists().label("sketched"),
    )
    .where(
        ApplicationVersion.application_id == _APPLICATION_ID,
        ApplicationVersion.occasion != VersionOccasion.FILING,
    )
    .order_by(ApplicationVersion.number.desc())
    .limit(1),
    Submitted,
)
_sought = func.unnest(bindparam("sought", type_=ARRAY(Integer))).table_valued("mark").render_derived()
_holders = (
    select(sketch_marks.c.sketch_id)
    .where(sketch_marks.c.mark == _sought.c.mark)
    .order_by(sketch_marks.c.sketch_id.desc())
    .limit(policy.MOST_HOLDERS)
    .lateral("holders")
)
_own_sketches = select(Sketch.id).where(Sketch.application_id == _APPLICATION_ID)
_common = func.count().label("common")
_found = (
    select(_holders.c.sketch_id, _common)
    .join_from(_sought, _holders, true())
    .where(_holders.c.sketch_id.not_in(_own_sketches))
    .group_by(_holders.c.sketch_id)
    .order_by(_common.desc(), _holders.c.sketch_id.desc())
    .limit(policy.MOST_CANDIDATES)
    .subquery("found")
)
_CANDIDATES = Query(
    select(Sketch.id, ApplicationVersion.content, Sketch.fingerprints, Sketch.hashes)
    .join(_found, _found.c.sketch_id == Sketch.id)
    .join(ApplicationVersion, ApplicationVersion.id == Sketch.version_id)
    .order_by(_found.c.common.desc(), Sketch.id.desc()),
    Candidate,
)
"""The contents of others that have any of the sought marks, those with the most of them first."""

_other_sketch, _other_version = aliased(Sketch), aliased(ApplicationVersion)
_other_application, _other_campaign = aliased(Application), aliased(Campaign)
_latest = aliased(ApplicationVersion)


def _read_as(application: type[Application], sketch: type[Sketch]) -> ColumnElement[bool]:
    """Return true for the content that the reader has of an application: the filed one, or the owners' latest."""
    content = select(_latest.id).where(_latest.application_id == application.id, _latest.digest == sketch.digest)
    own = or_(
        and_(acting_as(Role.UNIT), application.unit_id == ACTOR_UNIT),
        and_(acting_as(Role.COMMITTEE), own_committees(application.committee_id)),
    )
    return or_(
        and_(acting_as(Role.OFFICE), content.where(_latest.id == application.filed_version_id).exists()),
        and_(own, content.where(_latest.number == application.versions).exists()),
    )


_SELECTED = (
    select(
        Resemblance.id,
        Application.campaign_id,
        Resemblance.share,
        Resemblance.pictures,
        Application.id.label("application_id"),
        Application.number,
        ApplicationVersion.brand_name,
        ApplicationVersion.unit_name,
        Resemblance.other_share,
        _other_application.id.label("other_application_id"),
        _other_application.number.label("other_number"),
        _other_version.brand_name.label("other_brand_name"),
        _other_version.unit_name.label("other_unit_name"),
        _other_version.committee_name.label("other_committee_name"),
        _other_campaign.id.label("other_campaign_id"),
        _other_campaign.year.label("other_year"),
    )
    .join(Sketch, Sketch.id == Resemblance.sketch_id)
    .join(Application, Application.id == Sketch.application_id)
    .join(ApplicationVersion, ApplicationVersion.id == Sketch.version_id)
    .join(_other_sketch, _other_sketch.id == Resemblance.other_id)
    .join(_other_application, _other_application.id == _other_sketch.application_id)
    .join(_other_version, _other_version.id == _other_sketch.version_id)
    .join(_other_campaign, _other_campaign.id == _other_application.campaign_id)
    .where(_read_as(Application, Sketch), _read_as(_other_application, _other_sketch))
)


@row_type
class ResemblanceSummary:
    """Another case that one resembles, in a list."""

    id: UUID
    campaign_id: UUID
    share: int
    pictures: int
    application_id: UUID
    number: str
    brand_name: str | None
    unit_name: str
    other_share: int
    other_application_id: UUID
    other_number: str
    other_brand_name: str | None
    other_unit_name: str
    other_committee_name: str
    other_campaign_id: UUID
    other_year: int


@row_type
class ResemblanceRow(ResemblanceSummary):
    """The same with what is compared."""

    content: Content
    fingerprints: Mapping[str, str]
    other_content: Content
    other_fingerprints: Mapping[str, str]


FILTERS = {
    "campaign_id": exactly(Application.campaign_id, UUID, "Only of cases in this campaign."),
    "application_id": exactly(Application.id, UUID, "Only of this case."),
}
SORTS = {"share": -Resemblance.share, "pictures": -Resemblance.pictures}
_RESEMBLANCES = Listing(_SELECTED, Resemblance.id, ResemblanceSummary, filters=FILTERS, sorts=SORTS)
_RESEMBLANCE = Query(
    _SELECTED.add_columns(
        ApplicationVersion.content,
        Sketch.fingerprints,
        _other_version.content.label("other_content"),
        _other_sketch.fingerprints.label("other_fingerprints"),
    ).where(Resemblance.id == bound_id("resemblance_id")),
    ResemblanceRow,
)


@dataclass(frozen=True, slots=True)
class ResemblanceRecord:
    """Two cases that resemble each other, with what they have in common."""

    row: ResemblanceRow
    passages: Sequence[policy.Passage]
    pictures_alike: Sequence[tuple[int, int]]


async def compare(ctx: Context, subject_id: str) -> None:
    """Sketch the latest content of an application, and keep which others it resembles; twice does no more than once."""
    await ctx.session.execute(_TURN)
    found = await ctx.one(_SUBMITTED, application_id=UUID(subject_id))
    if found is None or found.sketched:
        return
    texts = policy.texts_of(found.content)
    sketch = Sketch(
        application_id=UUID(subject_id),
        digest=found.digest,
        version_id=found.version_id,
        hashes=policy.sketch_of(texts),
        bands=policy.bands_of(found.fingerprints.values()),
        fingerprints=dict(found.fingerprints),
    )
    ctx.session.add(sketch)
    await ctx.flush()
    for candidate in await _candidates_of(ctx, sketch):
        ctx.session.add_all(_resemblances(sketch, texts, candidate))


async def read(view: View, resemblance_id: UUID) -> ResemblanceRecord:
    """One resemblance with the passages and pictures that both cases have; NotFound unless both are visible."""
    require_role(view.actor.role, *policy.READERS)
    row = await view.get(_RESEMBLANCE, resemblance_id=resemblance_id)
    passages = policy.passages(policy.texts_of(row.content), policy.texts_of(row.other_content))
    return ResemblanceRecord(row, passages, _pictures_alike(row.fingerprints, row.other_fingerprints))


async def search(
    view: View, *, after: UUID | None, limit: int, sort: str | None = None, **filters: FilterValue
) -> Page[ResemblanceSummary]:
    require_role(view.actor.role, *policy.READERS)
    return await _RESEMBLANCES.sorted_page(view, sort, after=after, limit=limit, **filters)


async def _candidates_of(ctx: Context, sketch: Sketch) -> Sequence[Candidate]:
    """Find the contents of other applications that may resemble this one."""
    found = await ctx.rows(_CANDIDATES, application_id=sketch.application_id, sought=sketch.hashes)
    like_texts = [each for each in found if policy.may_resemble(sketch.hashes, each.hashes)]
    probes = [~number for number in policy.probes_of(sketch.fingerprints.values())]
    found = await ctx.rows(_CANDIDATES, application_id=sketch.application_id, sought=probes)
    like_pictures = [each for each in found if _pictures_alike(sketch.fingerprints, each.fingerprints)]
    return list({each.id: each for each in (*like_texts, *like_pictures)}.values())


def _resemblances(sketch: Sketch, texts: policy.Texts, candidate: Candidate) -> list[Resemblance]:
    """Compare two contents letter by letter; a row for each of the two, or none."""
    others = policy.texts_of(candidate.content)
    share = policy.share(texts, policy.passages(texts, others))
    other_share = policy.share(others, policy.passages(others, texts))
    pictures = _pictures_alike(sketch.fingerprints, candidate.fingerprints)
    if not policy.resembles(share, other_share, len(pictures)):
        return []
    return [
        Resemblance(sketch_id=one, other_id=other, share=its, other_share=theirs, pictures=number)
        for one, other, its, theirs, number in (
            (sketch.id, candidate.id, share, other_share, len({mine for mine, _ in pictures})),
            (candidate.id, sketch.id, other_share, share, len({theirs for _, theirs in pictures})),
        )
    ]


def _pictures_alike(one: Mapping[str, str], other: Mapping[str, str]) -> Sequence[tuple[int, int]]:
    """Compare the pictures of two documents, in which their places are words."""
    return policy.pictures_alike(*({int(place): each for place, each in known.items()} for known in (one, other)))
