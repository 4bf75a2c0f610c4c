"""Certificates (荣誉证书) on paper: one award's, or all of a commendation, for the office and for who received them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from app.context import View, acting_as
from app.database import Query, bound_id
from app.file_names import numbered_code
from app.inputs import Code
from app.models import Application, ApplicationVersion, Award, Campaign, Commendation
from app.models.enums import AwardStatus, PaperKind, Role
from app.rows import row_type
from app.services.commending import awards, commendations, recipients
from app.services.filing import campaigns
from app.services.filing.prints import Sheet
from app.services.pages import FilterValue, among, clauses
from app.services.policies import refuse
from app.services.policies.commending import certificates as policy
from app.services.policies.commending.certificates import Given
from app.services.policies.filing.award_settings import Sort

_THEIRS = or_(acting_as(Role.OFFICE), recipients.RECEIVED)


@row_type
class CertificateRow:
    """An award as its certificate says it, and its state; without number and code before it is published."""

    id: UUID
    status: AwardStatus
    kind: str
    grade: str | None
    recipient: Sort
    name: str
    person_title: str | None
    unit_name: str | None
    committee_name: str
    number: str | None
    code: str | None
    awarded_at: datetime | None
    year: int
    campaign_id: UUID
    settings_digest: str


_CERTIFICATES = (
    select(
        *(Award.id, Award.status, Award.kind, Award.grade, recipients.SORT, recipients.NAME, Award.person_title),
        *(recipients.UNIT_NAME, recipients.COMMITTEE_NAME),
        *(Award.certificate_number.label("number"), Award.verification_code.label("code"), Award.awarded_at),
        *(Campaign.year, Award.campaign_id, Campaign.settings_digest),
    )
    .select_from(Award)
    .join(Commendation, Commendation.id == Award.commendation_id)
    .join(Campaign, Campaign.id == Award.campaign_id)
    .outerjoin(Application, Application.id == Award.application_id)
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Award.version_id)
    .where(awards.VISIBLE, _THEIRS)
)
_ONE = Query(_CERTIFICATES.where(Award.id == bound_id("award_id")), CertificateRow)


FILTERS = {
    "kind": among(Award.kind, Code, "Only of these kinds.", max_length=20),
    "grade": among(Award.grade, Code, "Only of these grades.", max_length=10),
}
_ALL = Query(
    _CERTIFICATES.where(
        Award.commendation_id == bound_id("commendation_id"),
        Award.status == AwardStatus.AWARDED,
        *clauses(FILTERS),
    )
    .order_by(*recipients.LISTED)
    .limit(policy.MOST + 1),
    CertificateRow,
)
"""One more than a file has tells that there are more."""


async def of_award(view: View, award_id: UUID, link_base: str | None) -> Sheet:
    """Lay out the certificate of an award; NotFound unless it is the actor's, or the actor the office."""
    row = await view.get(_ONE, award_id=award_id)
    refuse(policy.print_findings(row.status))
    settings = await campaigns.settings_of(view, row.settings_digest)
    given = _given(row)
    paper = policy.certificates(settings, [given], link_base)
    plain = numbered_code("award", given.number, row.year, row.id)
    name = policy.certificate_name(given.number, row.name, plain)
    return Sheet(paper, name, kind=PaperKind.CERTIFICATE, campaign_id=row.campaign_id)


async def of_commendation(view: View, commendation_id: UUID, link_base: str | None, **chosen: FilterValue) -> Sheet:
    """Lay out those that are in force and the actor's own, or for the office all; NotFound unless visible."""
    record = await commendations.read(view, commendation_id)
    found = await view.rows(_ALL, commendation_id=commendation_id, **chosen)
    refuse(policy.count_findings(len(found)))
    settings = await campaigns.settings_of(view, record.row.settings_digest)
    paper = policy.certificates(settings, [_given(row) for row in found], link_base)
    plain = numbered_code("commendation", record.row.document_number, settings.year, commendation_id)
    name = policy.certificates_name(record.row.title, plain)
    return Sheet(paper, name, kind=PaperKind.CERTIFICATE, campaign_id=record.row.campaign_id)


def _given(row: CertificateRow) -> Given:
    assert row.number is not None, "given with the award"
    assert row.code is not None, "likewise"
    assert row.awarded_at is not None, "likewise"
    return Given(
        *(row.kind, row.grade, row.recipient, row.name, row.person_title, row.unit_name, row.committee_name),
        *(row.number, row.code, row.awarded_at),
    )
