"""Lists of accounts that come as tables: each row invites a person, as an invitation by itself does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from app.comparable import comparable
from app.context import Context, View
from app.file_names import Part
from app.findings import Finding
from app.inputs import Input
from app.models import Account, Committee, Unit
from app.models.enums import ImportOutcome
from app.problems import RulesViolated
from app.services.people import accounts, affiliations, committees, units
from app.services.people.accounts import AccountCreate
from app.services.people.listed import Described, validated
from app.services.policies import refuse, require_role
from app.services.policies.limits import Quotas
from app.services.policies.people import account_lists as policy
from app.services.policies.people.account_lists import Present, Reachable
from app.services.policies.people.accounts import MANAGERS
from app.services.policies.people.listed import ReadLists
from app.services.policies.people.listed_bodies import ListBody
from app.tables.cells import ListSheet

MOST_ACCOUNTS = 500
NAME = Part("账号清单", "accounts")


class AccountInvitations(Input):
    """Accounts as a list has them."""

    dry_run: Annotated[bool, Field(strict=True)] = Field(False, description="True only tries them out.")
    accounts: list[AccountCreate] = Field(min_length=1, max_length=MOST_ACCOUNTS, description="The accounts.")


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """The outcome of one row; its activation code is nowhere else, and a dry run has none."""

    place: str
    username: str
    name: str
    outcome: ImportOutcome
    account_id: UUID | None = None
    activation_code: str | None = None
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class InvitedList:
    """The rows of a list in their order, and advice on its cells."""

    rows: Sequence[ListedAccount]
    findings: Sequence[Finding]


async def admit(ctx: Context) -> None:
    """Require one who may invite, before a file is read."""
    require_role(ctx.actor.role, *MANAGERS)


async def carry_out(
    ctx: Context, sheets: Sequence[ListSheet], describe: Described, most: Quotas, *, dry_run: bool
) -> InvitedList:
    """Invite everybody on a list who has no account yet, all or nobody; every refusal names its cell."""
    await admit(ctx)
    lists = policy.read_sheets(sheets)
    read = policy.understood(lists, await _reach(ctx, lists), policy.roles_of(ctx.actor.role))
    body = validated(AccountInvitations, read, describe, dry_run=dry_run)
    async with ctx.attempt(dry_run=dry_run):
        rows, findings = await _invited(ctx, read, body, most)
        refuse([*read.findings, *map(read.at_cell, findings)])
    return InvitedList(rows, read.findings)


async def described(view: View) -> Mapping[str, object]:
    """Describe the empty list, with the committees there are."""
    require_role(view.actor.role, *MANAGERS)
    names = [row.name for row in await committees.to_choose(view)]
    return policy.template(policy.roles_of(view.actor.role), names)


async def _invited(
    ctx: Context, read: ListBody, body: AccountInvitations, most: Quotas
) -> tuple[list[ListedAccount], list[Finding]]:
    """Invite those without an account one after the other, and collect why others cannot be."""
    usernames = [each.username for each in body.accounts]
    present, taken = await _present(ctx, usernames), await _taken(ctx, usernames)
    findings = policy.repeated_findings(usernames)
    rows: list[ListedAccount] = []
    for at, entry in enumerate([] if findings else body.accounts):
        pointer = f"/accounts/{at}"
        place, known = read.place(pointer) or "", present.get(entry.username)
        row = ListedAccount(place, entry.username, entry.name, ImportOutcome.UNCHANGED)
        if known and known.is_meant(policy.row_of(read, at)):
            rows.append(replace(row, findings=[read.at_cell(policy.ACCOUNT_KNOWN(f"{pointer}/username"))]))
        elif known:
            findings.append(policy.taken_finding(at))
        elif entry.username in taken:
            ours = [each.under(pointer) for each in await affiliations.username_findings(ctx, entry.username)]
            findings += ours or [policy.taken_finding(at)]
        else:
            try:
                account_id, code = await accounts.invite(ctx, entry, most)
            except RulesViolated as refused:
                findings += [each.under(pointer) for each in refused.findings]
            else:
                made = replace(row, outcome=ImportOutcome.CREATED)
                rows.append(made if body.dry_run else replace(made, account_id=account_id, activation_code=code))
    return rows, findings


async def _present(ctx: Context, usernames: Sequence[str]) -> dict[str, Present]:
    """Read the accounts with these usernames that the actor sees: of others nothing is to be learned."""
    known = select(Account).where(Account.username.in_(usernames), accounts.VISIBLE)
    found = await ctx.session.scalars(known, ctx.actor.binds)
    return {each.username: Present(each.name, each.role, _id(each.committee_id), _id(each.unit_id)) for each in found}


async def _taken(ctx: Context, usernames: Sequence[str]) -> Sequence[str]:
    """Read which of these usernames there are, also those that the actor does not see.

    A committee is told of those alone that begin with its code, as by an invitation.
    """
    return (await ctx.session.scalars(select(Account.username).where(Account.username.in_(usernames)))).all()


async def _reach(ctx: Context, lists: ReadLists) -> Reachable:
    """Read the organisations that the rows name, as far as the actor sees them."""
    of_committees = select(Committee).where(
        Committee.comparable_name.in_(policy.named(lists, "committee")), committees.VISIBLE
    )
    of_units = (
        select(Unit)
        .join(Committee, Committee.id == Unit.committee_id)
        .where(Unit.comparable_name.in_(policy.named(lists, "unit")), units.VISIBLE)
        .where(Unit.retired_at.is_(None), Committee.retired_at.is_(None))
    )
    found = await ctx.session.scalars(of_committees.where(Committee.retired_at.is_(None)), ctx.actor.binds)
    by_name: dict[str, list[tuple[str, str]]] = {}
    for unit in await ctx.session.scalars(of_units, ctx.actor.binds):
        by_name.setdefault(comparable(unit.name), []).append((str(unit.id), str(unit.committee_id)))
    return Reachable({comparable(each.name): str(each.id) for each in found}, by_name)


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)
