"""The nominations of a campaign as one zip, for a network that is not reached: streamed, never whole in memory."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from uuid import UUID

from sqlalchemy import and_, or_, select

from app.context import View
from app.database import Query, bound_id
from app.file_names import FileName, Part, campaign_code, named
from app.models import Award, Campaign, Nomination
from app.models.enums import AwardStatus
from app.rows import row_type
from app.services.files import key_of
from app.services.filing import campaigns
from app.services.filing.visibility import NOMINATION_VISIBLE, nominations_visible
from app.services.history import canonical
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.handover import packages as policy
from app.services.policies.handover.nominations import REPLACED_OR_WITHDRAWN
from app.services.policies.handover.packages import Listed, Packed
from app.services.policies.handover.payloads import NominationPayload
from app.storage import Storage

_CAMPAIGN_ID = bound_id("campaign_id")


@row_type
class PackagedCampaign:
    """The campaign whose nominations are packed."""

    settings_digest: str


@row_type
class PackagedNomination:
    """A current nomination, with its stored payload."""

    id: UUID
    position: int
    payload: Mapping[str, object]
    payload_digest: str


_CAMPAIGN = Query(
    select(Campaign.settings_digest).where(
        Campaign.id == _CAMPAIGN_ID, campaigns.VISIBLE, nominations_visible(Campaign.id)
    ),
    PackagedCampaign,
)
_NOMINATIONS = Query(
    select(Nomination.id, Nomination.position, Nomination.payload, Nomination.payload_digest)
    .outerjoin(Award, Award.id == Nomination.award_id)
    .where(or_(Award.id.is_(None), Award.status == AwardStatus.AWARDED))
    .where(Nomination.campaign_id == _CAMPAIGN_ID, NOMINATION_VISIBLE)
    .where(and_(*(Nomination.status != status for status in REPLACED_OR_WITHDRAWN)))
    .order_by(Nomination.position, Nomination.id),
    PackagedNomination,
)


@dataclass(frozen=True, slots=True)
class Package:
    """A bag: its name, which in ASCII is also its one folder, and its files in the order in which they are written."""

    name: FileName
    files: Sequence[Packed]

    def stream(self, storage: Storage) -> tuple[int, AsyncGenerator[bytes]]:
        """Its size as a zip, known beforehand, and its bytes as the store gives them."""
        from zipstream import ZipStream  # noqa: PLC0415  # only where a package is made

        archive = ZipStream(sized=True)
        for file in self.files:
            archive.add(_bytes_of(file, storage), f"{PurePath(self.name.plain).stem}/{file.path}", size=file.size)
        return len(archive), storage.drawn(iter(archive))


async def pack(view: View, campaign_id: UUID) -> Package:
    """Every current nomination of the campaign but those of revoked awards; NotFound unless they are visible."""
    campaign = await view.get(_CAMPAIGN, campaign_id=campaign_id)
    settings = await campaigns.settings_of(view, campaign.settings_digest)
    rows = await view.rows(_NOMINATIONS, campaign_id=campaign_id)
    title = f"{settings.name}（{settings.year}）择优推荐"
    cases = [(row, NominationPayload.model_validate(row.payload)) for row in rows]
    files = [file for row, payload in cases for file in _files(row, payload)]
    index = policy.index(title, [_listed(row, payload) for row, payload in cases])
    day = view.now.astimezone(settings.zone).date()
    about = {
        "Source-Organization": settings.organizer.name,
        "Contact-Name": settings.organizer.contact_name,
        "Contact-Phone": settings.organizer.phone,
        "Contact-Email": settings.organizer.email,
        "External-Description": title,
        "External-Identifier": f"urn:uuid:{campaign_id}",
        "Bagging-Date": day.isoformat(),
    }
    return Package(_name(settings, campaign_id, f"{day:%Y%m%d}"), policy.bagged([*files, *index], about))


def _name(settings: CampaignSettings, campaign_id: UUID, day: str) -> FileName:
    campaign = Part(f"{settings.year}-{settings.name}", campaign_code(settings.year, campaign_id))
    return named("application/zip", campaign, Part("择优推荐", "nominations"), day)


def _bytes_of(file: Packed, storage: Storage) -> bytes | Iterator[bytes]:
    return storage.blocks(key_of(file.file_id), sha256=file.sha256) if file.file_id else file.content or b""


def _files(row: PackagedNomination, payload: NominationPayload) -> list[Packed]:
    """A nomination's folder: the payload, byte for byte as it is sent, and its files."""
    folder, content = f"data/{payload.application.number}", canonical(row.payload)
    return [
        Packed(f"{folder}/payload.json", row.payload_digest, len(content), content),
        *(Packed(f"{folder}/{file.path}", file.sha256, file.size, file_id=file.file_id) for file in payload.files),
    ]


def _listed(row: PackagedNomination, payload: NominationPayload) -> Listed:
    content, award = payload.application.content, payload.award
    return Listed(
        position=row.position,
        number=payload.application.number,
        revision=payload.nomination.revision,
        brand_name=content.form.brand_name,
        unit_name=content.unit_name,
        committee_name=payload.committee.name,
        award_name=award.kind_name if award else "",
        certificate_number=award.certificate_number if award else "",
        nomination_id=str(row.id),
        digest=row.payload_digest,
    )
