"""One's own profile: what people may change of their account themselves."""

from typing import Annotated

from pydantic import Field

from app.context import Context
from app.inputs import unsent
from app.services.history import change, expect
from app.services.people import accounts
from app.services.people.accounts import PersonChange
from app.services.people.committees import differing
from app.services.policies import refuse, require_role
from app.services.policies.people import accounts as policy


class OwnAccountChange(PersonChange):
    """Change your own name or how you are reached: what is named is set, null clears, the rest stays."""

    mail: Annotated[bool, Field(strict=True)] = Field(
        default_factory=unsent,
        description="Whether notifications are mailed. Formal acts — returned, to be corrected, refused — are, anyway.",
        examples=[True],
    )


async def edit(ctx: Context, body: OwnAccountChange, version: int | None) -> None:
    """Change one's own name, or how one is reached; a reviewer's phone is the office's to change."""
    require_role(ctx.actor.role, *policy.PEOPLE)
    account = await accounts.own(ctx)
    expect(account, version)
    if values := differing(account, body.model_dump(exclude_unset=True)):
        refuse(policy.own_change_findings(account.role, values))
        change(ctx, account, policy.EDIT.event, **values)
