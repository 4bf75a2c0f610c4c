from itertools import product

import pytest

from app.models.enums import ApplicationStatus as Status
from app.services.policies import UNKNOWN_REFERENCE
from app.services.policies.filing import reorganisations as policy
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
