"""What anybody may ask without an account: whether a receipt is genuine."""

from sqlalchemy import Text, bindparam, select

from app.context import View
from app.database import Query, Row
from app.models import Filing

_RECEIPT = Query(select(Filing.filed_at).where(Filing.verification_code == bindparam("code", type_=Text)))


async def verify_receipt(view: View, verification_code: str) -> Row:
    """When the receipt with this code was given, and nothing else; NotFound for a code nobody was given."""
    return await view.get(_RECEIPT, code=verification_code)
