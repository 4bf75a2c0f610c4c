"""Receipts (回执): on paper for who filed, and compared with what was filed by anybody, by the code alone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, bindparam, func, select

from app.context import View
from app.database import Query
from app.models import Campaign, Filing, FilingItem
from app.models.enums import PaperKind
from app.rows import row_type
from app.services.filing import campaigns, filings, recommended
from app.services.filing.prints import Sheet
from app.services.policies.filing import receipts as policy
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.prints import SHORT_DIGEST


@row_type
class Receipt:
    """A filing as its receipt tells it to whoever holds it: by whom, when and how many, and not what."""

    number: str
    campaign_name: str
    committee_name: str
    size: int
    filed_at: datetime
    short_digest: str


_RECEIPT = Query(
    select(
        Filing.number,
        Campaign.name.label("campaign_name"),
        filings.NAME_THEN.label("committee_name"),
        select(func.count()).where(FilingItem.filing_id == Filing.id).scalar_subquery().label("size"),
        Filing.filed_at,
        func.left(Filing.digest, SHORT_DIGEST).label("short_digest"),
    )
    .join(Campaign, Campaign.id == Filing.campaign_id)
    .where(Filing.verification_code == bindparam("code", type_=Text)),
    Receipt,
)


async def verify_receipt(view: View, verification_code: str) -> Receipt:
    """Find the receipt with this code; NotFound when there is none."""
    return await view.get(_RECEIPT, code=verification_code)


async def paper(view: View, filing_id: UUID) -> Sheet:
    """Lay out the receipt of a filing; NotFound unless visible."""
    record = await filings.read(view, filing_id)
    row = record.row
    settings = CampaignSettings.model_validate((await campaigns.find(view, row.campaign_id)).settings)
    cases = [
        [each.application_number, each.unit_name, each.brand_name, str(each.version), each.digest[:SHORT_DIGEST]]
        for each in record.items
    ]
    at = row.filed_at.astimezone(settings.zone)
    order = await recommended.numbers(view, row.recommended_order)
    received = policy.Received(row.committee_name, row.number, at, cases, row.digest, row.verification_code, order)
    printed = policy.receipt_paper(settings, received)
    name = policy.receipt_name(row.number)
    return Sheet(printed, name, kind=PaperKind.RECEIPT, campaign_id=row.campaign_id)
