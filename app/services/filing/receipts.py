"""Receipts (回执): anybody may compare one with what was filed by its code, without an account."""

from datetime import datetime

from sqlalchemy import Text, bindparam, func, select

from app.context import View
from app.database import Query
from app.models import Campaign, Filing, FilingItem
from app.rows import row_type
from app.services.filing import filings

SHORT = 16
"""Characters of a digest that a person compares with paper."""


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
        func.left(Filing.digest, SHORT).label("short_digest"),
    )
    .join(Campaign, Campaign.id == Filing.campaign_id)
    .where(Filing.verification_code == bindparam("code", type_=Text)),
    Receipt,
)


async def verify_receipt(view: View, verification_code: str) -> Receipt:
    """Find the receipt with this code; NotFound when there is none."""
    return await view.get(_RECEIPT, code=verification_code)
