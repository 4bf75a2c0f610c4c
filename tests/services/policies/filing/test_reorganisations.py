from datetime import date
from itertools import product
from uuid import UUID

import pytest

from app.models.enums import ApplicationStatus as Status
from app.models.enums import DeadlineKind
from app.services.filing.campaigns import template
from app.services.policies import UNKNOWN_REFERENCE
from app.services.policies.filing import reorganisations as policy
from app.services.policies.filing.deadlines import LaterDeadline, effective
from app.services.policies.filing.exemptions import in_force
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.people.units import UNIT_RETIRED

STAYING = {Status.FILED, Status.ACCEPTED, Status.DISQUALIFIED, Status.DECLINED, Status.WITHDRAWN, Status.DRAFT}
"""States in which an application that was filed once stays also where its committee is merged; never a draft."""


@pytest.mark.parametrize("status", Status)
def test_what_was_never_filed_goes_along_and_corrections_only_where_nobody_stays(status: Status) -> None:
    for merged in (False, True):
        assert policy.goes_along(status, once_filed=False, merged=merged)
    assert not policy.goes_along(status, once_filed=True, merged=False)
    assert policy.goes_along(status, once_filed=True, merged=True) == (status not in STAYING)


@pytest.mark.parametrize("status", Status)
def test_a_seal_is_its_committees(status: Status) -> None:
    assert policy.state_there(status) is (Status.SUBMITTED if status is Status.ENDORSED else status)


@pytest.mark.parametrize(("known", "retired"), list(product((False, True), repeat=2)))
def test_the_target_takes_part(*, known: bool, retired: bool) -> None:
    found = [finding.rule for finding in policy.target_findings("/committee_id", known=known, retired=retired)]
    assert found == ([UNKNOWN_REFERENCE] if not known else [UNIT_RETIRED] if retired else [])


@pytest.mark.parametrize("after_the_last", [False, True])
def test_terms_that_differ_are_named_and_a_deadline_only_while_one_of_the_two_is_open(*, after_the_last: bool) -> None:
    settings = CampaignSettings.model_validate(template("lubei-2015"))
    later = LaterDeadline(UUID(int=1), date(2015, 9, 18), settings.end_of(date(2015, 9, 18)))
    own = effective(settings, DeadlineKind.APPLICATION, None)
    here = policy.Terms("甲", "活动", effective(settings, DeadlineKind.APPLICATION, later), settings)
    there = policy.Terms("乙", "活动", own, in_force(settings, [("images_maximum", 8), ("images_minimum", 3)]))
    now = later.until if after_the_last else own.enforced_at
    for before, after in ((here, there), (there, here)):
        found = policy.terms_findings(before, after, now)
        assert not any(finding.refuses for finding in found)
        rules = [policy.LIMIT_DIFFERS] if after_the_last else [policy.DEADLINE_DIFFERS, policy.LIMIT_DIFFERS]
        assert [finding.rule for finding in found] == rules
    assert policy.terms_findings(here, here, now) == []
