"""Filled forms (附件2) that come as Word documents: each is read, and becomes a draft with its pictures, or not."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.context import Context
from app.findings import Finding
from app.imaging import FormDocument, Picture, read_form
from app.problems import RulesViolated
from app.services import files
from app.services.files import Arrival, Blob, Intake, Kind
from app.services.filing import applications, campaigns, images, participations
from app.services.filing.applications import ApplicationCreate
from app.services.filing.participations import Place
from app.services.policies import refuse
from app.services.policies.filing import filled_forms as policy
from app.services.policies.filing.filled_blocks import Shown, blocks_of
from app.services.policies.filing.filled_forms import Document, FilledForm
from app.services.policies.filing.images import repeated_findings, size_findings
from app.services.policies.limits import Quotas


def _nothing(_: FormDocument) -> list[Blob]:
    """Nothing is kept of the document itself: the draft has what it says."""
    return []


FORM = Kind(read_form, _nothing, files=0)
SOURCE = {"source": "form"}


@dataclass(frozen=True, slots=True)
class ReceivedPicture:
    """A picture of the document: its caption, and its file, or why it was not taken."""

    shown: Shown
    arrival: Arrival[Picture] | None
    findings: Sequence[Finding]

    @property
    def caption(self) -> str:
        return "" if policy.is_too_long(self.shown) else self.shown.caption


@dataclass(frozen=True, slots=True)
class ReceivedForm:
    """A document as it was understood, for whom, and its pictures as they arrived."""

    place: Place
    form: FilledForm
    pictures: Sequence[ReceivedPicture]
    arrival: Arrival[None]

    @property
    def taken(self) -> list[tuple[Arrival[Picture], str | None]]:
        return [(each.arrival, each.caption) for each in self.pictures if each.arrival]

    @property
    def arrivals(self) -> list[Arrival[Picture]]:
        return [arrival for arrival, _ in self.taken]

    def pointed(self, at: Callable[[Finding], Finding]) -> "ReceivedForm":
        """The same form whose findings point elsewhere."""
        pictures = [replace(each, findings=[*map(at, each.findings)]) for each in self.pictures]
        return replace(self, form=self.form.pointed(at), pictures=pictures)


async def receive(
    intake: Intake, campaign_id: UUID, unit_id: UUID | None, data: bytes, at: datetime | None = None
) -> ReceivedForm:
    """Read a document for a unit, and take in its pictures; refused where no application may be begun.

    It counts as handed in at the instant `at`, or else when it is taken up.
    """
    places: list[Place] = []

    async def admit(ctx: Context) -> None:
        await campaigns.find(ctx, campaign_id)
        places.append(await participations.beginning(replace(ctx, now=at or ctx.now), campaign_id, unit_id))

    arrival = await intake.receive(data, FORM, admit)
    place, found = places[0], arrival.found
    document = Document(blocks_of(found.blocks), found.notes, found.hidden, found.drawings, found.codes)
    names = {"applicant": place.row.unit_name, "recommender": place.row.committee_name}
    form = policy.read(place.settings, document, names)
    refuse(policy.refusal_findings(place.settings, form))
    pictures = await _pictures(intake, place, form.pictures, found.pictures)
    return ReceivedForm(place, form, pictures, Arrival(None, (), (), at or arrival.at))


async def _pictures(
    intake: Intake, place: Place, shown: Sequence[Shown], contents: Sequence[bytes]
) -> list[ReceivedPicture]:
    """Take in each picture as an upload is, one after the other; those that are refused are left out, and told."""
    received: list[ReceivedPicture] = []
    try:
        for index, each in enumerate(shown):
            present = [other.arrival for other in received if other.arrival]
            arrival, findings = await _picture(intake, place, f"/pictures/{index}", contents[each.number], present)
            received.append(ReceivedPicture(each, arrival, [*findings, *policy.caption_findings(index, each)]))
    except BaseException:
        await intake.abandon(other.arrival for other in received if other.arrival)
        raise
    return received


async def _picture(
    intake: Intake, place: Place, pointer: str, data: bytes, present: Sequence[Arrival[Picture]]
) -> tuple[Arrival[Picture] | None, list[Finding]]:
    """Take in a picture, unless there are as many as may be, or it is one that may not be."""
    limits = place.settings.images
    if len(present) >= limits.maximum:
        return None, [policy.PICTURE_LEFT_OUT(pointer, maximum=limits.maximum)]
    try:
        arrival = await intake.receive(data, images.PICTURE, _admitted)
    except RulesViolated as refused:
        return None, images.of_file(pointer, refused)
    findings = [
        *size_findings(limits, images.pixels_of(arrival.found), len(data), pointer),
        *repeated_findings({pointer: _digests(arrival)}, map(_digests, present)),
    ]
    if findings:
        await intake.abandon([arrival])
    return None if findings else arrival, findings


def _digests(arrival: Arrival[Picture]) -> tuple[str, str]:
    return arrival.found.sha256, arrival.found.source_sha256


async def _admitted(_: Context) -> None:
    """Admit a picture of a form that was admitted itself."""


@asynccontextmanager
async def drafted(
    intake: Intake, received: ReceivedForm, most: Quotas, *, dry_run: bool
) -> AsyncIterator[tuple[Context, UUID]]:
    """Make a draft of a form that was read, for as long as it is read; of a dry run nothing stays."""
    row = received.place.row
    body = ApplicationCreate(campaign_id=row.campaign_id, unit_id=row.unit_id, **received.form.form)
    arrivals = received.arrivals
    async with intake.attaching(received.arrival, *arrivals) as ctx:
        async with ctx.attempt(dry_run=dry_run):
            application_id = await applications.begin(ctx, body, most, **SOURCE)
            if arrivals:
                application = await applications.get(ctx, application_id)
                await images.attach(ctx, application, [(*each, None) for each in received.taken])
            yield ctx, application_id
        if dry_run:
            await files.condemn(ctx, [file_id for arrival in arrivals for file_id in arrival.file_ids])
