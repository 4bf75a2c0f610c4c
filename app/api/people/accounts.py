"""Accounts over HTTP: one's own, and those one manages."""

from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Limits, Paging, Reads, filtered_by
from app.api.http.output import Action, CountedPage, Instant, Out, ResourceId, VersionTag, actions_of, row_actions_of
from app.api.http.routing import Router
from app.context import View
from app.models.enums import AccountStatus
from app.problems import NotFound, ReauthenticationRequired, RulesViolated, WrongState
from app.services.people import accounts
from app.services.people.accounts import (
    AccountChange,
    AccountCreate,
    AccountRole,
    OwnAccountChange,
    PersonEmail,
    PersonName,
    Username,
)
from app.services.policies.people import accounts as policy

router = Router(tags=["accounts"])
Filters = Annotated[Chosen, filtered_by(accounts.FILTERS)]
AccountId = Annotated[UUID, Path(description="The account.")]
OrganisationName = Annotated[str, Field(max_length=200)]


class AccountSummary(Out):
    """A person, or a machine client, that may sign in."""

    id: ResourceId
    etag: VersionTag
    username: Username
    name: PersonName
    phone: Annotated[str, Field(max_length=60)] | None = Field(description="联系电话", examples=["0315-3724062"])
    email: PersonEmail | None
    mail: bool = Field(
        description="True if notifications are mailed; those of formal acts always are.", examples=[True]
    )
    role: AccountRole
    committee_id: UUID | None = Field(description="Its committee; null for a role that has none.")
    committee_name: OrganisationName | None = Field(description="党（工）委", examples=["乔屯街道党工委"])
    unit_id: UUID | None = Field(description="Its unit; null for a role that has none.")
    unit_name: OrganisationName | None = Field(description="单位", examples=["乔屯街道龙华社区"])
    status: AccountStatus = Field(description="State.")
    activation_expires_at: Instant | None = Field(
        description="End of the activation code's validity; null without a code.", examples=[None]
    )
    awaits_confirmation: bool = Field(
        description="True while its activation code does not work yet: its owner must confirm it, or a second person "
        "who manages the account.",
        examples=[False],
    )
    created_at: Instant = Field(description="Time of creation.")
    updated_at: Instant = Field(description="Time of the last change.")
    actions: dict[str, Action] | None = row_actions_of(policy.OFFERED)


class AccountOut(AccountSummary):
    """An account, and what may be done with it now."""

    second_factor: bool = Field(description="True if it has a second factor.", examples=[True])
    actions: dict[str, Action] = actions_of(
        policy.OFFERED, note=" Empty unless you manage it, or it is yours and somebody issued a code for it."
    )

    @classmethod
    async def read(cls, view: View, account_id: UUID | None, **more: Any) -> Self:
        record = await accounts.read(view, account_id)
        return cls.with_actions(record, view.language, **more)


class InvitationOut(AccountOut):
    """An account with its activation code, which only this answer contains."""

    activation_code: str | None = Field(
        description="Hand it over in person or by telephone; works once, within 72 hours, where `awaits_confirmation` "
        "is true only after it was confirmed. Null for a machine client.",
        max_length=64,
        examples=["MZXW-6YTB-OI4D-QNRS-GEZD-GNBV"],
    )


class AccountPage(CountedPage[AccountSummary]):
    """One page of accounts, oldest first."""


@router.get("/account", raises=[NotFound])
async def read_account(view: Reads) -> AccountOut:
    """Read your own account: who you are, in which role, of which committee or unit."""
    return await AccountOut.read(view, view.actor.id)


@router.patch("/account", raises=[NotFound, ReauthenticationRequired, RulesViolated])
async def update_account(body: OwnAccountChange, version: IfMatch, ctx: Ctx) -> AccountOut:
    """Change your own phone, address or wish for mail (JSON Merge Patch): null clears, the rest stays.

    Phone and address are changed within ten minutes of a proof of identity. Your name is changed by who manages your
    account; a machine client's entry and a reviewer's phone by the office.
    """
    await accounts.edit_own(ctx, body, version)
    return await AccountOut.read(ctx, ctx.actor.id)


@router.get("/accounts", offers=accounts.offered)
async def list_accounts(view: Reads, filters: Filters, page: Paging) -> AccountPage:
    """List the accounts you may see, oldest first: the office all, a committee its units', everybody their own."""
    found = await accounts.search(view, **filters, **page.binds)
    return AccountPage.of(found, [AccountSummary.model_validate(row) for row in found.rows])


@router.post("/accounts", status_code=201, raises=[ReauthenticationRequired, RulesViolated])
async def create_account(body: AccountCreate, ctx: Ctx, most: Limits) -> InvitationOut:
    """Invite a person: the answer holds the one-time activation code with which they set their password.

    The office invites everybody, a committee the people of its units and, soon after a proof of identity, a further
    liaison of its own: a successor, who finds the committee's earlier notifications. The code of an office account
    works once another clerk has confirmed it (`POST /api/v1/accounts/{account_id}/code-confirmation`). For a machine
    client (role `municipal`) there is no code; issue its secret by
    `POST /api/v1/accounts/{account_id}/client-secret`.
    """
    account_id, code = await accounts.invite(ctx, body, most)
    return await InvitationOut.read(ctx, account_id, activation_code=code)


@router.get("/accounts/{account_id}")
async def read_managed_account(account_id: AccountId, view: Reads) -> AccountOut:
    """Read an account you manage, or your own."""
    return await AccountOut.read(view, account_id)


@router.patch("/accounts/{account_id}", raises=[WrongState, RulesViolated])
async def update_managed_account(account_id: AccountId, body: AccountChange, version: IfMatch, ctx: Ctx) -> AccountOut:
    """Change an account you manage (JSON Merge Patch): what is named is set, null clears, the rest stays.

    Role and organisation are the office's to change; a real change of them ends the account's sessions at once.
    The last active account of the office keeps its role. An account that becomes one of the office must be activated
    anew, by a code that another clerk confirms.
    """
    await accounts.edit(ctx, account_id, body, version)
    return await AccountOut.read(ctx, account_id)


@router.post("/accounts/{account_id}/suspension", raises=[WrongState, RulesViolated])
async def suspend_account(account_id: AccountId, ctx: Ctx) -> AccountOut:
    """Disable an account: its sessions end at once and its activation code is void; what it did stays.

    The last active account of the office cannot be disabled.
    """
    await accounts.suspend(ctx, account_id)
    return await AccountOut.read(ctx, account_id)


@router.delete("/accounts/{account_id}/suspension", raises=[WrongState])
async def reinstate_account(account_id: AccountId, ctx: Ctx) -> AccountOut:
    """Enable a disabled account again: with its password as before, or still to be activated by a new code.

    One of the office is always activated anew, by a code that another clerk confirms.
    """
    await accounts.reinstate(ctx, account_id)
    return await AccountOut.read(ctx, account_id)
