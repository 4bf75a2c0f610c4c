"""Payloads of nominations: composed once, kept for ever, and read by those the case is nominated to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ScalarSelect, and_, literal, or_, select

from app import file_names
from app.context import View, acting_as
from app.database import Query, bound_id, bound_ids
from app.models import (
    Application,
    ApplicationVersion,
    Award,
    Campaign,
    Commendation,
    Committee,
    Endorsement,
    File,
    Nomination,
    Unit,
    VersionAttachment,
    VersionImage,
    Vocabulary,
)
from app.models.enums import NominationStatus, Role
from app.problems import NotFound
from app.rows import row_type, values_of
from app.services.files import StoredFile
from app.services.filing import campaigns, recommended
from app.services.filing.visibility import NOMINATION_VISIBLE
from app.services.history import canonical
from app.services.policies.filing import cells
from app.services.policies.filing.attachment_settings import AttachmentKind
from app.services.policies.filing.attachments import attached_to
from app.services.policies.filing.limit_settings import ImageRole
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.handover import payloads as policy
from app.services.policies.people import vocabularies as words
from app.services.policies.people.vocabularies import COMMITTEE_KIND, HONOUR_LEVEL, StoredWords, Word

F = TypeVar("F", bound="FiledFile")
_sealed = (
    select(Endorsement.id)
    .where(Endorsement.application_id == Application.id, Endorsement.digest == ApplicationVersion.digest)
    .where(Endorsement.endorsed_at <= ApplicationVersion.fixed_at)
    .order_by(Endorsement.id.desc())
    .limit(1)
    .correlate(Application, ApplicationVersion)
    .scalar_subquery()
)
"""The seal under which it was filed, even if it was voided since."""


def _prefixed(prefix: str, *columns: Any) -> list[Any]:
    return [column.label(f"{prefix}_{column.key}") for column in columns]


_VOCABULARIES = {"committee_kinds": COMMITTEE_KIND, "honour_levels": HONOUR_LEVEL}


def _words_of(name: str) -> ScalarSelect[StoredWords]:
    return select(Vocabulary.words).where(Vocabulary.name == literal(name)).scalar_subquery()


@row_type
class MaterialRow:
    """An application as it was filed, with its seal and the scan of it, and the award if there is one."""

    application_id: UUID
    application_number: str
    version_id: UUID
    version_number: int
    version_digest: str
    filed_at: datetime
    content: Mapping[str, object]
    campaign_id: UUID
    campaign_settings_digest: str
    committee_id: UUID
    committee_code: str
    committee_name: str
    committee_kind: str
    unit_id: UUID
    unit_name: str
    unit_honour_level: str
    unit_credit_code: str | None
    seal_id: UUID
    seal_digest: str
    seal_endorsed_at: datetime
    scan_id: UUID
    scan_sha256: str
    scan_size: int
    scan_media_type: str
    award_id: UUID | None
    award_kind: str | None
    award_grade: str | None
    award_certificate_number: str | None
    award_public_summary: str | None
    awarded_at: datetime | None
    document_number: str | None
    title: str | None
    recommended_rank: int | None
    committee_kinds: StoredWords | None
    honour_levels: StoredWords | None


@row_type
class FiledFile:
    """A file of the version that was filed."""

    version_id: UUID
    id: UUID
    sha256: str
    size: int
    media_type: str


@row_type
class Picture(FiledFile):
    """A picture."""

    slot: int


@row_type
class Attached(FiledFile):
    """A supporting document."""

    place: int


@row_type
class StoredPayload:
    """A payload as it was fixed."""

    payload: Mapping[str, object]
    payload_digest: str


@row_type
class PayloadFiles:
    """The files that a payload names."""

    files: Sequence[Mapping[str, object]]
    number: str


_FILE = (File.id, File.sha256, File.size, File.media_type)
_MATERIAL = Query(
    select(
        *_prefixed("application", Application.id, Application.number),
        *_prefixed("version", *(ApplicationVersion.__table__.c[name] for name in ("id", "number", "digest"))),
        ApplicationVersion.fixed_at.label("filed_at"),
        ApplicationVersion.content,
        *_prefixed("campaign", Campaign.id, Campaign.settings_digest),
        *_prefixed("committee", Committee.id, Committee.code, Committee.name, Committee.kind),
        *_prefixed("unit", Unit.id, Unit.name, Unit.honour_level, Unit.credit_code),
        *_prefixed("seal", Endorsement.id, Endorsement.digest, Endorsement.endorsed_at),
        *_prefixed("scan", *_FILE),
        *_prefixed("award", Award.id, Award.kind, Award.grade, Award.certificate_number, Award.public_summary),
        Award.awarded_at,
        Commendation.document_number,
        Commendation.title,
        recommended.RANK,
        *(_words_of(vocabulary).label(name) for name, vocabulary in _VOCABULARIES.items()),
    )
    .join(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
    .join(Campaign, Campaign.id == Application.campaign_id)
    .join(Committee, Committee.id == Application.committee_id)
    .join(Unit, Unit.id == Application.unit_id)
    .join(Endorsement, Endorsement.id == _sealed)
    .join(File, File.id == Endorsement.file_id)
    .outerjoin(Award, and_(Award.application_id == Application.id, Award.id == bound_ids("award_ids").any_()))
    .outerjoin(Commendation, Commendation.id == Award.commendation_id)
    .where(Application.id == bound_ids("application_ids").any_()),
    MaterialRow,
)
_PICTURES = Query(
    select(VersionImage.version_id, *_FILE, VersionImage.slot)
    .join(File, File.id == VersionImage.file_id)
    .where(VersionImage.version_id == bound_ids("version_ids").any_())
    .order_by(VersionImage.slot),
    Picture,
)
_ATTACHED = Query(
    select(VersionAttachment.version_id, *_FILE, VersionAttachment.place)
    .join(File, File.id == VersionAttachment.file_id)
    .where(VersionAttachment.version_id == bound_ids("version_ids").any_())
    .order_by(VersionAttachment.place),
    Attached,
)
_kept = or_(acting_as(Role.OFFICE), Nomination.status != NominationStatus.WITHDRAWN)
"""What was withdrawn is handed over to nobody any more; the office keeps what it had sent."""
_VISIBLE = (Nomination.id == bound_id("nomination_id"), NOMINATION_VISIBLE, _kept)
_PAYLOAD = Query(select(Nomination.payload, Nomination.payload_digest).where(*_VISIBLE), StoredPayload)
_FILES = Query(
    select(
        Nomination.payload["files"].label("files"), Nomination.payload[("application", "number")].astext.label("number")
    ).where(*_VISIBLE),
    PayloadFiles,
)


@dataclass(frozen=True, slots=True)
class Material:
    """Everything a payload is composed of: the nominated application, in its present state."""

    row: MaterialRow
    pictures: list[Picture]
    attachments: list[Attached]
    settings: CampaignSettings
    kind: Word
    level: Word


@dataclass(frozen=True, slots=True)
class Sent:
    """A payload as it is sent: these very bytes, under their SHA-256."""

    content: bytes
    sha256: str


async def gather(view: View, awards: Mapping[UUID, UUID | None]) -> dict[UUID, Material]:
    """Read the material of payloads: what was filed, its seal and files, and the award if there is one.

    Of each application with the award that is named for it.
    """
    of_awards = [award_id for award_id in awards.values() if award_id]
    rows = await view.rows(_MATERIAL, application_ids=list(awards), award_ids=of_awards)
    assert len(rows) == len(awards), "nothing is filed without a seal"
    pictures = await _files(view, _PICTURES, rows)
    attached = await _files(view, _ATTACHED, [row for row in rows if attached_to(row.content)])
    return {
        row.application_id: Material(
            row,
            pictures[row.version_id],
            attached[row.version_id],
            await campaigns.settings_of(view, row.campaign_settings_digest),
            words.word_of(COMMITTEE_KIND, row.committee_kinds, row.committee_kind),
            words.word_of(HONOUR_LEVEL, row.honour_levels, row.unit_honour_level),
        )
        for row in rows
    }


async def _files(view: View, query: Query[F], rows: Sequence[MaterialRow]) -> dict[UUID, list[F]]:
    """Read the files of several versions, by their ids."""
    found: dict[UUID, list[F]] = defaultdict(list)
    for each in await view.rows(query, version_ids=[row.version_id for row in rows]) if rows else []:
        found[each.version_id].append(each)
    return found


def compose(material: Material, nomination: policy.PayloadNomination) -> dict[str, object]:
    """Return the payload of this nomination, as it will be stored and sent."""
    row, settings = material.row, material.settings
    content = policy.PayloadContent.model_validate(row.content)
    of_notice = words.is_of_notice(COMMITTEE_KIND, material.kind) and words.is_of_notice(HONOUR_LEVEL, material.level)
    ranked = row.recommended_rank is not None
    payload = {
        "schema_version": policy.schema_version(content, ranked=ranked, of_notice=of_notice),
        "nomination": nomination,
        "campaign": _campaign(row, settings),
        "award": _award(row, settings),
        "committee": {
            "id": row.committee_id,
            "code": row.committee_code,
            "name": row.committee_name,
            "kind": row.committee_kind,
            "kind_name": None if of_notice else material.kind.label,
        },
        "unit": {
            "id": row.unit_id,
            "name": row.unit_name,
            "honour_level": row.unit_honour_level,
            "honour_level_name": None if of_notice else material.level.label,
            "credit_code": row.unit_credit_code,
        },
        "application": _application(row, settings, content),
        "endorsement": {
            "id": row.seal_id,
            "digest": row.seal_digest,
            "endorsed_at": moment(row.seal_endorsed_at),
            "sha256": row.scan_sha256,
        },
        "files": [*map(_picture, material.pictures), _scan(row), *map(_attached, material.attachments)],
    }
    return policy.NominationPayload.model_validate(payload).model_dump(mode="json")


async def read(view: View, nomination_id: UUID) -> Sent:
    """Return the payload, byte for byte as it was fixed; NotFound unless the nomination is visible."""
    row = await view.get(_PAYLOAD, nomination_id=nomination_id)
    return Sent(canonical(row.payload), row.payload_digest)


async def stored(view: View, nomination_id: UUID, sha256: str) -> StoredFile:
    """Return the place of a file's bytes; NotFound unless it is a file of this very nomination."""
    row = await view.get(_FILES, nomination_id=nomination_id)
    for file in map(policy.PayloadFile.model_validate, row.files):
        if file.sha256 == sha256:
            return StoredFile(
                file.file_id, file.media_type, sha256, file_names.named(file.media_type, row.number, _part(file))
            )
    raise NotFound


