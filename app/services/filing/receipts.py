"""Receipts (回执): anybody may verify one by its code, without an account."""

from datetime import datetime

from sqlalchemy import Text, bindparam, select

from app.context import View
from app.database import Query
from app.models import Filing
from app.rows import row_type


@row_type
class Receipt:
    """The only fact about a filing that is public: when it was made."""

    filed_at: datetime


_RECEIPT = Query(select(Filing.filed_at).where(Filing.verification_code == bindparam("code", type_=Text)), Receipt)


async def verify_receipt(view: View, verification_code: str) -> Receipt:
    """Find the receipt with this code; NotFound when there is none."""
    return await view.get(_RECEIPT, code=verification_code)
