"""What a nomination hands over: put together once, kept for ever, and read by whoever the case is nominated to."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, select

from app.context import Context, View
from app.database import Query, Row
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
    VersionImage,
)
from app.problems import NotFound
from app.services.files import StoredFile
from app.services.filing import campaigns
from app.services.filing.visibility import NOMINATION_VISIBLE
from app.services.history import canonical
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.handover.payloads import NominationPayload

_sealed = (
    select(Endorsement.id)
    .where(Endorsement.application_id == Application.id, Endorsement.digest == ApplicationVersion.digest)
    .where(Endorsement.endorsed_at <= ApplicationVersion.fixed_at)
    .order_by(Endorsement.id.desc())
    .limit(1)
    .correlate(Application, ApplicationVersion)
    .scalar_subquery()
)
"""The seal under which it was filed, whatever became of it since."""


def _prefixed(prefix: str, *columns: Any) -> list[Any]:
    return [column.label(f"{prefix}_{column.key}") for column in columns]


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
        *_prefixed("scan", File.id, File.sha256, File.size, File.media_type),
        *_prefixed("award", Award.id, Award.kind, Award.grade, Award.certificate_number, Award.public_summary),
        Award.awarded_at,
        Commendation.document_number,
        Commendation.title,
    )
    .join(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
    .join(Campaign, Campaign.id == Application.campaign_id)
    .join(Committee, Committee.id == Application.committee_id)
    .join(Unit, Unit.id == Application.unit_id)
    .join(Endorsement, Endorsement.id == _sealed)
    .join(File, File.id == Endorsement.file_id)
    .outerjoin(Award, and_(Award.application_id == Application.id, Award.id == bindparam("award_id", type_=Uuid)))
    .outerjoin(Commendation, Commendation.id == Award.commendation_id)
    .where(Application.id == bindparam("application_id", type_=Uuid))
)
_PICTURES = Query(
    select(VersionImage.slot, File.id, File.sha256, File.size, File.media_type)
    .join(File, File.id == VersionImage.file_id)
    .where(VersionImage.version_id == bindparam("version_id", type_=Uuid))
    .order_by(VersionImage.slot)
)
_VISIBLE = (Nomination.id == bindparam("nomination_id", type_=Uuid), NOMINATION_VISIBLE)
_PAYLOAD = Query(select(Nomination.payload, Nomination.payload_digest).where(*_VISIBLE))
_FILES = Query(select(Nomination.payload["files"].label("files"), Nomination.payload_digest).where(*_VISIBLE))


@dataclass(frozen=True, slots=True)
class Material:
    """All there is to say of an application that is nominated, as it stands now."""

    row: Row
    pictures: list[Row]
    settings: CampaignSettings


@dataclass(frozen=True, slots=True)
class Sent:
    """A payload as it is sent: these very bytes, under their SHA-256."""

    content: bytes
    sha256: str


async def gather(ctx: Context, application_id: UUID, award_id: UUID | None) -> Material:
    """Read what will be handed over: the version that was filed, its seal and files, and the award if there is one."""
    row = await ctx.one(_MATERIAL, application_id=application_id, award_id=award_id)
    assert row is not None, "nothing is filed without a seal"
    pictures = await ctx.rows(_PICTURES, version_id=row["version_id"])
    return Material(row, pictures, await campaigns.settings_of(ctx, row["campaign_settings_digest"]))


def compose(material: Material, nomination: dict[str, Any]) -> dict[str, Any]:
    """The payload of this nomination, as it will be stored and sent."""
    row, settings = material.row, material.settings
    payload = {
        "schema_version": 1,
        "nomination": nomination | {"prepared_at": _moment(nomination["prepared_at"])},
        "campaign": _campaign(row, settings),
        "award": _award(row, settings),
        "committee": _part(row, "committee", "id", "code", "name", "kind"),
        "unit": _part(row, "unit", "id", "name", "honour_level", "credit_code"),
        "application": _application(row, settings),
        "endorsement": _part(row, "seal", "id", "digest")
        | {"endorsed_at": _moment(row["seal_endorsed_at"]), "sha256": row["scan_sha256"]},
        "files": [*map(_picture, material.pictures), _scan(row)],
    }
    return NominationPayload.model_validate(payload).model_dump(mode="json")


async def read(view: View, nomination_id: UUID) -> Sent:
    """The payload, byte for byte as it was fixed; NotFound unless the nomination is visible."""
    row = await view.get(_PAYLOAD, nomination_id=nomination_id)
    return Sent(canonical(row["payload"]), row["payload_digest"])


async def stored(view: View, nomination_id: UUID, sha256: str) -> StoredFile:
    """Where the bytes of one of its files are; NotFound unless it is a file of this very nomination."""
    row = await view.one(_FILES, nomination_id=nomination_id)
    for file in row["files"] if row else ():
        if file["sha256"] == sha256:
            name = file["path"].replace("/", "-")
            return StoredFile(UUID(file["file_id"]), file["media_type"], sha256, name)
    raise NotFound


def _part(row: Row, prefix: str, *names: str) -> dict[str, Any]:
    return {name: row[f"{prefix}_{name}"] for name in names}


def _campaign(row: Row, settings: CampaignSettings) -> dict[str, Any]:
    told = {name: getattr(settings, name) for name in ("name", "year", "timezone")}
    return told | {"id": row["campaign_id"], "organizer": settings.organizer.model_dump()}


def _award(row: Row, settings: CampaignSettings) -> dict[str, Any] | None:
    if row["award_id"] is None:
        return None
    kind = settings.award_kind(row["award_kind"])
    grades = {grade.code: grade.name for grade in kind.grades} if kind else {}
    return _part(row, "award", "id", "kind", "grade", "certificate_number", "public_summary") | {
        "kind_name": kind.name if kind else row["award_kind"],
        "grade_name": grades.get(row["award_grade"]),
        "document_number": row["document_number"],
        "commendation_title": row["title"],
        "awarded_at": _moment(row["awarded_at"]),
    }


def _application(row: Row, settings: CampaignSettings) -> dict[str, Any]:
    category = row["content"]["form"]["category"]
    names = {each.code: each.name for each in settings.categories}
    return _part(row, "application", "id", "number") | {
        "version": row["version_number"],
        "filed_at": _moment(row["filed_at"]),
        "category_name": names.get(category, category),
        "digest": row["version_digest"],
        "content": row["content"],
    }


def _picture(row: Row) -> dict[str, Any]:
    return _file(row, f"images/{row['slot']}.jpg", "image")


def _scan(row: Row) -> dict[str, Any]:
    scan = _part(row, "scan", "id", "sha256", "size", "media_type")
    ending = "pdf" if scan["media_type"] == "application/pdf" else "jpg"
    return _file(scan, f"endorsement.{ending}", "endorsement")


def _file(row: Row, path: str, kind: str) -> dict[str, Any]:
    told = {name: row[name] for name in ("sha256", "size", "media_type")}
    return told | {"path": path, "kind": kind, "file_id": row["id"]}


def _moment(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