def _part(file: policy.PayloadFile) -> file_names.Part:
    if file.kind == "endorsement":
        return file_names.STAMPED_SCAN
    part = file_names.attachment_part if file.kind == "attachment" else file_names.picture_part
    return part(int(PurePath(file.path).stem))


def moment(instant: datetime) -> str:
    """Write an instant as payloads do."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _campaign(row: MaterialRow, settings: CampaignSettings) -> dict[str, object]:
    return {
        "id": row.campaign_id,
        "name": settings.name,
        "year": settings.year,
        "timezone": settings.timezone,
        "organizer": settings.organizer.model_dump(),
    }


def _award(row: MaterialRow, settings: CampaignSettings) -> dict[str, object] | None:
    if row.award_kind is None or row.awarded_at is None:
        return None
    kind = settings.award_kind(row.award_kind)
    grades = {grade.code: grade.name for grade in kind.grades} if kind else {}
    return {
        "id": row.award_id,
        "kind": row.award_kind,
        "kind_name": kind.name if kind else row.award_kind,
        "grade": row.award_grade,
        "grade_name": grades.get(row.award_grade) if row.award_grade else None,
        "certificate_number": row.award_certificate_number,
        "document_number": row.document_number,
        "commendation_title": row.title,
        "public_summary": row.award_public_summary,
        "awarded_at": moment(row.awarded_at),
    }


def _application(row: MaterialRow, settings: CampaignSettings, content: policy.PayloadContent) -> dict[str, object]:
    names = {each.code: each.name for each in settings.categories}
    own = content.form.cells
    return {
        "id": row.application_id,
        "number": row.application_number,
        "version": row.version_number,
        "filed_at": moment(row.filed_at),
        "category_name": names.get(content.form.category, content.form.category),
        "digest": row.version_digest,
        "content": content,
        "cells": None if own is None else [_in_words(cell) for cell in cells.in_words(settings.cells, own)],
        "attachment_kinds": _words(settings.attachments, [each.kind for each in content.attachments or ()]),
        "image_roles": _words(settings.images.roles, [each.role for each in content.images]),
        "recommended_rank": row.recommended_rank,
    }


def _words(known: Sequence[AttachmentKind | ImageRole], used: Sequence[str | None]) -> list[dict[str, str]] | None:
    """Return the names of the codes that are used; None where none is."""
    words = [{"code": each.code, "name": each.name, "name_en": each.name_en} for each in known if each.code in used]
    return words or None


def _in_words(cell: cells.CellInWords) -> dict[str, object]:
    return {name: value for name, value in values_of(cell).items() if name != "value"}


def _picture(picture: Picture) -> dict[str, object]:
    return {"path": f"images/{picture.slot}.jpg", "kind": "image"} | _bytes_of(picture)


def _attached(attached: Attached) -> dict[str, object]:
    path = f"attachments/{attached.place}.{file_names.ENDINGS[attached.media_type]}"
    return {"path": path, "kind": "attachment"} | _bytes_of(attached)


def _bytes_of(file: FiledFile) -> dict[str, object]:
    return {"file_id": file.id, "sha256": file.sha256, "size": file.size, "media_type": file.media_type}


def _scan(row: MaterialRow) -> dict[str, object]:
    ending = "pdf" if row.scan_media_type == "application/pdf" else "jpg"
    scan = FiledFile(row.version_id, row.scan_id, row.scan_sha256, row.scan_size, row.scan_media_type)
    return {"path": f"endorsement.{ending}", "kind": "endorsement"} | _bytes_of(scan)
