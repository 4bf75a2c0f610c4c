"""The nominations of a campaign as one zip, for a network that is not reached: streamed, its files never in memory.

The forms are drawn before, because their sizes and digests stand at the beginning.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from uuid import UUID

from sqlalchemy import and_, or_, select

from app.context import View
from app.database import Query, bound_id
from app.file_names import FileName, Part, campaign_code, named
from app.models import ApplicationVersion, Award, Campaign, Nomination
from app.models.enums import AwardStatus
from app.problems import RulesViolated
from app.rows import row_type
from app.services.files import key_of
from app.services.filing import campaigns
from app.services.filing.prints import Press, Sheet, Written, form_of
from app.services.filing.visibility import NOMINATION_VISIBLE, nominations_visible
from app.services.history import canonical
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.prints import PrintFormat
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
    topic: str | None


_CAMPAIGN = Query(
    select(Campaign.settings_digest).where(
        Campaign.id == _CAMPAIGN_ID, campaigns.VISIBLE, nominations_visible(Campaign.id)
    ),
    PackagedCampaign,
)
_NOMINATIONS = Query(
    select(
        *(Nomination.id, Nomination.position, Nomination.payload, Nomination.payload_digest),
        ApplicationVersion.topic,
    )
    .join(ApplicationVersion, ApplicationVersion.id == Nomination.version_id)
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


@dataclass(frozen=True, slots=True)
class Material:
    """All that a package is made of but the forms on paper, which are drawn without a connection to the database."""

    name: FileName
    title: str
    about: Mapping[str, str]
    cases: Sequence[tuple[PackagedNomination, NominationPayload, Sheet]]


async def read(view: View, campaign_id: UUID) -> Material:
    """Every current nomination of the campaign but those of revoked awards; NotFound unless they are visible."""
    campaign = await view.get(_CAMPAIGN, campaign_id=campaign_id)
    settings = await campaigns.settings_of(view, campaign.settings_digest)
    rows = await view.rows(_NOMINATIONS, campaign_id=campaign_id)
    title = f"{settings.name}（{settings.year}）择优推荐"
    payloads = [(row, NominationPayload.model_validate(row.payload)) for row in rows]
    cases = [(row, payload, _form(settings, row, payload)) for row, payload in payloads]
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
    return Material(_name(settings, campaign_id, f"{day:%Y%m%d}"), title, about, cases)


async def pack(material: Material, press: Press, account_id: UUID | None) -> Package:
    """Draw the forms, one after the other, and make the bag."""
    files = [
        file
        for row, payload, sheet in material.cases
        for file in (*_files(row, payload), *[each async for each in _drawn(press, account_id, payload, sheet)])
    ]
    index = policy.index(material.title, [_listed(row, payload) for row, payload, _ in material.cases])
    return Package(material.name, policy.bagged([*files, *index], material.about))


async def _drawn(
    press: Press, account_id: UUID | None, payload: NominationPayload, sheet: Sheet
) -> AsyncIterator[Packed]:
    """Draw the form in each format; as PDF it is missing where no font has one of its characters."""
    for form in PrintFormat:
        with suppress(RulesViolated):
            printed = await press.draw(account_id, sheet, form)
            yield policy.text(f"data/{payload.application.number}/form.{form}", printed.content)


def _form(settings: CampaignSettings, row: PackagedNomination, payload: NominationPayload) -> Sheet:
    """Lay out 附件2 of the version that was filed; its pictures lie beside it."""
    case = payload.application
    content = payload.application.content.model_dump(mode="json")
    return form_of(settings, Written(case.number, case.version, case.digest, content, row.topic))


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
