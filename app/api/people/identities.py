"""The identity at the provider of single sign-on that an account is bound to, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Ctx, Opener, Reads
from app.api.http.output import Instant, Out, ResourceId
from app.api.http.routing import Router
from app.api.people.sign_ons import Here, SignOnBegun
from app.problems import NotFound, ReauthenticationRequired, RulesViolated
from app.services.people import identities, sign_ons
from app.services.people.sign_ons import SignOnAnswer, SignOnCreate

router = Router(tags=["accounts"])
AccountId = Annotated[UUID, Path(description="The account.")]


class IdentityOut(Out):
    """A person as the provider knows them, bound to an account."""

    id: ResourceId
    account_id: ResourceId
    issuer: str = Field(description="The provider.", max_length=2000, examples=["https://login.example.gov.cn"])
    subject: str = Field(description="Its name for the person (`sub`).", max_length=255, examples=["248289761001"])
    created_at: Instant = Field(description="Time at which it was bound.")


@router.post("/account/identity/challenge", raises=[ReauthenticationRequired, RulesViolated])
async def begin_identity(body: SignOnCreate, transaction: Opener, here: Here) -> SignOnBegun:
    """Begin to bind your account to your identity at the provider, within ten minutes of a proof of identity.

    It goes on as a sign-on does; what the browser brings back is sent to `POST /account/identity`. Persons only.
    """
    return SignOnBegun.model_validate(await sign_ons.begin_binding(transaction, here, body))


@router.post(
    "/account/identity",
    status_code=201,
    location="/account/identity",
    raises=[ReauthenticationRequired, RulesViolated],
)
async def create_identity(body: SignOnAnswer, transaction: Opener, here: Here) -> IdentityOut:
    """Bind your account to whom the provider identified: from now on they sign in as you.

    An account has one identity, and an identity one account. Your role and rights stay those of the account.
    """
    return IdentityOut.model_validate(await sign_ons.bind(transaction, here, body))


@router.get("/account/identity", raises=[NotFound])
async def read_own_identity(view: Reads) -> IdentityOut:
    """Read the identity that your account is bound to."""
    return IdentityOut.model_validate(await identities.read_own(view))


@router.delete("/account/identity", status_code=204, raises=[NotFound, ReauthenticationRequired])
async def delete_own_identity(ctx: Ctx) -> None:
    """Remove the binding of your account: sessions that were opened by it end at once, perhaps this one too."""
    await identities.remove_own(ctx)


@router.get("/accounts/{account_id}/identity")
async def read_identity(account_id: AccountId, view: Reads) -> IdentityOut:
    """Read the identity that an account is bound to: your own, or one that you see."""
    return IdentityOut.model_validate(await identities.read(view, account_id))


@router.delete("/accounts/{account_id}/identity", status_code=204)
async def delete_identity(account_id: AccountId, ctx: Ctx) -> None:
    """Remove the binding of an account that you manage: sessions that were opened by it end at once."""
    await identities.remove(ctx, account_id)
