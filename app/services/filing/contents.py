"""The content of an application: its digest, the seal that covers it, and the part that a reader may see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, case, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by
from sqlalchemy.orm import aliased

from app.comparable import same_value
from app.context import ACTOR_COMMITTEE, Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.models import (
    Application,
    ApplicationVersion,
    Attachment,
    Committee,
    File,
    Image,
    Partner,
    Unit,
    VersionImage,
)
from app.models.enums import ApplicationStatus, CampaignStatus, Role
from app.rows import row_type
from app.services.filing import seals
from app.services.history import change, differing, digest_of
from app.services.policies import Event
from app.services.policies.filing.applications import reason_for_office
from app.services.policies.filing.forms import FORM, NARRATIVE, Content, Form
from app.services.policies.filing.narratives import count_characters
from app.services.policies.filing.own_cells import Values
from app.services.policies.filing.partners import joined
from app.services.policies.filing.versions import StoredImage

_elsewhere, _their = aliased(Image), aliased(Application)
_SEEN_IN = (
    select(_their.number)
    .join(_elsewhere, _elsewhere.application_id == _their.id)
    .where(or_(_elsewhere.sha256 == Image.sha256, _elsewhere.source_sha256 == Image.source_sha256))
    .where(_their.id != Image.application_id)
    .where(acting_as(Role.COMMITTEE), _their.committee_id == ACTOR_COMMITTEE)
    .distinct()
    .order_by(_their.number)
)
"""Other applications of the committee's units with the same picture; never visible to a unit."""

_asked, _asked_committee = aliased(Unit), aliased(Committee)
_partner = func.jsonb_build_object(
    *(literal_column("'unit_id'"), _asked.id, literal_column("'name'"), _asked.name),
    *(literal_column("'agreed_at'"), Partner.agreed_at),
    literal_column("'retired'"),
    or_(_asked.retired_at.is_not(None), _asked_committee.retired_at.is_not(None)),
)
_partners = (
    select(func.coalesce(func.jsonb_agg(aggregate_order_by(_partner, Partner.id)), literal_column("'[]'", JSONB)))
    .select_from(Partner)
    .join(_asked, _asked.id == Partner.unit_id)
    .outerjoin(_asked_committee, _asked_committee.id == _asked.committee_id)
    .where(Partner.application_id == Application.id)
    .correlate(Application)
    .scalar_subquery()
)
PARTNERS = case((acting_as(Role.OFFICE), ApplicationVersion.partners), else_=_partners).label("partners")
"""联合申报单位 in the order in which they were asked; for the office those of the filed version, which is joined."""

_told = [each for each in Attachment.__table__.columns if each.name not in {"application_id", "file_id", "added_at"}]
_attachment = func.jsonb_build_object(*chain(*((literal_column(f"'{each.name}'"), each) for each in _told)))
_attachments = select(
    func.coalesce(func.jsonb_agg(aggregate_order_by(_attachment, Attachment.id)), literal_column("'[]'", JSONB))
)
ATTACHMENTS = (
    _attachments.where(Attachment.application_id == Application.id)
    .correlate(Application)
    .scalar_subquery()
    .label("attachments")
)
"""佐证材料 in the order in which they were added, as they are now: what was filed is in the content."""

APPLICANT = case(
    (func.jsonb_array_length(ApplicationVersion.partners) > 0, ApplicationVersion.unit_name), else_=Unit.name
)
"""申报单位 of a filed version beside its unit: that under its name of today, joint applicants as they were filed."""


@row_type
class ApplicationRow:
    """An application as its reader may see it, with all that the rules need to judge it."""

    campaign_id: UUID
    committee_id: UUID
    unit_id: UUID
    number: str
    status: ApplicationStatus
    brand_name: str | None
    leader_name: str | None
    leader_title: str | None
    phone: str | None
    phone_numbers: list[str] | None
    category: str | None
    topic: str | None
    started_on: str | None
    ended_on: str | None
    innovation: str
    practices: str
    effects: str
    cells: Values
    narrative_length: int
    image_count: int
    versions: int
    content_digest: str
    endorsed_digest: str | None
    submitted_at: datetime | None
    filed_at: datetime | None
    filed_version_id: UUID | None
    reconsidered: bool
    reason_codes: list[str]
    reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    id: UUID
    unit_name: str
    committee_name: str
    retired: bool
    honour_level: str
    campaign_status: CampaignStatus
    settings_digest: str
    extension_id: UUID | None
    extension_due_on: date | None
    extension_until: datetime | None
    standing: int
    put_forward: int
    ready: int
    filed_content: Content | None
    filed_digest: str | None
    filed_topic: str | None
    etag_version: int
    sent_back: bool
    scan_damaged: bool
    scan_seen_in: list[str]
    exemptions: Sequence[tuple[str, int]] | None
    siblings: Mapping[str, object] | None
    partners: list[Mapping[str, Any]]
    attachments: Sequence[Mapping[str, Any]]
    nominated: bool
    award_stands: bool
    in_round: str | None
    vetoes: Mapping[str, bool] | None
    recommended_rank: int | None

    @property
    def form(self) -> Form:
        """The cells of the form, and the topic (子项), which is no part of what is digested and sealed."""
        return {name: getattr(self, name) for name in (*FORM, "cells", "topic")}

    @property
    def names(self) -> dict[str, str]:
        """Names of the units and of the committee, as the content has them."""
        applicants = joined([self.unit_name, *(each["name"] for each in self.partners)])
        return {"unit_name": applicants, "committee_name": self.committee_name}


