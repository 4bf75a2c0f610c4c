"""A copy of what is stored about an account's person, over HTTP."""

from typing import Any

from pydantic import Field

from app.api.http.dependencies import Ctx
from app.api.http.output import Instant, Out, ResourceId
from app.api.http.routing import Router
from app.api.people.accounts import AccountId
from app.problems import ReauthenticationRequired
from app.services.people import exports

router = Router(tags=["accounts"])


class PersonalDataOut(Out):
    """Everything that is stored about the person of an account, by table."""

    id: ResourceId
    taken_at: Instant = Field(description="Time of the copy.")
    records: dict[str, list[dict[str, Any]]] = Field(
        description="Rows of each table, with the columns that `docs/personal-data.md` names; no secrets, no hashes, "
        "and nothing of other people.",
        examples=[{"accounts": [{"username": "liu", "name": "刘明", "phone": "0315-3724062"}]}],
    )


@router.post("/accounts/{account_id}/export", raises=[ReauthenticationRequired])
async def export_personal_data(account_id: AccountId, ctx: Ctx) -> PersonalDataOut:
    """Copy what is stored about a person: your own account's, or for the office that of any account on request.

    Within ten minutes of a proof of identity. It has the account, its second factors, sessions, attempts to sign in,
    notifications, seats, its judge's own reviews and recusals, and its acts in the history; the history has the copy.
    """
    records = await exports.export(ctx, account_id)
    return PersonalDataOut(id=account_id, taken_at=ctx.now, records=records)
