"""From events to notices: who is told of an occasion, and in which words."""

from collections.abc import Iterator, Sequence

from app.context import Context
from app.models.enums import Role
from app.services.events import NumberedEvent
from app.services.notifying.notifications import Addressees, Notice, announce
from app.services.notifying.occasions import OCCASIONS, Occasion
from app.services.policies.notifying import notifications as policy
from app.services.policies.notifying.kinds import Telling


async def tell(ctx: Context, events: Sequence[NumberedEvent]) -> None:
    """Make the notices of these events; a repetition makes none twice."""
    sequences = [event.sequence for event in events if event.action in policy.ANNOUNCED]
    if sequences:
        occasions = await ctx.rows(OCCASIONS, sequences=sequences, now=ctx.now)
        await announce(ctx, [notice for occasion in occasions for notice in _notices(occasion)])


def _notices(occasion: Occasion) -> Iterator[Notice]:
    for telling in policy.tellings_after(occasion.action, occasion.actor_role):
        if not telling.to:
            yield _notice(occasion, telling, Addressees(account_id=occasion.account_id))
        for role, to in _addressees(occasion):
            if role in telling.to:
                yield _notice(occasion, telling, to)


def _addressees(occasion: Occasion) -> Iterator[tuple[Role, Addressees]]:
    """Yield each role that the subject belongs to, with the accounts that are told in it.

    For units without a committee the office is told in its place, and not of what it did itself.
    """
    yield Role.OFFICE, Addressees(Role.OFFICE)
    if occasion.direct and occasion.actor_role is not Role.OFFICE:
        yield Role.COMMITTEE, Addressees(Role.OFFICE)
    elif occasion.committee_id:
        yield Role.COMMITTEE, Addressees(Role.COMMITTEE, committee_id=occasion.committee_id)
    if occasion.unit_id:
        for unit_id in {occasion.unit_id, *occasion.partner_ids}:
            yield Role.UNIT, Addressees(Role.UNIT, unit_id=unit_id)


def _notice(occasion: Occasion, telling: Telling, to: Addressees) -> Notice:
    return Notice(
        telling,
        policy.occasion(
            telling,
            sequence=occasion.sequence,
            at=occasion.at,
            subject_id=occasion.subject_id,
            request_id=occasion.request_id,
        ),
        occasion.subject_type,
        occasion.subject_id,
        occasion.campaign_id,
        to,
        actor_id=occasion.actor_id,
        event=occasion.sequence,
        particulars=occasion.particulars,
    )
