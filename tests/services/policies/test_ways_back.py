"""Every act of the office has a way back, or a reason why there is none."""

import pkgutil
from collections import defaultdict
from collections.abc import Set as AbstractSet
from importlib import import_module
from typing import Any

import pytest

from app.models.enums import Role
from app.services import policies
from app.services.policies import Act

BACK = {
    "application.accepted": "application.check_taken_back",
    "application.disqualified": "application.check_taken_back",
    "application.correction_requested": "application.check_taken_back",
    "award.held": "award.released",
    "campaign.closed": "campaign.reopened",
    "committee.retired": "committee.reinstated",
    "unit.retired": "unit.reinstated",
    "account.suspended": "account.reinstated",
    "endpoint.disabled": "endpoint.enabled",
    "review.entered": "review.reopened",
    "endpoint.enabled": "endpoint.disabled",
}
"""The act that leads back to a state from which the first is done."""

ITS_OWN = "the same act again, with the value of before"
MADE = "what it made has a way back of its own: it is withdrawn, revoked, taken out or deleted there"
IS_BACK = "it is a way back itself"
DRAFT = "only a draft is deleted, on which nothing was built; it is made again"
SAID = "it was said to others and cannot be unsaid; what follows it is an act of its own"
WITHOUT = {
    ITS_OWN: "award.edited commendation.edited campaign.edited campaign.deadline_moved endpoint.edited "
    "nomination.edited round.edited round.panel_set account.edited account.reassigned committee.changed unit.changed "
    "unit.moved veto.answered",
    MADE: "commendation.created round.created nomination.prepared "
    "commendation.awards_proposed extension.granted exemption.granted document.added "
    "round.entries_added assignment.made proposal.made",
    IS_BACK: "campaign.reopened "
    "application.check_taken_back award.released proposal.undone nomination.withdrawn account.reinstated "
    "committee.reinstated unit.reinstated review.reopened round.entry_removed assignment.withdrawn account.code_voided",
    DRAFT: "award.deleted commendation.deleted round.deleted endpoint.deleted",
    SAID: "commendation.publicised commendation.published campaign.published award.awarded objection.raised "
    "objection.rejected objection.upheld endpoint.probed round.opened announcement.sent",
    "both sides agreed; until the check decides, another swap exchanges it again": "swap.consented "
    "application.swapped_in application.swapped_out application.rescanned",
    "the committee asks again": "swap.declined",
    "two became one; a split is a new committee and moves": "committee.merged",
    "another scan takes its place until the sheet is checked, and after it was reopened": "review.scanned",
    "a sheet that was checked is reopened, entered and checked anew": "review.checked",
    "another order takes its place": "commendation.booklet_ordered",
    "another code is doubted anew": "unit.credit_code_confirmed",
    "an award that was dropped is proposed in another commendation": "award.dropped",
    "an award that was revoked is proposed again, under another number": "award.revoked",
    "the plan is handed in again as it is, with one act of its committee": "plan.returned",
    "the next table of the source takes its place": "figure_table.imported",
    "a result is frozen for good; another is made of other sources": "composite.frozen",
    "a ranking is frozen for good; a further round judges anew": "round.closed",
    "the next revision takes its place": "nomination.replaced",
    "it is undone as one act, and stays so; the next is computed anew": "proposal.applied",
    "a conflict that was dismissed by mistake is kept by a recusal": "conflict_dismissal.made",
    "a secret, code or factor that was replaced is never valid again": "endpoint.secret_rotated account.code_issued "
    "account.code_confirmed account.factor_reset_begun account.password_reset account.secret_issued account.activated",
    "a promotion is undone by another role, which `account.edited` sets": "account.promoted",
    "the system does it on the way, and nobody decides it": "delivery.tried delivery.delivered delivery.failed "
    "delivery.redelivered nomination.delivering nomination.delivered job.retried",
}
"""Acts without one, by the reason."""

MODULES = [import_module(found.name) for found in pkgutil.walk_packages(policies.__path__, f"{policies.__name__}.")]
ACTS = {id(value): value for module in MODULES for value in vars(module).values() if isinstance(value, Act)}
OF_OFFICE = [act for act in ACTS.values() if Role.OFFICE in act.by]
BY_CODE: dict[str, list[Act[Any, Any]]] = defaultdict(list)
for each in OF_OFFICE:
    BY_CODE[each.event.code].append(each)


def states(act: Act[Any, Any]) -> AbstractSet[Any]:
    return act.by[Role.OFFICE]


def test_every_act_of_the_office_has_a_way_back_or_a_reason_why_not() -> None:
    reasoned = [code for codes in WITHOUT.values() for code in codes.split()]
    assert sorted([*BACK, *reasoned]) == sorted(BY_CODE)


@pytest.mark.parametrize("code", BACK)
def test_the_way_back_begins_where_the_act_leads_and_leads_where_it_began(code: str) -> None:
    for act in BY_CODE[code]:
        back = [each for each in BY_CODE[BACK[code]] if act.target in states(each)]
        assert back, f"nothing leads back from {act.target}"
        assert {each.target for each in back} & states(act), f"{code} is not undone by {BACK[code]}"
