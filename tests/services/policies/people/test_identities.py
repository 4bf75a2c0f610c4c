from datetime import UTC, datetime, timedelta

import pytest

from app.services.policies.people.identities import STALE, proved_at

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "found"), [(None, 11), (-1, 0), (0, 0), (4, 4), (11, 11), (12, 11), (60 * 24 * 400, 11)]
)
def test_a_proof_is_as_old_as_the_provider_says_and_no_older_than_the_database_takes(
    minutes: int | None, found: int
) -> None:
    told = None if minutes is None else (NOW - timedelta(minutes=minutes)).timestamp()
    assert proved_at(told, NOW) == NOW - timedelta(minutes=found)
    assert STALE < timedelta(minutes=15)
