"""An activation code as the columns of its account: who issued it, and whether a second person has confirmed it."""

from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID

from app.context import Context
from app.models import Account
from app.models.enums import AccountStatus, Role
from app.services.people import hashing
from app.services.policies.people import accounts as policy

CODE_LIFE = timedelta(hours=72)


class CodeColumns(TypedDict):
    """The columns of an account that hold its activation code."""

    activation_hash: bytes | None
    activation_expires_at: datetime | None
    activation_issued_by: UUID | None
    activation_confirmed_at: datetime | None
    activation_resets_factors: bool


NO_CODE: CodeColumns = {
    "activation_hash": None,
    "activation_expires_at": None,
    "activation_issued_by": None,
    "activation_confirmed_at": None,
    "activation_resets_factors": False,
}


def was_used(account: Account) -> bool:
    """Return true if the account is somebody's: it was activated once, whatever happened to it since."""
    return account.status is AccountStatus.ACTIVE or account.secret_hash is not None


def issued(ctx: Context, code: str, role: Role, *, used: bool) -> CodeColumns:
    """The columns of a new activation code; on the host nobody else need confirm it."""
    alone = ctx.actor.id is None or not policy.needs_second_person(role, used=used)
    return {
        "activation_hash": hashing.code_hash(code),
        "activation_expires_at": ctx.now + CODE_LIFE,
        "activation_issued_by": ctx.actor.id,
        "activation_confirmed_at": ctx.now if alone else None,
        "activation_resets_factors": False,
    }


def fate_of(columns: CodeColumns) -> dict[str, bool]:
    """Tell the history whether a code works at once, or has to be confirmed."""
    return {"awaits_confirmation": columns is not NO_CODE and columns.get("activation_confirmed_at") is None}