@row_type
class ImageRow:
    """A picture as its reader may see it."""

    application_id: UUID
    id: UUID
    version: int
    slot: int
    caption: str
    role: str | None
    sha256: str
    width: int
    height: int
    size: int
    damaged: bool
    seen_in: list[str]


@row_type
class SeenIn:
    """State of the filed pictures with this digest, and the other filed applications that have one."""

    sha256: str
    damaged: bool
    seen_in: list[str]


@row_type
class Names:
    """Names of the applying units, the lead first, and of the recommending committee; beside them 佐证材料."""

    unit_names: list[str]
    committee_name: str
    attachments: Sequence[Mapping[str, Any]]


_SEEN_IN_FILED = Query(
    select(
        File.sha256,
        func.bool_or(File.damaged).label("damaged"),
        func.array_remove(func.array_agg(_their.number.distinct()), bindparam("number", type_=Text)).label("seen_in"),
    )
    .join(VersionImage, VersionImage.file_id == File.id)
    .join(_their, _their.filed_version_id == VersionImage.version_id)
    .where(acting_as(Role.OFFICE))
    .where(File.sha256 == bindparam("digests", type_=ARRAY(Text)).any_())
    .group_by(File.sha256),
    SeenIn,
)
"""The same among filed versions: a later draft is not visible to the office."""

_IMAGES = Query(
    select(
        Image.application_id,
        Image.id,
        Image.version,
        Image.slot,
        Image.caption,
        Image.role,
        Image.sha256,
        Image.width,
        Image.height,
        Image.size,
        File.damaged,
        func.array(_SEEN_IN.scalar_subquery()).label("seen_in"),
    )
    .join(File, File.id == Image.file_id)
    .where(Image.application_id == bound_ids("application_ids").any_())
    .order_by(Image.slot),
    ImageRow,
)
_partner_names = (
    select(_asked.name)
    .join(Partner, Partner.unit_id == _asked.id)
    .where(Partner.application_id == bound_id("application_id"))
    .order_by(Partner.id)
    .scalar_subquery()
)
_NAMES = Query(
    select(
        func.array_prepend(Unit.name, func.array(_partner_names)).label("unit_names"),
        Committee.name.label("committee_name"),
        _attachments.where(Attachment.application_id == bound_id("application_id"))
        .scalar_subquery()
        .label("attachments"),
    )
    .join(Committee, Committee.id == bound_id("committee_id"))
    .where(Unit.id == bound_id("unit_id")),
    Names,
)
ATTACHMENT = ("id", "kind", "title", "media_type", "sha256", "size")
IMAGE = ("id", "slot", "caption", "sha256", "width", "height", "size")


def content_of(
    form: Form, names: Mapping[str, str], images: Sequence[object], attachments: Sequence[Mapping[str, Any]] = ()
) -> Content:
    """Compose the content of an application: all that its digest covers, and so all that a seal approves.

    Without cells of the campaign's own, or supporting documents, it is as it was before there were any.
    """
    own = form.get("cells")
    attached = [{name: each[name] for name in ATTACHMENT} for each in attachments]
    return {
        **names,
        "form": {name: _plain(form[name]) for name in FORM} | ({"cells": own} if own else {}),
        "narrative_length": narrative_length(form),
        "image_count": len(images),
        "images": [_picture(image) for image in images],
    } | ({"attachments": attached} if attached else {})


def _picture(image: object) -> dict[str, object]:
    """A picture without a role is as it was before there were any."""
    figures = {name: _plain(getattr(image, name)) for name in (*IMAGE, "role")}
    return {name: figure for name, figure in figures.items() if name != "role" or figure}


