"""Endorsement (审核盖章): a committee's stamped scan, bound to the digest of the very content it approves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, func, literal, not_, null, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from app import file_names
from app.context import Context, View, acting_as
from app.database import Query, bound_id
from app.imaging import Scan, check_scan
from app.models import Account, Application, ApplicationVersion, Endorsement, File
from app.models.enums import Role
from app.rows import row_type
from app.services.files import Blob, Intake, Kind, StoredFile
from app.services.filing import applications, seals
from app.services.filing.visibility import ETAG_VERSION, VISIBLE
from app.services.history import create, expect, move
from app.services.policies import judge, permit, refuse
from app.services.policies.filing import applications as policy
from app.services.policies.filing.endorsements import MADE, PROVEN, paper_findings

_FOR_OFFICE = acting_as(Role.OFFICE)
_sealer, _voider = aliased(Account), aliased(Account)


@row_type
class EndorsementRow:
    """An endorsement, its scan, and whether it covers the content; how it lost its force is not for the office."""

    id: UUID
    digest: str
    endorsed_at: datetime
    endorsed_by_name: str
    file_id: UUID
    media_type: str
    size: int
    sha256: str
    number: str
    application_version: int
    covers_content: bool
    paper_verified: bool
    voided_at: datetime | None
    voided_by_name: str | None
    void_reason: str | None
    changed_fields: list[str]


_ENDORSEMENT = Query(
    select(
        Endorsement.id,
        Endorsement.digest,
        Endorsement.endorsed_at,
        _sealer.name.label("endorsed_by_name"),
        File.id.label("file_id"),
        File.media_type,
        File.size,
        File.sha256,
        Application.number,
        ETAG_VERSION.label("application_version"),
        or_(_FOR_OFFICE, and_(Endorsement.voided_at.is_(None), Endorsement.digest == Application.content_digest)).label(
            "covers_content"
        ),
        (func.strpos(File.codes, func.upper(func.left(Endorsement.digest, PROVEN))) > 0).label("paper_verified"),
        case((_FOR_OFFICE, null()), else_=Endorsement.voided_at).label("voided_at"),
        case((_FOR_OFFICE, null()), else_=_voider.name).label("voided_by_name"),
        case((_FOR_OFFICE, null()), else_=Endorsement.void_reason).label("void_reason"),
        case((_FOR_OFFICE, literal([], JSONB)), else_=Endorsement.changed_fields).label("changed_fields"),
    )
    .join(Application, Application.id == Endorsement.application_id)
    .join(File, File.id == Endorsement.file_id)
    .join(_sealer, _sealer.id == Endorsement.endorsed_by)
    .outerjoin(_voider, _voider.id == Endorsement.voided_by)
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
    .where(Application.id == bound_id("application_id"), VISIBLE)
    .where(
        or_(
            not_(_FOR_OFFICE),
            and_(Endorsement.digest == ApplicationVersion.digest, Endorsement.endorsed_at <= Application.filed_at),
        )
    )
    .order_by(Endorsement.id.desc())
    .limit(1),
    EndorsementRow,
)
"""The latest; for the office the one with which the application was filed, as it stood then."""


def _blobs(scan: Scan) -> list[Blob]:
    return [Blob(scan.content, scan.media_type, scan.sha256, scan.damaged, "\n".join(scan.codes))]


SCAN = Kind(check_scan, _blobs, files=1)


async def endorse(intake: Intake, application_id: UUID, data: bytes, version: int | None) -> None:
    """Seal the present content with the scan of its stamped form; an older seal is replaced."""

    async def sealable(ctx: Context) -> tuple[Application, policy.ApplicationFacts]:
        application = await applications.get(ctx, application_id)
        permit(policy.ENDORSE, role=ctx.actor.role, status=application.status)
        expect(application, version)
        record = await applications.read(ctx, application_id)
        judge(policy.ENDORSE, ctx.actor.role, record.facts)
        return application, record.facts

    arrival = await intake.receive(data, SCAN, sealable)
    async with intake.attaching(arrival) as ctx:
        application, facts = await sealable(ctx)
        refuse(paper_findings(application.number, application.content_digest, arrival.found.codes))
        await seals.void(ctx, [application_id], "replaced")
        await ctx.flush()  # one is valid at a time: the old one is voided first
        endorsement = Endorsement(
            application_id=application_id,
            digest=application.content_digest,
            file_id=arrival.file_ids[0],
            endorsed_at=ctx.now,
            endorsed_by=ctx.actor.id,
        )
        create(ctx, endorsement, MADE, application_id=str(application_id))
        move(ctx, application, policy.ENDORSE, facts, endorsed_digest=application.content_digest)


async def revoke(ctx: Context, application_id: UUID, version: int | None) -> None:
    """Take the seal back before it is filed."""
    application = await applications.get(ctx, application_id)
    permit(policy.REVOKE_ENDORSEMENT, role=ctx.actor.role, status=application.status)
    expect(application, version)
    await seals.void(ctx, [application_id], "revoked")
    move(ctx, application, policy.REVOKE_ENDORSEMENT, endorsed_digest=None)


async def read(view: View, application_id: UUID) -> EndorsementRow:
    """Find the latest endorsement, whether it covers the present content, and if not, why; NotFound unless visible."""
    return await view.get(_ENDORSEMENT, application_id=application_id)


async def stored(view: View, application_id: UUID) -> StoredFile:
    """Locate the scan's bytes, for any reader of the endorsement."""
    row = await read(view, application_id)
    return StoredFile(
        row.file_id, row.media_type, row.sha256, file_names.named(row.media_type, row.number, file_names.STAMPED_SCAN)
    )