def empty_digest(form: Form, names: Mapping[str, str]) -> str:
    """The digest of an application that has no pictures yet."""
    return digest_of(content_of(form, names, []))


def narrative_length(form: Form) -> int:
    """字数 of the three texts together."""
    return sum(count_characters(form[name]) for name in NARRATIVE)


async def visible(view: View, row: ApplicationRow) -> tuple[ApplicationRow, Sequence[ImageRow]]:
    """Return the content its reader may see: the present one for the owners, the filed one for the office."""
    filed = row.filed_content
    if filed is None:
        return row, (await pictures(view, [row.id]))[row.id]
    images = filed["images"]
    digests = [image["sha256"] for image in images]
    found = await view.rows(_SEEN_IN_FILED, number=row.number, digests=digests)
    seen = {each.sha256: each for each in found}
    return _as_filed(row, filed), [_image_as_filed(row.id, image, seen.get(image["sha256"])) for image in images]


async def pictures(view: View, application_ids: Sequence[UUID]) -> dict[UUID, list[ImageRow]]:
    """Return the present pictures of each of these applications, in their order."""
    found: dict[UUID, list[ImageRow]] = {each: [] for each in application_ids}
    for image in await view.rows(_IMAGES, application_ids=list(application_ids)):
        found[image.application_id].append(image)
    return found


def _image_as_filed(application_id: UUID, image: StoredImage, seen: SeenIn | None) -> ImageRow:
    figures = {name: image[name] for name in IMAGE if name != "id"}
    damaged, seen_in = (seen.damaged, sorted(seen.seen_in)) if seen else (False, [])
    role, id_ = image.get("role"), UUID(image["id"])
    return ImageRow(
        application_id=application_id, id=id_, version=1, role=role, damaged=damaged, seen_in=seen_in, **figures
    )


def _as_filed(row: ApplicationRow, filed: Content) -> ApplicationRow:
    """Replace every value by which a reader could notice a later draft."""
    assert row.filed_digest is not None, "it stands beside the content"
    assert row.filed_at is not None, "as does the filing"
    return replace(
        row,
        narrative_length=filed["narrative_length"],
        image_count=filed["image_count"],
        content_digest=row.filed_digest,
        endorsed_digest=row.filed_digest,
        version=row.etag_version,
        status=row.status.outward,
        updated_at=row.filed_at,
        topic=row.filed_topic,
        reason=reason_for_office(row.reason, row.reason_codes, row.status),
        attachments=filed.get("attachments", ()),
        **{"cells": {}} | filed["form"],
    )


async def change_content(ctx: Context, application: Application, event: Event, **values: object) -> None:
    """Change the form; where it then differs from the sealed content, void the seal and record the changed cells."""
    if cells := differing(application, values):
        await content_changed(ctx, application, event, [*_names_of(application, cells)], **cells)


def _names_of(application: Application, cells: Form) -> Iterator[str]:
    """Yield the names of changed cells, those of the campaign's own each by itself."""
    yield from (name for name in cells if name != "cells")
    before, after = application.cells, cells.get("cells", application.cells)
    yield from (f"cells/{code}" for code in before | after if not same_value(before.get(code), after.get(code)))


async def content_changed(
    ctx: Context, application: Application, event: Event, changed: Sequence[str], **cells: object
) -> Content:
    """Set these cells; compute digest, 字数 and picture count anew; void a seal that no longer covers the content."""
    content = await _content_with(ctx, application, cells)
    sealed = application.endorsed_digest
    voids = sealed is not None and sealed != digest_of(content)
    if voids:
        await seals.void(ctx, [application.id], "content_changed", changed)
    change(
        ctx,
        application,
        event,
        data={"changed": list(changed), "seal_voided": voids},
        narrative_length=content["narrative_length"],
        image_count=content["image_count"],
        content_digest=digest_of(content),
        endorsed_digest=None if voids else sealed,
        **cells,
    )
    return content


async def _content_with(ctx: Context, application: Application, cells: Form) -> Content:
    committee_id = cells.get("committee_id", application.committee_id)
    of = {"application_id": application.id, "unit_id": application.unit_id, "committee_id": committee_id}
    found = await ctx.get(_NAMES, **of)
    names = {"unit_name": joined(found.unit_names), "committee_name": found.committee_name}
    images = (await pictures(ctx, [application.id]))[application.id]
    form = {name: getattr(application, name) for name in (*FORM, "cells")}
    return content_of({**form, **cells}, names, images, found.attachments)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value
